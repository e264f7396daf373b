import TrainCore

/// A far side that is away, and what it had to bear meanwhile.
struct SimulatedOutage: Sendable {
  let since: Duration
  let until: Duration
  /// Calls made to it.
  var calls = 0
  /// Engines that began meanwhile: each has to find out for itself.
  var engines = 0

  /// What is too much, in words. The bound knows of time and of restarts; it does not know how many jobs there are.
  func excess(at now: Duration) -> String? {
    let lasted = now - since
    let most = 24 * (engines + 1) + Int(lasted.wholeMilliseconds / 5000)
    return calls > most ? "\(calls) calls while it was away for \(lasted), \(engines) engines began" : nil
  }
}
