internal import TrainCore

extension ProviderConformance {
  static let runPromises: [Promise] = [
    .init(description: "a run is observed from its start to its success", check: success),
    .init(description: "a failed run is failed, with a message", check: failure),
    .init(description: "one observation for each handle, in order", check: order),
    .init(description: "a platform out of reach is a transient fault, and nothing else", check: unreachable),
    .init(description: "a stop ends in cancelled, and can be asked for twice", check: cancelled),
    .init(description: "stopping what has ended is no fault", check: cancelledLate),
    .init(description: "an artifact arrives whole, again and from a part", check: artifact),
    .init(description: "logs come to their end, and go on from there", check: logs),
    .init(description: "a run can be released twice", check: released),
  ]

  /// Looks until the run is in a phase that `matches`; gives up after many looks.
  static func observe(
    _ handle: ProviderHandle, _ harness: any ProviderHarness, until matches: (Observation.Phase) -> Bool
  ) async throws -> Observation {
    var last: Observation?
    for _ in 0..<500 {
      let seen = try await harness.provider.observe([handle])
      try require(seen.count == 1, "one handle gives one observation")
      last = seen[0]
      if let last, matches(last.phase) { return last }
      try await harness.pause()
    }
    throw ConformanceFailure("the run never came there; it is \(last.map { "\($0)" } ?? "unknown")")
  }

  static func success(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    _ = try await observe(handle, harness) { $0 == .pending || $0 == .running }
    try await harness.begin(handle, printing: "hello")
    let running = try await observe(handle, harness) { $0 == .running }
    try require(running.hasRun, "a running run has run")
    try await harness.succeed(handle, with: [1, 2, 3])
    let ended = try await observe(handle, harness) { $0 == .succeeded }
    try require(ended.hasRun, "a run that succeeded has run")
  }

  static func failure(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "hello")
    try await harness.fail(handle)
    let ended = try await observe(handle, harness) { if case .failed = $0 { true } else { false } }
    guard case .failed(let message) = ended.phase, !message.isEmpty else {
      throw ConformanceFailure("a failed run says why, got \(ended)")
    }
  }

  static func order(_ harness: any ProviderHarness) async throws {
    let a = try await harness.provider.submit(harness.submission("a", variant: 1))
    let b = try await harness.provider.submit(harness.submission("b", variant: 1))
    let c = try await harness.provider.submit(harness.submission("c", variant: 1))
    for handle in [a, b] { try await harness.begin(handle, printing: "hello") }
    try await harness.succeed(a, with: [1])
    _ = try await observe(a, harness) { $0 == .succeeded }
    _ = try await observe(b, harness) { $0 == .running }
    let seen = try await harness.provider.observe([c, a, b, a])
    try require(seen.count == 4, "four handles give four observations")
    try require(
      seen[1]?.phase == .succeeded && seen[2]?.phase == .running && seen[3] == seen[1],
      "observations are in the order of the handles, got \(seen)")
    let none = try await harness.provider.observe([])
    try require(none.isEmpty, "no handle gives no observation")
  }

  static func unreachable(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.cut()
    do throws(Fault) {
      let seen = try await harness.provider.observe([handle])
      try await harness.restoreIgnoringErrors()
      throw Fault.permanent(.internalError, "out of reach, something was observed: \(seen)")
    } catch {
      try require(!error.isPermanent, "out of reach is transient, got \(error)")
    }
    try await harness.restore()
    _ = try await observe(handle, harness) { $0 == .pending || $0 == .running }
  }

  static func cancelled(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "hello")
    try await harness.provider.cancel(handle, force: false)
    try await harness.provider.cancel(handle, force: true)
    try await harness.settleStop(handle)
    _ = try await observe(handle, harness) { $0 == .cancelled }
    try await harness.provider.cancel(handle, force: false)
  }

  static func cancelledLate(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "hello")
    try await harness.succeed(handle, with: [1, 2, 3])
    _ = try await observe(handle, harness) { $0 == .succeeded }
    try await harness.provider.cancel(handle, force: false)
    try await harness.provider.cancel(handle, force: true)
    let seen = try await harness.provider.observe([handle])
    try require(seen.first??.phase == .succeeded, "a late stop changes nothing, got \(seen)")
  }

  static func artifact(_ harness: any ProviderHarness) async throws {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "hello")
    try await harness.succeed(handle, with: bytes)
    _ = try await observe(handle, harness) { $0 == .succeeded }

    let whole = MemorySink()
    try await harness.provider.fetch(handle, into: whole)
    guard let (path, file) = whole.files.first, whole.files.count == 1 else {
      throw ConformanceFailure("the artifact is one file, got \(whole.files.keys.sorted())")
    }
    try require(file.bytes == bytes && file.isFinished, "the artifact arrives whole")
    try await harness.provider.fetch(handle, into: whole)
    try require(whole.files[path]?.bytes == bytes, "fetching again changes nothing")

    let part = MemorySink()
    part.hold(Array(bytes.prefix(60_000)), of: path, tag: file.tag)
    try await harness.provider.fetch(handle, into: part)
    try require(part.files[path]?.bytes == bytes, "a part that is held is completed")

    let other = MemorySink()
    other.hold(Array(repeating: 0, count: 60_000), of: path, tag: "of something else")
    try await harness.provider.fetch(handle, into: other)
    try require(other.files[path]?.bytes == bytes, "a part of something else is thrown away")
  }

  static func logs(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "first line")
    _ = try await observe(handle, harness) { $0 == .running }
    let (first, cursor) = try await readLogs(handle, harness, after: nil, until: "first line")
    try require(first.hasSuffix("\n"), "a page ends in a line break")
    let (rest, _) = try await readLogs(handle, harness, after: cursor, until: nil)
    try require(!rest.contains("first line"), "what was read is not read again")
  }

  private static func readLogs(
    _ handle: ProviderHandle, _ harness: any ProviderHarness, after start: String?, until wanted: String?
  ) async throws -> (text: String, cursor: String?) {
    var text = ""
    var cursor = start
    for _ in 0..<500 {
      let page = try await harness.provider.logs(handle, after: cursor)
      text += page.text
      cursor = page.next
      guard !page.hasMore else { continue }
      guard let wanted, !text.contains(wanted) else { return (text, cursor) }
      try await harness.pause()
    }
    throw ConformanceFailure("the logs never end, or never hold '\(wanted ?? "")'")
  }

  static func released(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    try await harness.begin(handle, printing: "hello")
    try await harness.succeed(handle, with: [1, 2, 3])
    _ = try await observe(handle, harness) { $0 == .succeeded }
    try await harness.provider.release(handle)
    try await harness.provider.release(handle)
  }
}

extension ProviderHarness {
  /// For where only a fault may be thrown.
  fileprivate func restoreIgnoringErrors() async throws(Fault) {
    do {
      try await restore()
    } catch {
      throw .permanent(.internalError, "\(error)")
    }
  }
}
