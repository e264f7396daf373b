internal import Crypto
internal import FoundationEssentials
public import TrainCore

/// A DSSE envelope (v1): a payload with signatures over its type and its bytes, ECDSA with P-256 and SHA-256.
///
/// Source: secure-systems-lab/dsse, `protocol.md` and `envelope.md`.
public struct Envelope: Hashable, Sendable {
  public struct Signature: Hashable, Sendable {
    /// A hint which key it is: sha256 of its public half's DER form, hex.
    public var keyID: String
    /// DER.
    var bytes: [UInt8]
  }

  public var payloadType: String
  public var payload: [UInt8]
  public var signatures: [Signature]

  /// Signs a statement.
  public init(_ statement: Statement, with key: SigningKey) throws(Fault) {
    payloadType = Statement.payloadType
    payload = Array(statement.json.canonical.utf8)
    let signed = Self.authenticated(payloadType, payload)
    signatures = [Signature(keyID: key.keyID, bytes: try key.signature(of: signed))]
  }

  /// An envelope that was read; Fault `.rejected` when it is none.
  public init(_ json: JSON) throws(Fault) {
    guard let type = json["payloadType"]?.string, let payload = json["payload"]?.string.flatMap(Self.bytes),
      let signatures = json["signatures"]?.array, !signatures.isEmpty
    else {
      throw .permanent(.rejected, "this is no DSSE envelope", hint: "it has payloadType, payload and signatures")
    }
    payloadType = type
    self.payload = payload
    self.signatures = signatures.compactMap { signature in
      signature["sig"]?.string.flatMap(Self.bytes).map {
        Signature(keyID: signature["keyid"]?.string ?? "", bytes: $0)
      }
    }
  }

  public var json: JSON {
    [
      "payloadType": .string(payloadType), "payload": .string(Data(payload).base64EncodedString()),
      "signatures": .array(
        signatures.map { ["keyid": .string($0.keyID), "sig": .string(Data($0.bytes).base64EncodedString())] }),
    ]
  }

  /// Fault `.corrupted` unless one of the signatures is the key's, over just these bytes.
  public func verify(by key: VerifyingKey) throws(Fault) {
    guard payloadType == Statement.payloadType else {
      throw .permanent(.rejected, "the envelope holds \(payloadType), not \(Statement.payloadType)")
    }
    let signed = Self.authenticated(payloadType, payload)
    guard signatures.contains(where: { key.signed($0.bytes, over: signed) }) else {
      let theirs = signatures.map(\.keyID).joined(separator: ", ")
      throw .permanent(
        .corrupted, "no signature of the key \(key.keyID) fits; the envelope names \(theirs)",
        hint: "is it the right key? otherwise what was signed has changed since")
    }
  }

  /// DSSE's pre-authentication encoding.
  private static func authenticated(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }

  private static func bytes(_ base64: String) -> [UInt8]? { Data(base64Encoded: base64).map(Array.init) }
}
