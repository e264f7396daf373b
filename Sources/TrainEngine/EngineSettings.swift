public import TrainCore

/// What of the daemon's configuration the engine goes by.
public struct EngineSettings: Sendable, Hashable {
  /// The shortest and the longest wait between two rounds of a connection's poller.
  public var pollFastest: Duration
  public var pollSlowest: Duration
  public var retry: RetryPolicy
  /// Publications under way at once, for each registry: a dead one delays nobody else.
  public var concurrentPublications: Int
  /// Bytes per second over all uploads; `nil` = as fast as it goes.
  public var bandwidth: Int64?

  public init(
    pollFastest: Duration = .seconds(2), pollSlowest: Duration = .seconds(60), retry: RetryPolicy = .init(),
    concurrentPublications: Int = 4, bandwidth: Int64? = nil
  ) {
    self.pollFastest = pollFastest
    self.pollSlowest = pollSlowest
    self.retry = retry
    self.concurrentPublications = concurrentPublications
    self.bandwidth = bandwidth
  }

  /// What a spec's job goes by under these settings.
  public func rules(for spec: JobSpec, id: JobID) -> JobRules {
    let aliases = spec.publish.compactMap { publication in publication.alias.map { (publication.registry, $0) } }
    return JobRules(
      id: id,
      retry: RetryPolicy(attempts: spec.attempts ?? retry.attempts, first: retry.first, most: retry.most),
      limits: spec.limits, registries: spec.publish.map(\.registry),
      aliases: aliases.isEmpty ? nil : Dictionary(aliases) { first, _ in first })
  }
}
