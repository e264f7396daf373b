internal import Crypto

/// Leave to fetch a URL: given only for what a registry named, so that nobody can have the daemon fetch anything else.
/// Good until the daemon ends; nothing is stored.
struct FileTickets: Sendable {
  private let key = SymmetricKey(size: .bits256)

  /// Hex.
  func ticket(for url: String, of registry: String) -> String {
    HMAC<SHA256>.authenticationCode(for: Self.text(url, registry), using: key).map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0\(text)" : text
    }.joined()
  }

  func isGood(_ ticket: String, for url: String, of registry: String) -> Bool {
    var code: [UInt8] = []
    var rest = ticket.utf8[...]
    while !rest.isEmpty {
      guard let byte = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else { return false }
      code.append(byte)
      rest = rest.dropFirst(2)
    }
    return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.text(url, registry), using: key)
  }

  private static func text(_ url: String, _ registry: String) -> [UInt8] { Array("\(registry)\n\(url)".utf8) }
}
