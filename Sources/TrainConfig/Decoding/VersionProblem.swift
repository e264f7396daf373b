/// Why a text cannot be a model's version.
struct VersionProblem {
  var message: String
  var hint: String

  /// `nil` when it can.
  init?(_ version: String) {
    guard Naming.isVersion(version) else {
      message = "cannot be `\(Shown.text(version))`"
      hint = Naming.versionHint
      return
    }
    guard let ending = Naming.attemptEnding(of: version) else { return nil }
    message = "cannot end in `\(ending)`: that is how further attempts are told apart"
    hint = "as `\(version.dropLast(ending.count))\(ending.dropFirst(2).isEmpty ? "" : ".")\(ending.dropFirst(2))`"
  }
}
