internal import NIOCore
internal import TrainControl
internal import TrainCore

/// Hands a file from the task that receives it to the one that writes it, one buffer at a time: who gives waits until
/// it was taken.
actor DownloadHandoff: DownloadSink {
  private var taker: CheckedContinuation<ByteBuffer?, Never>?
  private var giver: (buffer: ByteBuffer, taken: CheckedContinuation<Bool, Never>)?
  private var isOver = false

  func begin(_ facts: DownloadFacts) async throws(Fault) {
    try await give(ByteBuffer(bytes: DownloadHead.file(facts).json.wireBytes + [0x0A]))
  }

  func write(_ bytes: [UInt8]) async throws(Fault) {
    if !bytes.isEmpty { try await give(ByteBuffer(bytes: bytes)) }
  }

  private func give(_ buffer: ByteBuffer) async throws(Fault) {
    guard await wasTaken(buffer) else {
      throw .transient(.interrupted, "nobody takes the file any more", effect: .none)
    }
  }

  private func wasTaken(_ buffer: ByteBuffer) async -> Bool {
    if isOver { return false }
    if let taker {
      self.taker = nil
      taker.resume(returning: buffer)
      return true
    }
    return await withCheckedContinuation { giver = (buffer, $0) }
  }

  /// `nil` once ``end()`` was called.
  func take() async -> ByteBuffer? {
    if let giver {
      self.giver = nil
      giver.taken.resume(returning: true)
      return giver.buffer
    }
    if isOver { return nil }
    return await withCheckedContinuation { taker = $0 }
  }

  /// Nobody gives or takes any more.
  func end() {
    isOver = true
    taker?.resume(returning: nil)
    giver?.taken.resume(returning: false)
    taker = nil
    giver = nil
  }
}
