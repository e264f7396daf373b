internal import Glibc

/// Tells systemd how the service is, by the protocol of sd_notify(3). Without a supervisor every call does nothing.
public struct Notifier: Sendable {
  /// How often ``watchdog()`` is expected, at the least; `nil` when nobody waits for it.
  public let watchdogInterval: Duration?
  private let address: UnixAddress?

  /// Bytes of a status line; systemd keeps it in memory.
  static let mostStatusBytes = 512

  /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`. The environment itself stays as it is: who starts
  /// children gives them an environment of their own.
  public init(environment: [String: String]) { self.init(environment: environment, pid: getpid()) }

  init(environment: [String: String], pid: Int32) {
    address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init)
    watchdogInterval = Self.watchdog(environment, pid: pid)
  }

  /// Whether somebody listens.
  public var isSupervised: Bool { address != nil }

  /// The service works: also the end of a reload.
  public func ready(status: String? = nil) { send(["READY=1"], status: status) }
  /// One line for a person.
  public func status(_ line: String) { send([], status: line) }
  /// A reload begins; ``ready(status:)`` ends it.
  public func reloading(status: String? = nil) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"], status: status)
  }
  public func stopping(status: String? = nil) { send(["STOPPING=1"], status: status) }
  public func watchdog() { send(["WATCHDOG=1"], status: nil) }

  private func send(_ assignments: [String], status: String?) {
    guard let address else { return }
    var lines = assignments
    // A line feed would begin another assignment.
    if let status { lines.append("STATUS=" + LogText.escaped(status, cap: Self.mostStatusBytes)) }
    let message = Array(lines.joined(separator: "\n").utf8)
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A supervisor that does not read must not stop the daemon. What it does not take is lost.
    var timeout = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    _ = address.withSockaddr { sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, $1) }
  }

  private static func watchdog(_ environment: [String: String], pid: Int32) -> Duration? {
    guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
    // Set for one process: children inherit the variables and are not meant.
    if let owner = environment["WATCHDOG_PID"], Int32(owner) != pid { return nil }
    return .microseconds(microseconds)
  }
}
