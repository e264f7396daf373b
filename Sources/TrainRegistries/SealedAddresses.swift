internal import Crypto
internal import FoundationEssentials
internal import TrainCore
internal import TrainTransport

/// Keeps addresses that are secrets themselves (whoever knows one may write there) over a restart without writing them
/// down in clear. After the key has changed they cannot be read any more, and new ones are asked for.
struct SealedAddresses: Sendable {
  enum Key: Sendable {
    /// Derived from the connection's own secret, which is not in the state directory.
    case login(RenewableSecret)
    /// The state directory's, for a connection without a secret: it is not in the store.
    case own(Secret)
  }

  let key: Key

  init(_ key: Key) { self.key = key }

  /// `nil` when the key cannot be had now.
  func seal(_ json: JSON) -> String? {
    guard let key = symmetric, let box = try? ChaChaPoly.seal(Data(json.canonical.utf8), using: key) else { return nil }
    return box.combined.base64EncodedString()
  }

  /// `nil` when it was sealed under another key, or changed.
  func open(_ text: String) -> JSON? {
    guard let key = symmetric, let data = Data(base64Encoded: text),
      let box = try? ChaChaPoly.SealedBox(combined: data),
      let bytes = try? ChaChaPoly.open(box, using: key)
    else { return nil }
    return JSON(parsing: String(decoding: bytes, as: UTF8.self))
  }

  private var symmetric: SymmetricKey? {
    let secret: Secret? =
      switch key {
      case .login(let secret): try? secret.current()
      case .own(let secret): secret
      }
    guard let secret else { return nil }
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)), salt: Data("traind".utf8),
      info: Data("signed addresses".utf8), outputByteCount: 32)
  }
}
