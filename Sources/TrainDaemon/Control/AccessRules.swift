internal import Glibc

/// Who may do what on the control socket, by the kernel's word about the peer. Group ids are looked up once, at start.
public struct AccessRules: Hashable, Sendable {
  /// The daemon's own user.
  public var ownUID: UInt32
  /// The group whose members may do everything; `nil` = there is no such group.
  public var operators: UInt32?
  /// The group whose members may read.
  public var observers: UInt32?

  public init(ownUID: UInt32, operators: UInt32?, observers: UInt32?) {
    self.ownUID = ownUID
    self.operators = operators
    self.observers = observers
  }

  /// The running process's user, and the groups `traind` and `traind-observers`.
  public static func system() -> AccessRules {
    AccessRules(
      ownUID: geteuid(), operators: SystemNames.group(named: "traind"),
      observers: SystemNames.group(named: "traind-observers"))
  }

  enum Rank: Int, Comparable, Sendable {
    case nobody, observer, `operator`
    static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
  }

  func rank(of peer: Peer) -> Rank {
    if peer.uid == 0 || peer.uid == ownUID { return .operator }
    if let operators, peer.groups.contains(operators) { return .operator }
    if let observers, peer.groups.contains(observers) { return .observer }
    return .nobody
  }
}
