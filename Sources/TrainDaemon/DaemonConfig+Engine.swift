internal import TrainConfig
internal import TrainEngine

extension EngineSettings {
  init(_ config: DaemonConfig) {
    self.init(
      pollFastest: config.poll.fastest, pollSlowest: config.poll.slowest, retry: config.retry,
      concurrentPublications: config.publish.concurrent, bandwidth: config.publish.bandwidth)
  }
}

extension Retention {
  init(_ config: DaemonConfig) {
    let keep: SpoolKeep =
      switch config.spool.keep {
      case .untilPublished: .untilPublished
      case .forever: .forever
      case .age(let age): .age(age)
      }
    self.init(history: config.history.keep, spool: keep)
  }
}
