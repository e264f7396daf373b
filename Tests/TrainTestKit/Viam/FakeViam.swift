internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import Synchronization
public import SwiftProtobuf
public import TrainCore
public import ViamAPI

/// Viam in this process: its gRPC services on a loopback port, and a server for the packages' archives. Nothing moves
/// by itself: jobs change when a test says so.
public final class FakeViam: Sendable {
  public typealias Job = Viam_App_Mltraining_V1_TrainingJobMetadata
  public typealias Status = Viam_App_Mltraining_V1_TrainingStatus

  /// Goes wrong with calls of one method.
  public enum Trouble: Sendable {
    /// Answered instead of doing it.
    case refuse(Code, String = "scripted")
    /// Done, and then answered so.
    case lose(Code, String = "scripted after the effect")
    /// Never answered.
    case hang
    /// Done, and never answered.
    case swallow
  }

  public struct Call: Sendable {
    public var method: String
    public var authorization: [String]
    public var timeout: String?
  }

  struct State {
    var jobs: [String: Job] = [:]
    var order: [String] = []
    var packages: [String: [UInt8]] = [:]
    var metadata: [String: Google_Protobuf_Struct] = [:]
    var showsMetadata = true
    var cuts: [Int] = []
    var received = 0
    var largestMessage = 0
    var openStreams = 0
    var logs: [String: [Viam_App_Mltraining_V1_TrainingJobLogEntry]] = [:]
    var logPage = 100
    var containers: [String: Viam_App_Mltraining_V1_Container] = [:]
    var troubles: [String: [Trouble]] = [:]
    var laterTroubles: [String: (well: Int, trouble: Trouble)] = [:]
    var calls: [Call] = []
    var key = "secret-key"
    /// When each ends; a second of the clock that stamps jobs.
    var tokens: [String: Int64] = [:]
    var tokenLife: Int?
    var tokensEnd = false
    var issued = 0
    var nextID = 1
    var refusesDuplicates = false
    var packagesAppear = true
    var isCut = false
  }

  public static let organization = "org-1"
  public static let keyID = "key-id"

  let state = Mutex(State())
  let time: any TimeSource
  public let archives = FakeArchives()

  /// - Parameter time: what jobs are stamped with.
  public init(time: any TimeSource) { self.time = time }

