internal import TrainCore

/// The MD5s of the parts that files are sent in. Whoever asks first has a group of neighbouring parts read in one pass;
/// the others wait for it. A digest is given out once: a part that is sent again is read again.
actor PartMD5s {
  /// A file as it is cut.
  struct Cut: Hashable, Sendable {
    var path: String
    var bytes: Int64
    /// Bytes of every part but the last.
    var part: Int64
  }

  private struct Group: Hashable {
    var cut: Cut
    var number: Int
  }
  private typealias Taken = Result<[String], Fault>

  /// Of groups, at most: parts that nobody asked for are forgotten.
  private static let limit = 64
  private var known: [Group: [Int: String]] = [:]
  private var waiting: [Group: [CheckedContinuation<Taken, Never>]] = [:]

  /// A value, so that it can be asked for beside the sending.
  func md5(ofPart index: Int, of cut: Cut) async -> Result<String, Fault> {
    let (number, lane) = index.quotientAndRemainder(dividingBy: ParallelMD5.width)
    let group = Group(cut: cut, number: number)
    while true {
      if let digest = known[group]?[lane] { return .success(spend(lane, of: group, digest)) }
      switch await taken(group) {
      case .success(let digests) where digests.indices.contains(lane):
        return .success(spend(lane, of: group, digests[lane]))
      case .success: return .failure(.permanent(.internalError, "part \(index) lies outside of \(cut.path)"))
      // Whoever read it for all has no need of it any more.
      case .failure(let fault) where fault.code == .interrupted && !Task.isCancelled: continue
      case .failure(let fault): return .failure(fault)
      }
    }
  }

  /// Reads the group after the one that the part is the first of, while that is being sent.
  func read(ahead index: Int, of cut: Cut) async {
    let (number, lane) = index.quotientAndRemainder(dividingBy: ParallelMD5.width)
    let group = Group(cut: cut, number: number + 1)
    let start = Int64((number + 1) * ParallelMD5.width) * cut.part
    guard lane == 0, start < cut.bytes, known[group] == nil, waiting[group] == nil else { return }
    _ = await taken(group)
  }

  private func spend(_ lane: Int, of group: Group, _ digest: String) -> String {
    known[group]?[lane] = nil
    if known[group]?.isEmpty == true { known[group] = nil }
    return digest
  }

  private func taken(_ group: Group) async -> Taken {
    if waiting[group] != nil { return await withCheckedContinuation { waiting[group]?.append($0) } }
    waiting[group] = []
    let cut = group.cut
    let first = Int64(group.number * ParallelMD5.width) * cut.part
    let end = min(cut.bytes, first + Int64(ParallelMD5.width) * cut.part)
    let taken: Taken
    do throws(Fault) {
      let ranges = stride(from: first, to: end, by: Int(cut.part)).map { $0..<min($0 + cut.part, end) }
      let digests = try await ParallelMD5.take(at: cut.path, ranges)
      if known.count >= Self.limit { known = [:] }
      known[group] = Dictionary(uniqueKeysWithValues: zip(digests.indices, digests))
      taken = .success(digests)
    } catch {
      taken = .failure(error)
    }
    for waiter in waiting.removeValue(forKey: group) ?? [] { waiter.resume(returning: taken) }
    return taken
  }
}
