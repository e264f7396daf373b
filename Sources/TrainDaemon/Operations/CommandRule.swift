internal import TrainControl
internal import TrainCore

/// Who may have a command run on this machine: what it is comes from the configuration, or from root. Every road to a
/// new job passes here.
struct CommandRule: Sendable {
  /// The provider runs what `train` says on this machine.
  var runsHere: Bool
  /// The spec of that name in the configuration, if there is one.
  var configured: JobSpec?

  /// - Throws: `.notPermitted` when the spec would run something here that the configuration does not say.
  func check(_ spec: JobSpec, by actor: Operator, what: String) throws(ControlError) {
    guard runsHere, actor.uid != 0 else { return }
    if let configured, configured.provider == spec.provider, configured.train == spec.train { return }
    throw ControlError(
      .notPermitted, what, "a local command from outside the configuration runs only for root",
      hint: "put the spec into jobs.d, or ask an administrator to")
  }
}
