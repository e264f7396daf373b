internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  /// One page of Viam's. The last page of a job that goes on grows: the cursor holds how much of it was read.
  func logs(id: String, after text: String?) async throws(Fault) -> LogPage {
    let cursor = try ViamLogCursor(text)
    let request = Viam_App_Mltraining_V1_GetTrainingJobLogsRequest.with {
      $0.id = id
      $0.pageToken = cursor.token
    }
    let page: Viam_App_Mltraining_V1_GetTrainingJobLogsResponse
    do throws(FailedCall) {
      page = try await client.training(.viamLogs, "reading the logs of training job \(id)") {
        try await $0.getTrainingJobLogs(request, metadata: $1, options: $2)
      }
    } catch {
      throw error.fault
    }
    let lines = page.logs.dropFirst(cursor.taken).map(\.line).joined()
    let hasMore = !page.nextPageToken.isEmpty && page.nextPageToken != cursor.token
    let next =
      hasMore
      ? ViamLogCursor(token: page.nextPageToken, taken: 0)
      : ViamLogCursor(token: cursor.token, taken: max(cursor.taken, page.logs.count))
    return LogPage(text: lines, next: next.text, hasMore: hasMore)
  }
}

/// Where in a job's logs we are: `<entries taken>:<page token>`.
struct ViamLogCursor: Hashable {
  var token: String
  var taken: Int

  init(token: String, taken: Int) {
    self.token = token
    self.taken = taken
  }

  /// `nil` = from the start.
  init(_ text: String?) throws(Fault) {
    guard let text else {
      self.init(token: "", taken: 0)
      return
    }
    guard let colon = text.firstIndex(of: ":"), let taken = Int(text[..<colon]), taken >= 0 else {
      throw .permanent(.rejected, "reading logs from '\(text.prefix(100))': that is no cursor of Viam's logs")
    }
    self.init(token: String(text[text.index(after: colon)...]), taken: taken)
  }

  var text: String { "\(taken):\(token)" }
}

extension Viam_App_Mltraining_V1_TrainingJobLogEntry {
  /// `2026-11-21T02:13:00.000Z INFO epoch 3: loss=0.12` and a line break. The level is Viam's: scripts that succeed
  /// have lines at ERROR.
  var line: String {
    let text = message.hasSuffix("\n") ? String(message.dropLast()) : message
    return "\(hasTime ? ViamWords.text(of: time) : "-") \(level.isEmpty ? "-" : level) \(text)\n"
  }
}
