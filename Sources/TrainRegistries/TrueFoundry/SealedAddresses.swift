internal import Crypto
internal import FoundationEssentials
internal import TrainCore
internal import TrainTransport

/// Keeps signed addresses over a restart without writing them down in clear: they are encrypted under a key derived
/// from the connection's own secret, which is not in the store. After that secret has changed they cannot be read any
/// more, and new ones are asked for.
struct SealedAddresses: Sendable {
  let secret: RenewableSecret

  /// `nil` when the secret cannot be had now.
  func seal(_ json: JSON) -> String? {
    guard let key, let box = try? ChaChaPoly.seal(Data(json.canonical.utf8), using: key) else { return nil }
    return box.combined.base64EncodedString()
  }

  /// `nil` when it was sealed under another secret, or changed.
  func open(_ text: String) -> JSON? {
    guard let key, let data = Data(base64Encoded: text), let box = try? ChaChaPoly.SealedBox(combined: data),
      let bytes = try? ChaChaPoly.open(box, using: key)
    else { return nil }
    return JSON(parsing: String(decoding: bytes, as: UTF8.self))
  }

  private var key: SymmetricKey? {
    guard let secret = try? secret.current() else { return nil }
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)), salt: Data("traind".utf8),
      info: Data("signed addresses".utf8), outputByteCount: 32)
  }
}
