public import TrainCore

/// Keeps what it is given, as a file would.
public actor CollectingSink: DownloadSink {
  public private(set) var facts: [DownloadFacts] = []
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public func begin(_ facts: DownloadFacts) async throws(Fault) {
    self.facts.append(facts)
    bytes.removeLast(max(0, bytes.count - Int(facts.offset)))
  }

  public func write(_ bytes: [UInt8]) async throws(Fault) { self.bytes += bytes }
}
