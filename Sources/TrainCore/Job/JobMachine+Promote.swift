extension JobMachine {
  /// Moves an alias to what this job published. Takes no bytes, so a job that is done stays done.
  mutating func promoteRequested(_ actor: Operator?, _ registry: String?, _ alias: String?, _ steps: inout Steps) {
    for index in publications.indices where registry == nil || publications[index].registry == registry {
      guard let alias = alias ?? publications[index].alias else { continue }
      ask(index, .promoteRequested(alias: alias), "the alias '\(alias)' is to point at it", actor, &steps)
    }
  }

  mutating func demoteRequested(_ actor: Operator?, _ registry: String?, _ steps: inout Steps) {
    for index in publications.indices where registry == nil || publications[index].registry == registry {
      let alias = publications[index].promotion?.alias ?? ""
      ask(index, .demoteRequested, "the alias '\(alias)' is to point where it did before", actor, &steps)
    }
  }

  private mutating func ask(
    _ index: Int, _ event: PublicationMachine.Event, _ message: String, _ actor: Operator?, _ steps: inout Steps
  ) {
    let before = publications[index]
    change(index, event, &steps, actor: actor)
    guard publications[index] != before else { return }
    tell(
      &steps, reason: .promotedByUser, message: "\(message) on \(before.registry)", actor: actor,
      detail: ["registry": .string(before.registry)])
  }

  /// Tells of a move of an alias that has ended since.
  func tellPromotion(_ publication: PublicationMachine, since before: PromotionOutcome?, _ steps: inout Steps) {
    guard let now = publication.promotion, now != before else { return }
    var detail: [String: JSON] = ["registry": .string(publication.registry), "alias": .string(now.alias)]
    detail["target"] = now.target.map { .string($0.id) }
    detail["replaced"] = now.replaced.map { .string($0.id) }
    let message =
      now.refusal.map { "the alias '\(now.alias)' was not moved on \(publication.registry): \($0)" }
      ?? "'\(now.alias)' on \(publication.registry): \(now.replaced?.id ?? "nothing") -> \(now.target?.id ?? "nothing")"
    tell(&steps, reason: now.refusal == nil ? nil : .promotionRefused, message: message, detail: detail)
  }
}
