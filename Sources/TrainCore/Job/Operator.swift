/// Who asked for a change, as the kernel told us about the control socket's peer.
public struct Operator: Hashable, Sendable, Codable {
  public var uid: UInt32
  public var user: String

  public init(uid: UInt32, user: String) {
    self.uid = uid
    self.user = user
  }
}
