/// When an upload's progress is worth a line in the journal: after 10 % more, or after 10 s with anything more.
public struct UploadProgressPace: Hashable, Sendable {
  private var lastSent: Int64 = 0
  private var lastTime: Duration

  /// - Parameter now: monotonic, when the upload began or went on.
  public init(sent: Int64 = 0, at now: Duration) {
    lastSent = sent
    lastTime = now
  }

  /// Whether to write now; if so, counts as written. The end itself is a transition and needs no line.
  public mutating func isDue(sent: Int64, total: Int64, at now: Duration) -> Bool {
    guard sent < total, sent > lastSent else {
      // The far side holds less than before: the upload began anew.
      lastSent = min(lastSent, sent)
      return false
    }
    let isFar = Double(sent - lastSent) >= Double(total) * 0.1
    guard isFar || now - lastTime >= .seconds(10) else { return false }
    lastSent = sent
    lastTime = now
    return true
  }
}
