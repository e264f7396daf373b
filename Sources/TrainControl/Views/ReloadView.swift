public import TrainCore

/// What reading the configuration again did.
public struct ReloadView: Hashable, Sendable, WireValue {
  /// Keys that changed and took effect.
  public var changed: [String]
  /// Keys that changed and take effect at the next start.
  public var needRestart: [String]
  /// Where `apply: automatic` is set.
  public var apply: ApplyView?
  public var warnings: [String]

  public init(
    changed: [String] = [], needRestart: [String] = [], apply: ApplyView? = nil, warnings: [String] = []
  ) {
    self.changed = changed
    self.needRestart = needRestart
    self.apply = apply
    self.warnings = warnings
  }

  public init(_ json: JSON) throws(ControlError) {
    let reload = try Members(json, of: "a reload")
    changed = try reload.strings("changed")
    needRestart = try reload.strings("need_restart")
    let apply = reload.value("apply")
    self.apply = apply == .null ? nil : try ApplyView(apply)
    warnings = try reload.strings("warnings")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "changed": .texts(changed), "need_restart": .texts(needRestart),
      "apply": apply?.json ?? .null, "warnings": .texts(warnings),
    ]
  }
}
