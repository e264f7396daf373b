internal import Crypto
public import TrainCore

/// A private key on P-256. Never printed.
public struct SigningKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// - Parameters:
  ///   - pem: `PRIVATE KEY` or `EC PRIVATE KEY`.
  ///   - name: what errors call it.
  /// - Throws: `.rejected` when it is no such key.
  public init(pem: String, named name: String) throws(Fault) {
    do { key = try P256.Signing.PrivateKey(pemRepresentation: pem) } catch {
      throw .permanent(
        .rejected, "\(name) is no private key on P-256 in PEM form",
        hint: "make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem")
    }
  }

  public var verifying: VerifyingKey { VerifyingKey(key.publicKey) }
  public var keyID: String { verifying.keyID }

  func signature(of bytes: [UInt8]) throws(Fault) -> [UInt8] {
    do { return Array(try key.signature(for: bytes).derRepresentation) } catch {
      throw .permanent(.internalError, "could not sign: \(error)")
    }
  }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "SigningKey(\(keyID))" }
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)](), displayStyle: .struct) }
}
