internal import FoundationEssentials
internal import GRPCCore
internal import NIOCore
internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

/// One package on its way, as one call. Its end is what makes the version, so the call stays open when all bytes are
/// in it, until it is ended or broken off. It does not outlive this process, nor its connection.
///
/// A call that is cancelled, or runs into its deadline, is closed by the library (grpc-swift 2.4) as if everything had
/// been sent: the far side could take what it has for a whole package. So it gets no deadline worth the name, and is
/// never cancelled: it is broken off by an error of the request's own, which resets the stream first.
actor ViamUpload {
  typealias Value = Viam_App_Packages_V1_CreatePackageResponse

  private enum Decision {
    case end, breakOff
  }

  private let what: String
  private var digests: ViamArchive.Digests?
  private var result: Result<Value, Fault>?
  private var decision: Decision?
  /// What our own side found wrong: the call only says that it was broken off.
  private var ours: Fault?
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ what: String) { self.what = what }

  private static let deadline = Duration.seconds(365 * 24 * 3600)

  /// Sends everything but the end. Whatever goes wrong, nothing was made.
  func send(
    _ archive: ViamArchive, of release: Release, as info: Viam_App_Packages_V1_PackageInfo, by client: ViamClient,
    pace: any Pace
  ) async throws(Fault) -> ViamArchive.Digests {
    Task {
      let result: Result<Value, Fault>
      do throws(FailedCall) {
        result = .success(try await perform(archive, release, info, client, pace))
      } catch {
        result = .failure(ours ?? error.fault)
      }
      self.result = result
      changed()
    }
    await withTaskCancellationHandler {
      while digests == nil, result == nil, decision == nil { await change() }
    } onCancel: {
      Task { await self.breakOff() }
    }
    if case .failure(var fault) = result {
      fault.effect = .none
      throw fault
    }
    if decision == .breakOff { throw .transient(.interrupted, "\(what): broken off here", effect: .none) }
    guard let digests else {
      throw .transient(.badAnswer, "\(what): Viam answered before it had all of it", effect: .none)
    }
    return digests
  }

  /// Everything was sent, and the call still waits for its end.
  var isWhole: Bool { digests != nil && result == nil && decision == nil }

  /// Ends the call: from here on the version may be there.
  func end() async throws(Fault) -> Value {
    guard isWhole else {
      throw .transient(.sessionExpired, "\(what): the call was cut before its end: it is begun again", effect: .none)
    }
    decision = .end
    changed()
    while true {
      if let result { return try result.get() }
      await change()
    }
  }

  func breakOff() {
    if decision == nil { decision = .breakOff }
    changed()
  }

  private nonisolated func perform(
    _ archive: ViamArchive, _ release: Release, _ info: Viam_App_Packages_V1_PackageInfo, _ client: ViamClient,
    _ pace: any Pace
  ) async throws(FailedCall) -> Value {
    try await client.packages(.viamCreatePackage, what, deadline: Self.deadline) {
      packages, metadata, options in
      try await packages.createPackage(metadata: metadata, options: options) { writer in
        try await writer.write(.with { $0.info = info })
        do {
          let digests = try await archive.pass(for: release.artifact, pace: pace) { buffer in
            guard await !self.isBrokenOff else { throw CancellationError() }
            try await writer.write(.with { $0.contents = Data(buffer.readableBytesView) })
          }
          try await self.sent(digests)
        } catch let fault as Fault {
          await self.fail(fault)
          throw fault
        }
      }
    }
  }

  private var isBrokenOff: Bool { decision == .breakOff }

  private func fail(_ fault: Fault) { ours = fault }

  /// Returns when the call is to be ended; throws when it is to be broken off.
  private func sent(_ digests: ViamArchive.Digests) async throws {
    self.digests = digests
    changed()
    await withTaskCancellationHandler {
      while decision == nil, !Task.isCancelled { await change() }
    } onCancel: {
      Task { await self.changed() }
    }
    guard decision == .end else { throw CancellationError() }
  }

  private func change() async { await withCheckedContinuation { waiting.append($0) } }

  private func changed() {
    let woken = waiting
    waiting = []
    for one in woken { one.resume() }
  }
}
