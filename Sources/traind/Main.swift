import ArgumentParser
import TrainDaemon

@main struct Main {
  static func main() async { await TraindCommand.main() }
}
