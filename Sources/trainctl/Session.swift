internal import Glibc
internal import TrainControl
internal import TrainCore

/// What a verb works with.
struct Session {
  var client: ControlClient
  var format: OutputFormat
  var console: Console

  init(options: GlobalOptions, console: Console) {
    let environment = getenv("TRAIND_SOCKET").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    client = ControlClient(path: options.socket ?? environment ?? "/run/traind/control.sock")
    format = options.output
    self.console = console
  }

  /// For what the daemon has to ask a far side for, and asks again when that fails.
  static let longWait = Duration.seconds(180)

  var patientClient: ControlClient { ControlClient(path: client.path, timeout: Self.longWait) }

  var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Prints an answer: as it came for `json`, else as `table` says.
  func answer<Value: WireValue>(
    _ document: ControlClient.Document, as type: Value.Type = Value.self, _ table: (Value) -> Void
  ) throws(ControlError) {
    switch format {
    case .table: table(try document.value())
    case .json, .jsonl: console.document(document.bytes)
    }
  }

  /// Prints a list: `jsonl` has one of `member`'s elements on each line.
  func answer<Value: WireValue>(
    list document: ControlClient.Document, member: String, as type: Value.Type = Value.self, _ table: (Value) -> Void
  ) throws(ControlError) {
    switch format {
    case .table: table(try document.value())
    case .json: console.document(document.bytes)
    case .jsonl: for element in try document.json()[member]?.array ?? [] { console.json(element) }
    }
  }

  /// Does the same to several jobs: one object for one job, `{"jobs": [...]}` for several.
  func forEach(
    _ jobs: [String], _ act: (JobID) throws(ControlError) -> ControlClient.Document, done: (JobView) -> String
  ) throws(ControlError) {
    var answers: [JSON] = []
    var failure: ControlError?
    for name in jobs {
      do throws(ControlError) {
        let document = try act(JobID(name))
        if format == .table { console.line(done(try document.value())) } else { answers.append(try document.json()) }
      } catch {
        // The others are still wanted; the last failure is the exit code.
        if let failure { console.report(failure) }
        failure = error
      }
    }
    switch format {
    case .table: break
    case .json where jobs.count > 1:
      console.json(["schema": wireSchema, "jobs": .array(answers)])
    case .json, .jsonl: for answer in answers { console.json(answer) }
    }
    if let failure { throw failure }
  }
}
