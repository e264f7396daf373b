public import TrainCore

public struct VersionView: Hashable, Sendable, WireValue {
  public var version: String
  /// The kinds of providers and registries that the daemon was built with.
  public var providerKinds: [String]
  public var registryKinds: [String]

  public init(version: String = ProgramVersion.text, providerKinds: [String], registryKinds: [String]) {
    self.version = version
    self.providerKinds = providerKinds
    self.registryKinds = registryKinds
  }

  public init(_ json: JSON) throws(ControlError) {
    let view = try Members(json, of: "a version")
    version = try view.string("version")
    providerKinds = try view.strings("provider_kinds")
    registryKinds = try view.strings("registry_kinds")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "version": .string(version), "provider_kinds": .texts(providerKinds),
      "registry_kinds": .texts(registryKinds),
    ]
  }
}
