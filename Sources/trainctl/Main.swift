internal import Glibc

@main struct Main {
  static func main() {
    let console = Console()
    let code = CommandLineRun(console: console).run(Array(CommandLine.arguments.dropFirst()))
    exit(console.flush() ? code : 1)
  }
}
