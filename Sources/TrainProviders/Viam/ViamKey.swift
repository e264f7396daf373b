internal import TrainCore

/// What a training goes by on Viam: the organization's package `name` at `version`. What a handle's state holds.
struct ViamKey: Hashable, Sendable {
  var organization: String
  var name: String
  var version: String

  /// `<organization>/<name>`: how the package service names a model.
  var package: String { "\(organization)/\(name)" }

  var json: JSON { ["organization": .string(organization), "name": .string(name), "version": .string(version)] }

  init(organization: String, name: String, version: String) {
    self.organization = organization
    self.name = name
    self.version = version
  }

  init(_ handle: ProviderHandle) throws(Fault) {
    guard let organization = handle.state["organization"]?.string, let name = handle.state["name"]?.string,
      let version = handle.state["version"]?.string
    else {
      throw .permanent(
        .internalError, "reading the stored handle of Viam's training job \(handle.reference): it names no model",
        hint: "the state was written by another version of traind, or changed by hand")
    }
    self.init(organization: organization, name: name, version: version)
  }
}
