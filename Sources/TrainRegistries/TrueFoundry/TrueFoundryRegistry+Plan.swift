internal import TrainCore
internal import TrainTransport

extension TrueFoundryRegistry {
  /// What receipts say is there of a file in parts: one multipart upload and its parts.
  struct Progress: Sendable {
    var multipart: TrueFoundryMultipart?
    /// By the part's index.
    var parts: [Int: TrueFoundryReceipt] = [:]
  }

  /// The parts that are left. Files whose addresses ran out get new ones, and larger parts, on the same staged version.
  func plan(
    _ session: TrueFoundrySession, _ release: Release, _ receipts: [PartReceipt]
  ) async -> UploadPlan {
    var session = session
    var sent: Int64 = 0
    var parts: [UploadPart] = []
    let receipts = Self.byFile(receipts)
    for var file in TrueFoundryLayout(release.artifact, session).files {
      let receipts = receipts[file.index] ?? []
      let progress = await progress(of: file, in: session.staged, receipts)
      var done = Set(progress.parts.keys)
      if file.isMultipart, done.count < file.count, let multipart = progress.multipart,
        multipart.parts.contains(where: { $0.due <= time.monotonic })
      {
        await urls.spend(multipart.reference, of: file.index, in: session.staged)
        done = []
      }
      if file.isMultipart, done.isEmpty, await urls.current(of: file.index, in: session.staged) == nil {
        file.part = nextPart(of: file, before: receipts.map(\.length).max())
        let usual = TrueFoundryLayout.part(of: file.bytes, usual: session.part)
        session.larger[file.index] = file.part == usual ? nil : file.part
      }
      for index in 0..<file.count {
        let part = file.part(at: index)
        if done.contains(index) { sent += part.length } else { parts.append(part) }
      }
    }
    return UploadPlan(session: session.stored, sent: sent, parts: parts)
  }

  /// By the index of the file whose they are.
  static func byFile(_ receipts: [PartReceipt]) -> [Int: [PartReceipt]] {
    Dictionary(grouping: receipts) { $0.number / TrueFoundryLayout.mostParts }
  }

  /// What a file's receipts and this process know of it.
  func progress(
    of file: TrueFoundryLayout.File, in staged: String, _ receipts: [PartReceipt]
  ) async -> Progress {
    var byUpload: [String: [Int: TrueFoundryReceipt]] = [:]
    var sealed: [String: String] = [:]
    for receipt in receipts {
      let number = receipt.number % TrueFoundryLayout.mostParts
      guard let kept = TrueFoundryReceipt(receipt.token), (kept.upload != nil) == file.isMultipart else { continue }
      let reference = kept.upload ?? ""
      if let addresses = kept.addresses { sealed[reference] = addresses }
      guard number < file.count else { continue }
      let part = file.part(at: number)
      guard part.offset == receipt.offset, part.length == receipt.length else { continue }
      byUpload[reference, default: [:]][number] = kept
    }
    guard file.isMultipart else { return Progress(parts: byUpload[""] ?? [:]) }
    if let current = await urls.current(of: file.index, in: staged) {
      return Progress(multipart: current, parts: byUpload[current.reference] ?? [:])
    }
    for (reference, parts) in byUpload.sorted(by: { ($0.value.count, $0.key) > ($1.value.count, $1.key) }) {
      guard await !urls.isSpent(reference, in: staged), let text = sealed[reference],
        let packed = addresses.open(text),
        let multipart = TrueFoundryMultipart(packed: packed, count: file.count, reference: reference, at: time)
      else { continue }
      await urls.adopt(multipart, of: file.index, in: staged)
      return Progress(multipart: multipart, parts: parts)
    }
    return Progress()
  }

  /// How large the parts of the next multipart of a file are: so that all begin while its addresses live.
  /// - Parameter before: how large they were when addresses ran out; too small.
  private func nextPart(of file: TrueFoundryLayout.File, before: Int64?) -> Int64 {
    let usual = file.part
    let needed = rate.part(of: file.bytes, life: SignedAddress.usualLife, width: traits.parallelParts) ?? usual
    return max(usual, min(max(needed, 2 * (before ?? 0)), TrueFoundryLayout.largestPart))
  }
}
