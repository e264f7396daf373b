internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A plain HTTP/1.1 server of archives on a loopback port: HEAD, GET, Range, `x-goog-hash`, and what can go wrong with
/// them.
public final class FakeArchives: Sendable {
  /// What happens to one GET.
  public enum Trouble: Sendable, Hashable {
    /// The connection is closed after so many bytes of the body.
    case cut(after: Int)
    /// The connection is reset after so many bytes of the body.
    case reset(after: Int)
    /// One bit is another.
    case corrupt
    /// Nothing more comes after so many bytes.
    case stall(after: Int)
    /// The whole comes, whatever was asked for.
    case ignoreRange
    /// Other bytes than were asked for, said so.
    case wrongRange
  }

  public struct Request: Sendable, Hashable {
    public var method: String
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
  }

  struct State {
    var port = 0
    var channel: (any Channel)?
    var files: [String: [UInt8]] = [:]
    var requests: [Request] = []
    var troubles: [Trouble] = []
    /// Answers to HEAD and GET alike, before anything else.
    var statuses: [Int] = []
    var redirect: String?
    var contentType = "application/x-gzip"
    var hashes = true
    var paddedHash = false
    var isHeadRefused = false
    var served = 0
  }

  let state = Mutex(State())

  public init() {}

  public var requests: [Request] { state.withLock { $0.requests } }
  /// Bytes of bodies that were handed to the network.
  public var servedBytes: Int { state.withLock { $0.served } }
  public var origin: String { "http://127.0.0.1:\(state.withLock { $0.port })" }
  public func trouble(_ troubles: Trouble...) { state.withLock { $0.troubles += troubles } }
  /// The next requests are answered with these.
  public func answer(_ statuses: Int...) { state.withLock { $0.statuses += statuses } }
  /// Everything is found at this origin instead; `nil` = here.
  public func redirect(to origin: String?) { state.withLock { $0.redirect = origin } }
  public func setContentType(_ type: String) { state.withLock { $0.contentType = type } }
  public func setHashes(_ yes: Bool, padded: Bool = false) {
    state.withLock {
      $0.hashes = yes
      $0.paddedHash = padded
    }
  }

  /// HEAD is answered 403, as by addresses that are signed for GET.
  public func refuseHead() { state.withLock { $0.isHeadRefused = true } }

  /// Makes the bytes available; returns their address.
  @discardableResult
  public func serve(_ bytes: [UInt8], at key: String) -> String {
    let path = "/packages/\(key.replacing("/", with: "_"))"
    return state.withLock { state in
      state.files[path] = bytes
      return "http://127.0.0.1:\(state.port)\(path)"
    }
  }

  public func start() async throws {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeArchiveHandler(archives: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    state.withLock {
      $0.channel = channel
      $0.port = channel.localAddress?.port ?? 0
    }
  }

  public func stop() async throws {
    try await state.withLock { $0.channel }?.close()
  }
}
