internal import CProcess
internal import Glibc
internal import TrainCore

/// A command that was forked and waits to be let go: what has to be durable before it starts can name its process.
struct GatedCommand: ~Copyable {
  let pid: Int32
  /// The command's standard output and error; non-blocking.
  let output: Descriptor
  private let gate: Descriptor
  private let report: Descriptor
  private let program: String
  private let directory: String

  /// The caller has one thread. The command dies with it.
  init(
    _ command: [String], executable: String, environment: [String: String], directory: String
  ) throws(RunnerError) {
    let (outputReads, outputWrites) = try Descriptor.pipe(nonBlockingReads: true)
    let (gateReads, gateWrites) = try Descriptor.pipe()
    let (reportReads, reportWrites) = try Descriptor.pipe()
    guard let null = try Descriptor.open("/dev/null") else {
      throw RunnerError(.io, "opening /dev/null: it is not there")
    }
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let child = withCStrings(command) { arguments in
      withCStrings(variables) { variables in
        executable.withCString { executable in
          directory.withCString { directory in
            var command = train_command(
              executable: executable, arguments: arguments, environment: variables, directory: directory,
              input: null.raw, output: outputWrites.raw, gate: gateReads.raw, closed: gateWrites.raw,
              report: reportWrites.raw)
            return train_fork(&command)
          }
        }
      }
    }
    guard child > 0 else { throw .system("making a process for \(command[0])") }
    pid = child
    output = outputReads
    gate = gateWrites
    report = reportReads
    program = command[0]
    self.directory = directory
  }

  /// Lets it go; returns when it has started, or why it could not.
  consuming func start(_ boundary: Boundary) throws(RunnerError) {
    try boundary.cross(.shimOpenGate) { () throws(RunnerError) in
      try gate.write([1], as: "the gate of \(program)")
    }
    var failure = train_failure()
    let count = retrying { read(report.raw, &failure, MemoryLayout<train_failure>.size) }
    // End of file: the descriptor was closed by a successful exec.
    guard count == MemoryLayout<train_failure>.size else { return }
    let why = RunnerError.text(of: failure.error)
    switch train_stage(rawValue: UInt32(failure.stage)) {
    case TRAIN_STAGE_DIRECTORY: throw RunnerError(.io, "entering the directory \(directory): \(why)")
    case TRAIN_STAGE_EXEC where failure.error == ENOEXEC:
      throw RunnerError(.io, "starting \(program): it is no program and has no \"#!\" line")
    case TRAIN_STAGE_EXEC: throw RunnerError(.io, "starting \(program): \(why)")
    default: throw RunnerError(.io, "preparing \(program): \(why)")
    }
  }
}

/// A NULL-terminated array of C strings, for the length of the call.
func withCStrings<Value>(
  _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
  let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
  for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
  pointers[texts.count] = nil
  defer {
    for index in texts.indices { free(pointers[index]) }
    pointers.deallocate()
  }
  return body(pointers)
}
