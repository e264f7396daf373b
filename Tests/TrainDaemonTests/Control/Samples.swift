import TrainControl
import TrainCore

enum Samples {
  static let time = Timestamp(milliseconds: 1_795_227_180_000)

  static func job(_ id: String, _ state: JobState.Word, note: String? = nil) -> JobView {
    let name = String(id.prefix { $0 != "@" })
    let version = String(id.drop { $0 != "@" }.dropFirst())
    let spec = JobSpec(
      name: name, provider: "viam", modelName: name, version: .fixed(version), train: .empty, written: .empty)
    let machine = JobMachine(rules: JobRules(id: JobID(id), registries: ["synapse"]), at: time)
    var view = JobView(
      JobRecord(
        id: JobID(id), spec: spec, version: version, identity: "", origin: .specDirectory, machine: machine,
        created: time))
    view.state = state
    view.message = note
    return view
  }

  static func event(
    _ sequence: Int64, job: String, from: JobState.Word, to: JobState.Word, reason: String? = nil
  ) -> EventView {
    var view = EventView(
      EventRecord(
        sequence: sequence, job: JobID(job),
        transition: Transition(time: time, from: from, to: to, attempt: 1, actor: Operator(uid: 0, user: "root"))))
    view.reason = reason
    return view
  }
}
