internal import CProcess
internal import Glibc

/// Starts shims: processes of their own session that outlive the runner and hold nothing of it.
struct ShimStarter: Sendable {
  /// The program of this process, whatever becomes of its name.
  var executable = "/proc/self/exe"
  /// What shims get beside `PATH`.
  var environment: [String: String] = [:]

  /// - Parameter path: the job's directory.
  /// - Parameter complaints: the file for what the shim has to say about itself.
  func start(_ path: String, complaints: String) throws(RunnerError) {
    guard let null = try Descriptor.open("/dev/null", O_RDWR),
      let complaints = try Descriptor.open(complaints, O_WRONLY | O_CREAT | O_APPEND)
    else { throw RunnerError(.io, "starting the shim of \(path): its directory is gone") }
    try spawn(
      executable, arguments: ["traind-runner", "shim", path],
      environment: environment.merging(["PATH": CommandEnvironment.path]) { $1 },
      descriptors: [null, null, complaints])
  }
}

/// Starts a program in a session of its own, with these descriptors as 0, 1, 2, ... and no others.
@discardableResult
func spawn(
  _ executable: String, arguments: [String], environment: [String: String], descriptors: [Descriptor]
) throws(RunnerError) -> Int32 {
  var pid = pid_t()
  let numbers = descriptors.map(\.raw)
  let result = withCStrings(arguments) { arguments in
    withCStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { environment in
      train_spawn(executable, arguments, environment, numbers, Int32(numbers.count), &pid)
    }
  }
  withExtendedLifetime(descriptors) {}
  guard result == 0 else { throw .system("starting \(executable)", result) }
  return pid
}
