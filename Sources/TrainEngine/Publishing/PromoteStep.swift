import TrainCore

/// Moves an alias by comparing and setting: only from where it was when the move was decided. Whoever moved it since
/// was later than we, and is not undone.
struct PromoteStep: Sendable {
  let connection: RegistryConnection
  let release: Release
  let version: RemoteVersion
  let apply: @Sendable (PublicationMachine.Event) async -> JobActor.Outcome?

  func take(_ promotion: Promotion) async throws(Fault) {
    let current = try await target(of: promotion.alias)
    if current?.id == promotion.target?.id {
      _ = await apply(.promoted)
      return
    }
    if let asked = promotion.asked {
      guard current?.id == asked.replaced?.id else {
        throw .permanent(
          .alreadyExists,
          "it points at \(current?.id ?? "nothing") now, not at \(asked.replaced?.id ?? "nothing"): somebody else moved it",
          hint: "`trainctl promote \(release.job)` moves it all the same")
      }
    } else {
      if promotion.isLate { try await verify() }
      // Durable before the call.
      guard let outcome = await apply(.promoteAsked(replaced: current)), outcome.changed else { return }
    }
    try await connection.call(.registryPoint) { (registry) async throws(Fault) in
      try await registry.point(promotion.alias, at: promotion.target, from: current, for: release)
    }
    guard try await target(of: promotion.alias)?.id == promotion.target?.id else {
      throw .transient(.badAnswer, "the alias '\(promotion.alias)' does not show its new place yet")
    }
    _ = await apply(.promoted)
  }

  private func target(of alias: String) async throws(Fault) -> RemoteVersion? {
    try await connection.call(.registryTarget) { (registry) async throws(Fault) -> RemoteVersion? in
      try await registry.target(of: alias, for: release)
    }
  }

  private func verify() async throws(Fault) {
    try await connection.call(.registryVerify) { (registry) async throws(Fault) in
      try await registry.verify(version, for: release)
    }
  }
}
