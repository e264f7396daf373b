internal import NIOCore
internal import Synchronization

/// The connections that are open, within their limits.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var strangers = 0
  }

  private let state = Mutex(State())
  private let limits: ControlLimits

  init(limits: ControlLimits) { self.limits = limits }

  /// Counts the connection in until it closes; `false` = there are too many.
  func admit(_ channel: any Channel, rank: AccessRules.Rank) -> Bool {
    let isStranger = rank == .nobody
    let admitted = state.withLock { state in
      let friends = state.channels.count - state.strangers
      guard isStranger ? state.strangers < limits.strangers : friends < limits.connections else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      if isStranger { state.strangers += 1 }
      return true
    }
    guard admitted else { return false }
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.state.withLock { state in
        guard state.channels.removeValue(forKey: ObjectIdentifier(channel)) != nil else { return }
        if isStranger { state.strangers -= 1 }
      }
    }
    return true
  }

  /// Closes those on which nothing is under way, and the others after their answer.
  func quiesce() {
    for channel in state.withLock({ Array($0.channels.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }

  var count: Int { state.withLock { $0.channels.count } }
}
