internal import Glibc
public import TrainCore

/// Reads secrets from where a ``SecretReference`` says they are. Reads anew on every call; keeps nothing.
public struct SecretResolver: Sendable {
  /// No secret is longer; what is longer is some other file.
  public static let limit = 64 * 1024

  private let credentialsDirectory: String?
  private let environment: [String: Secret]

  /// - Parameters:
  ///   - credentialsDirectory: systemd's `$CREDENTIALS_DIRECTORY`; `nil` where there is none.
  ///   - environment: the variables that `{env: NAME}` may name.
  public init(credentialsDirectory: String?, environment: [String: String] = [:]) {
    self.credentialsDirectory = credentialsDirectory
    self.environment = environment.mapValues(Secret.init)
  }

  /// The secret, one trailing line break dropped. Every fault is permanent and names the reference, never the value.
  public func resolve(_ reference: SecretReference) throws(Fault) -> Secret {
    switch reference {
    case .credential(let name):
      return try checked(try readCredential(name), "the credential '\(name)'")
    case .file(let path):
      guard path.hasPrefix("/") else {
        throw .permanent(.io, "the secret file '\(path)' is not an absolute path", hint: "write it as /path/to/file")
      }
      return try checked(
        try SecretFile.read(path, named: "the secret file \(path)", privately: true), "the secret file \(path)")
    case .environment(let name):
      guard let value = environment[name] else {
        throw .permanent(
          .notFound, "the environment variable \(name), which holds a secret, is not set",
          hint: "set it for the daemon (Environment= or EnvironmentFile=), or use {credential: NAME}")
      }
      return try checked(Array(value.reveal().utf8), "the environment variable \(name)")
    }
  }

  private func readCredential(_ name: String) throws(Fault) -> [UInt8] {
    guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.utf8.contains(0) else {
      throw .permanent(.rejected, "'\(name)' is no name of a credential", hint: "a credential's name contains no '/'")
    }
    guard let directory = credentialsDirectory else {
      throw .permanent(
        .notFound, "the credential '\(name)' cannot be read: the daemon was given no credentials directory",
        hint: "add LoadCredential=\(name):/path/to/file to the unit, or use {file: PATH}")
    }
    return try SecretFile.read("\(directory)/\(name)", named: "the credential '\(name)'", privately: false)
  }

  private func checked(_ bytes: [UInt8], _ what: String) throws(Fault) -> Secret {
    var bytes = bytes[...]
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw .permanent(.rejected, "\(what) is empty", hint: "write the secret into it") }
    guard bytes.count <= Self.limit else {
      throw .permanent(.rejected, "\(what) is larger than \(Self.limit / 1024) KiB", hint: "is it the right one?")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .permanent(.rejected, "\(what) is not UTF-8 text", hint: "is it the right one?")
    }
    return Secret(text)
  }
}
