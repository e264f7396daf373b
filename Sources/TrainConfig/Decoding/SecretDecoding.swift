internal import TrainCore

extension WrittenValue {
  private static let secretHint =
    "use {credential: NAME} ($CREDENTIALS_DIRECTORY/NAME), {file: PATH} or {env: NAME}"

  /// A ``SecretReference`` as settings hold it. Nothing that was written is shown: it may be the secret itself.
  func secret() -> JSON? {
    guard case .mapping(let members) = node.content else {
      fail("must say where the secret is: a secret is never written here", hint: WrittenValue.secretHint)
      return nil
    }
    guard members.count == 1, let member = members.first, ["credential", "file", "env"].contains(member.key) else {
      fail("must have exactly one of the keys credential, file and env", hint: WrittenValue.secretHint)
      return nil
    }
    let value = WrittenValue(node: member.value, path: "\(path).\(member.key)", problems: problems)
    guard let name = value.text() else { return nil }
    switch member.key {
    case "file":
      guard value.absolutePath() != nil else { return nil }
    case "env":
      guard name.utf8.allSatisfy({ isLetter($0) || isDigit($0) }), !isDigit(name.utf8.first ?? 0) else {
        value.fail("must be the name of an environment variable", hint: "letters, digits and `_`")
        return nil
      }
    default:
      guard !name.contains("/"), name != ".", name != "..", name.utf8.count <= 255 else {
        value.fail("must be the name of a credential", hint: "a file's name in $CREDENTIALS_DIRECTORY, without `/`")
        return nil
      }
    }
    return .object([member.key: .string(name)])
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
