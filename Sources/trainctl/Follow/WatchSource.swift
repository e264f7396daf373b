internal import TrainControl
internal import TrainCore

/// The jobs that are being watched.
struct WatchSource {
  var client: ControlClient
  /// Empty = whatever `list` shows.
  var jobs: [JobID]

  /// - Parameter limit: at most so many.
  func read(limit: Int?) throws(ControlError) -> [JobView] {
    if jobs.isEmpty {
      let query = [("watch", "1"), ("limit", limit.map { String($0) })]
      let list: JobListView = try client.get(ControlPath.jobs, query).value()
      return list.jobs
    }
    var views: [JobView] = []
    for job in jobs { views.append(try client.get(ControlPath.job(job), [("watch", "1")]).value()) }
    return views
  }

  /// Nothing more will happen to what is watched.
  func isOver(_ views: [JobView]) -> Bool { !jobs.isEmpty && views.allSatisfy(\.state.isTerminal) }
}
