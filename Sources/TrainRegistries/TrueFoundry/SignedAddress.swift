internal import TrainCore
internal import TrainTransport

/// An address that lets whoever knows it write one object for a while.
struct SignedAddress: Sendable {
  var url: Secret
  /// On the process's monotonic clock: from then on the store will refuse it.
  var due: Duration

  /// Taken when an address does not tell, as the vendor's client does.
  static let usualLife = Duration.seconds(3600)

  init(url: Secret, due: Duration) {
    self.url = url
    self.due = due
  }

  /// - Parameter time: when the address was handed out: now.
  init(_ url: String, at time: any TimeSource) {
    self.url = Secret(url)
    due = time.monotonic + Self.life(of: url, now: time.now)
  }

  /// How long it lives from its making on, as its own query says: S3's and Google's in seconds, Azure's as a moment.
  static func life(of url: String, now: Timestamp) -> Duration {
    guard let query = url.split(separator: "?", maxSplits: 1).dropFirst().first else { return usualLife }
    for pair in query.split(separator: "&") {
      let words = pair.split(separator: "=", maxSplits: 1)
      guard words.count == 2 else { continue }
      switch words[0].lowercased() {
      case "x-amz-expires", "x-goog-expires": if let seconds = Int64(words[1]) { return .seconds(seconds) }
      case "se":
        let moment = words[1].split(separator: "%3A").joined(separator: ":").split(separator: "%3a").joined(
          separator: ":")
        if let end = Timestamp(iso8601: moment) { return .milliseconds(max(0, end.milliseconds - now.milliseconds)) }
      default: continue
      }
    }
    return usualLife
  }

  /// Whether it is an Azure block blob's, which wants to be told so.
  var isAzureBlob: Bool { url.reveal().contains("blob.core.windows.net") }
}
