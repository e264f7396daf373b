extension JobMachine {
  /// The longest that a wait can be when it is set. What is stored as wall-clock time and lies further ahead was set
  /// under another wall clock.
  public func longestWait(for wake: JobWake) -> Duration {
    switch wake {
    case .call: longest(call)
    case .logs(let due): longest(logsOwed.first { $0.call?.until == due }?.call)
    case .publication(let registry, _): longest(publication(for: registry)?.call)
    case .leftover(let number, _): longest(leftover(number)?.call)
    case .backoff: rules.retry.most
    case .queueLimit: rules.limits.queue ?? .zero
    case .runLimit: rules.limits.run ?? .zero
    case .stopLimit: rules.limits.stop
    }
  }

  private func longest(_ call: CallRetry?) -> Duration {
    // See RetryPolicy.delay: a tenth is added to what the far side asked for.
    max(rules.retry.most, (call?.fault.retryAfter ?? .zero) * 11 / 10 + .milliseconds(1))
  }
}
