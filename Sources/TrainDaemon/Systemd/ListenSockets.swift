internal import CSystemd
internal import Glibc
public import TrainCore

/// The sockets that systemd opened for us, by the protocol of sd_listen_fds(3).
public struct ListenSockets: Hashable, Sendable {
  /// By `FileDescriptorName=`. The first one wins where a name came twice; the others stay open and unused.
  public let descriptors: [String: Int32]

  public subscript(name: String) -> Int32? { descriptors[name] }

  /// Takes the sockets out of the environment: marks each close-on-exec and removes `LISTEN_PID`, `LISTEN_FDS` and
  /// `LISTEN_FDNAMES`, so that no child takes them for its own. To be called once, before other threads run.
  public static func take() throws(Fault) -> ListenSockets {
    var environment: [String: String] = [:]
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
      if let value = getenv(name) { environment[name] = String(cString: value) }
      unsetenv(name)
    }
    let sockets = try ListenSockets(environment: environment)
    for descriptor in sockets.descriptors.values {
      guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, sd_is_socket(descriptor, AF_UNIX, 0, 1) > 0 else {
        throw .permanent(
          .io, "taking over socket activation: descriptor \(descriptor) is no listening Unix socket",
          hint: "start traind by its socket unit, or by hand without LISTEN_FDS")
      }
    }
    return sockets
  }

  /// What the environment announces; empty when it is meant for another process.
  /// - Parameter first: the lowest descriptor; always 3 in the protocol.
  init(environment: [String: String], pid: Int32 = getpid(), first: Int32 = 3) throws(Fault) {
    guard let owner = environment["LISTEN_PID"], Int32(owner) == pid else {
      descriptors = [:]
      return
    }
    guard let text = environment["LISTEN_FDS"], let count = Int32(text), (0...Self.mostSockets).contains(count) else {
      throw .permanent(
        .rejected, "taking over socket activation: LISTEN_FDS is not a number from 0 to \(Self.mostSockets)",
        hint: "start traind by its socket unit, or by hand without LISTEN_FDS")
    }
    let names = environment["LISTEN_FDNAMES"]?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    var descriptors: [String: Int32] = [:]
    for index in 0..<count {
      // systemd's own word for a descriptor without a name.
      let name = Int(index) < names.count ? String(names[Int(index)]) : "unknown"
      if descriptors[name] == nil { descriptors[name] = first + index }
    }
    self.descriptors = descriptors
  }

  private static let mostSockets: Int32 = 64
}
