package import TrainCore

/// What a model goes by on Viam: the organization's package `name` at `version`.
package struct ViamKey: Hashable, Sendable {
  package var organization: String
  package var name: String
  package var version: String

  /// `<organization>/<name>`: how the package service names a model.
  package var package: String { "\(organization)/\(name)" }

  /// What the handle of a training holds of it.
  package var json: JSON {
    ["organization": .string(organization), "name": .string(name), "version": .string(version)]
  }

  package init(organization: String, name: String, version: String) {
    self.organization = organization
    self.name = name
    self.version = version
  }
}
