internal import NIOCore
internal import Synchronization

/// The connections that are open, within their limits.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var ranks: [AccessRules.Rank: Int] = [:]

    func count(_ rank: AccessRules.Rank) -> Int { ranks[rank] ?? 0 }
  }

  private let state = Mutex(State())
  private let limits: ControlLimits

  init(limits: ControlLimits) { self.limits = limits }

  /// Counts the connection in until it closes; `false` = there are too many.
  func admit(_ channel: any Channel, rank: AccessRules.Rank) -> Bool {
    let admitted = state.withLock { state in
      guard hasRoom(for: rank, state) else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      state.ranks[rank, default: 0] += 1
      return true
    }
    guard admitted else { return false }
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.state.withLock { state in
        guard state.channels.removeValue(forKey: ObjectIdentifier(channel)) != nil else { return }
        state.ranks[rank, default: 1] -= 1
      }
    }
    return true
  }

  private func hasRoom(for rank: AccessRules.Rank, _ state: State) -> Bool {
    let friends = state.count(.observer) + state.count(.operator)
    return switch rank {
    case .nobody: state.count(.nobody) < limits.strangers
    case .observer: friends < limits.connections && state.count(.observer) < limits.observers
    case .operator: friends < limits.connections
    }
  }

  /// Closes those on which nothing is under way, and the others after their answer.
  func quiesce() {
    for channel in state.withLock({ Array($0.channels.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }
}
