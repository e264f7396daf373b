/// An upload that its publication goes on with no more. What it holds at its registry is to be freed, whatever became
/// of the job.
public struct Leftover: Hashable, Sendable, Codable {
  public var registry: String
  /// Among those that the job owes now, from 1.
  public var number: Int
  /// `nil` = an upload was asked for, and whether it was opened was never heard.
  public var session: UploadSession?
  /// A commit of it was asked for once, whatever came of it.
  public var commitAsked: Bool
  /// When it was given up.
  public var since: Timestamp
  /// How long was waited between the tries, in all. No clock is asked, so no jump of one ends it early.
  public var waited: Duration
  /// What it holds, as the registry names it; empty until a try has failed.
  public var holdings: [String]
  /// The try that has to be made again.
  public var call: CallRetry?

  /// How long it is tried.
  public static let giveUpAfter = Duration.seconds(7 * 86_400)
  /// How many a job can owe; what comes on top is told and left.
  public static let most = 32

  init(registry: String, number: Int, session: UploadSession?, commitAsked: Bool, since: Timestamp) {
    self.registry = registry
    self.number = number
    self.session = session
    self.commitAsked = commitAsked
    self.since = since
    waited = .zero
    holdings = []
  }

  /// What is there, for people.
  public var words: String {
    if !holdings.isEmpty { return holdings.joined(separator: ", ") }
    return session == nil ? "an upload that may have been opened" : "an upload"
  }
}

/// What an upload was given up with.
public struct AbandonedUpload: Hashable, Sendable {
  /// `nil` = whatever was opened under the release's natural key: an answer never came.
  public var session: UploadSession?
  /// A commit of it was asked for once. It is known to have been in vain, as far as anything was shown.
  public var commitAsked: Bool
  /// Receipts of the publication's latest upload, which may be another one.
  public var receipts: [PartReceipt]
  /// The upload that the publication goes on with, if it does: what both hold stays.
  public var kept: UploadSession?

  public init(
    session: UploadSession?, commitAsked: Bool = false, receipts: [PartReceipt] = [], kept: UploadSession? = nil
  ) {
    self.session = session
    self.commitAsked = commitAsked
    self.receipts = receipts
    self.kept = kept
  }
}
