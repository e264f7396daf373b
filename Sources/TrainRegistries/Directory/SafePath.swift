internal import TrainCore

/// Names that come from a spec or a platform, before they become part of a path.
enum SafePath {
  /// Fault unless `name` is one name that stays where it is put.
  static func name(_ name: String, _ what: String) throws(Fault) -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.utf8.contains(0),
      name.utf8.count <= 255
    else { throw .permanent(.rejected, "\(what) '\(name)' cannot be the name of a file or directory") }
    return name
  }

  /// The names of a relative path that stays below where it is put.
  static func components(_ path: String) throws(Fault) -> [String] {
    var components: [String] = []
    for component in path.split(separator: "/", omittingEmptySubsequences: false) {
      components.append(try name(String(component), "in the artifact's path '\(path)':"))
    }
    return components
  }
}
