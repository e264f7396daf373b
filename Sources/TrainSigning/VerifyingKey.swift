internal import Crypto
internal import FoundationEssentials
public import TrainCore

/// A public key on P-256.
public struct VerifyingKey: Sendable {
  private let key: P256.Signing.PublicKey

  init(_ key: P256.Signing.PublicKey) { self.key = key }

  /// - Parameters:
  ///   - pem: `PUBLIC KEY`.
  ///   - name: what errors call it.
  /// - Throws: `.rejected` when it is no such key.
  public init(pem: String, named name: String) throws(Fault) {
    do { key = try P256.Signing.PublicKey(pemRepresentation: pem) } catch {
      throw .permanent(
        .rejected, "\(name) is no public key on P-256 in PEM form",
        hint: "from the private one: openssl ec -in key.pem -pubout -out public.pem")
    }
  }

  /// sha256 of the key's DER form, hex.
  public var keyID: String { FileDigest.hex(SHA256.hash(data: key.derRepresentation)) }
  public var pem: String { key.pemRepresentation }

  func signed(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
    return key.isValidSignature(signature, for: bytes)
  }
}