  /// Serves while `body` runs; gives it the endpoint.
  /// - Parameter tls: speak TLS with ``TestCertificate``.
  public func serve<Result: Sendable>(
    tls: Bool = false, _ body: @Sendable (_ endpoint: String) async throws -> Result
  ) async throws -> Result {
    try await archives.start()
    let certificate: HTTP2ServerTransport.Posix.TransportSecurity = .tls(
      certificateChain: [.bytes(Array(TestCertificate.chain.utf8), format: .pem)],
      privateKey: .bytes(Array(TestCertificate.key.utf8), format: .pem))
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: tls ? certificate : .plaintext)
    let result = try await withGRPCServer(
      transport: transport,
      services: [FakeAuthService(viam: self), FakeTrainingService(viam: self), FakePackageService(viam: self)],
      interceptors: [FakeViamGate(viam: self)]
    ) { server in
      guard let port = try await server.transport.listeningAddress.ipv4?.port else { throw CancellationError() }
      do {
        let result = try await body("\(tls ? "https" : "http")://127.0.0.1:\(port)")
        server.beginGracefulShutdown()
        return result
      } catch {
        server.beginGracefulShutdown()
        throw error
      }
    }
    try await archives.stop()
    return result
  }

  // What tests do to it.

  public var calls: [Call] { state.withLock { $0.calls } }
  public func calls(of method: String) -> Int { state.withLock { $0.calls.count { $0.method == method } } }
  public func forgetCalls() { state.withLock { $0.calls = [] } }
  /// Jobs that were ever submitted, whatever became of them and of the answers.
  public var submissions: Int { state.withLock { $0.nextID - 1 } }
  public var tokensIssued: Int { state.withLock { $0.issued } }
  public var jobs: [Job] { state.withLock { state in state.order.compactMap { state.jobs[$0] } } }

  /// The next calls of `method` go wrong, in this order.
  public func trouble(_ method: String, _ troubles: Trouble...) {
    state.withLock { $0.troubles[method, default: []] += troubles }
  }

  /// One of the next calls of `method` goes wrong, after some that do not.
  public func trouble(_ method: String, after well: Int, _ trouble: Trouble) {
    state.withLock { $0.laterTroubles[method] = (well, trouble) }
  }

  /// Every call is answered UNAVAILABLE.
  public func setCut(_ yes: Bool) { state.withLock { $0.isCut = yes } }
  /// Every token that was issued is refused from now on.
  public func revokeTokens() { state.withLock { $0.tokens = [:] } }
  public func setKey(_ key: String) { state.withLock { $0.key = key } }
  /// Tokens say that they live so many seconds; `nil` = they do not say.
  /// - Parameter enforced: and they do not live longer.
  public func setTokenLife(_ seconds: Int?, enforced: Bool = false) {
    state.withLock {
      $0.tokenLife = seconds
      $0.tokensEnd = enforced
    }
  }
  public func refuseDuplicates() { state.withLock { $0.refusesDuplicates = true } }
  /// Whether a completed job's package can be seen at once.
  public func setPackagesAppear(_ yes: Bool) { state.withLock { $0.packagesAppear = yes } }
  public func setContainers(_ containers: [Viam_App_Mltraining_V1_Container]) {
    state.withLock { $0.containers = Dictionary(uniqueKeysWithValues: containers.map { ($0.key, $0) }) }
  }

  /// Moves a job; a completed one leaves `archive` as its package.
  public func move(_ id: String, to status: Status, message: String = "", archive: [UInt8] = Array("archive".utf8)) {
    let now = Google_Protobuf_Timestamp(time.now)
    state.withLock { state in
      guard var job = state.jobs[id] else { return }
      job.status = status
      job.lastModified = now
      if status == .inProgress || status == .completed, !job.hasTrainingStarted { job.trainingStarted = now }
      if status == .completed || status == .failed || status == .canceled { job.trainingEnded = now }
      if status == .failed {
        job.errorStatus.code = 3
        job.errorStatus.message = message
      }
      if status == .completed { state.packages["\(job.organizationID)/\(job.modelName)@\(job.modelVersion)"] = archive }
      state.jobs[id] = job
    }
  }

  /// The bytes of a model's package; `nil` = there is none.
  public func package(_ name: String, _ version: String) -> [UInt8]? {
    state.withLock { $0.packages["\(FakeViam.organization)/\(name)@\(version)"] }
  }

  /// Puts a job there as if somebody else had submitted it.
  public func add(_ job: Job) {
    state.withLock { state in
      if state.jobs[job.id] == nil { state.order.append(job.id) }
      state.jobs[job.id] = job
    }
  }

  /// The record of a job goes; its package stays.
  public func deleteJob(_ id: String) {
    state.withLock { state in
      state.jobs[id] = nil
      state.order.removeAll { $0 == id }
    }
  }

  public func addPackage(_ name: String, _ version: String, _ bytes: [UInt8]) {
    state.withLock { $0.packages["\(FakeViam.organization)/\(name)@\(version)"] = bytes }
  }

  /// As somebody else would have uploaded it.
  public func addPackage(_ name: String, _ version: String, _ bytes: [UInt8], metadata: Google_Protobuf_Struct) {
    addPackage(name, version, bytes)
    state.withLock { $0.metadata["\(FakeViam.organization)/\(name)@\(version)"] = metadata }
  }

  /// The bytes of the package of an id, as `org-1/hat@1.0.0`.
  public func package(_ id: String) -> [UInt8]? { state.withLock { $0.packages[id] } }
  public func metadata(of id: String) -> Google_Protobuf_Struct? { state.withLock { $0.metadata[id] } }
  public var packageKeys: [String] { state.withLock { Array($0.packages.keys) } }
  public var packageCount: Int { state.withLock { $0.packages.count } }
  /// Flips a bit of a package.
  public func damagePackage(_ id: String) {
    state.withLock { state in
      let middle = (state.packages[id]?.count ?? 0) / 2
      state.packages[id]?[middle] ^= 1
    }
  }
  public func hideMetadata() { state.withLock { $0.showsMetadata = false } }
  /// The next uploads of packages are cut after so many bytes of content.
  public func cutPackages(after bytes: Int...) { state.withLock { $0.cuts += bytes } }
  /// Bytes of contents that came in, whether they became a package or not.
  public var received: Int { state.withLock { $0.received } }
  public var largestMessage: Int { state.withLock { $0.largestMessage } }
  /// Uploads that are under way.
  public var openStreams: Int { state.withLock { $0.openStreams } }

  public func log(_ id: String, _ lines: [String], pageSize: Int = 100) {
    let now = Google_Protobuf_Timestamp(time.now)
    state.withLock { state in
      state.logPage = pageSize
      state.logs[id, default: []] += lines.map { line in
        .with {
          $0.level = "INFO"
          $0.time = now
          $0.message = line
        }
      }
    }
  }
}

extension Google_Protobuf_Timestamp {
  /// To the millisecond.
  public init(_ time: Timestamp) {
    self.init(seconds: time.milliseconds / 1000, nanos: Int32(time.milliseconds % 1000) * 1_000_000)
  }
}
