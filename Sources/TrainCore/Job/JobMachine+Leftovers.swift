extension JobMachine {
  /// What is to be freed at registries; owed by a job that has ended, too.
  public var leftoversOwed: [Leftover] { leftovers ?? [] }

  public func leftover(_ number: Int) -> Leftover? { leftovers?.first { $0.number == number } }

  mutating func owe(_ dropped: [PublicationMachine.Dropped], to registry: String, _ steps: inout Steps) {
    for dropped in dropped {
      // Openings that nobody heard of are each waited for on their own.
      if let known = leftovers?.firstIndex(where: { $0.registry == registry && $0.session == dropped.session }),
        dropped.session != nil
      {
        if dropped.commitAsked { leftovers?[known].commitAsked = true }
        continue
      }
      if leftoversOwed.count >= Leftover.most, let oldest = leftovers?.first {
        tellLeft(oldest, "there are more than \(Leftover.most)", &steps)
        remove(oldest.number)
      }
      let number = (leftoversOwed.map(\.number).max() ?? 0) + 1
      leftovers =
        leftoversOwed + [
          Leftover(
            registry: registry, number: number, session: dropped.session, commitAsked: dropped.commitAsked,
            since: steps.now)
        ]
    }
  }

  mutating func abandoned(_ number: Int, _ steps: inout Steps) {
    guard let leftover = leftover(number) else { return }
    remove(number)
    // Nobody knows that there was anything.
    guard leftover.session != nil else { return }
    tell(
      &steps, message: "what an upload held at \(leftover.registry) is freed",
      detail: ["registry": .string(leftover.registry), "leftover": "freed"])
  }

  /// A refusal ends it, but for one of our credentials: those can be renewed.
  mutating func abandonFailed(_ number: Int, _ fault: Fault, _ holdings: [String], _ steps: inout Steps) {
    guard let index = leftovers?.firstIndex(where: { $0.number == number }), var leftover = leftover(number) else {
      return
    }
    if !holdings.isEmpty { leftover.holdings = holdings }
    let mayBeRepaired = fault.code == .unauthorized && leftover.session != nil
    if (fault.isPermanent && !mayBeRepaired) || leftover.waited >= Leftover.giveUpAfter {
      remove(number)
      tellLeft(leftover, fault.message, &steps)
      return
    }
    let tries = (leftover.call?.tries ?? 0) + 1
    let delay = rules.retry.delay(
      afterTry: tries, of: "\(rules.id)/\(leftover.registry)/leftover", attempt: number, atLeast: fault.retryAfter)
    leftover.waited += delay
    leftover.call = CallRetry(tries: tries, until: steps.now + delay, fault: fault)
    leftovers?[index] = leftover
  }

  mutating func leftoverDeadline(_ number: Int, _ due: Timestamp) {
    guard let index = leftovers?.firstIndex(where: { $0.number == number && $0.call?.until == due }) else { return }
    leftovers?[index].call?.until = nil
  }

  /// Begun before what the state owes: an upload is freed before another is begun in its place, if it can be.
  var leftoversOwe: [JobEffect] {
    leftoversOwed.map { leftover in
      if let until = leftover.call?.until { return .wake(.leftover(leftover.number, until)) }
      return .abandon(registry: leftover.registry, leftover: leftover.number)
    }
  }

  private mutating func remove(_ number: Int) {
    leftovers?.removeAll { $0.number == number }
    if leftovers?.isEmpty == true { leftovers = nil }
  }

  private func tellLeft(_ leftover: Leftover, _ why: String, _ steps: inout Steps) {
    tell(
      &steps, reason: .uploadLeft,
      message: "\(leftover.registry) may hold for ever what is of no use: \(leftover.words): \(why)",
      detail: [
        "registry": .string(leftover.registry), "leftover": "left",
        "holdings": .array(leftover.holdings.map(JSON.string)),
      ])
  }
}
