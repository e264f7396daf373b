internal import TrainCore
internal import TrainViam

extension ViamKey {
  /// The key that a stored handle holds.
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
