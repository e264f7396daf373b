internal import TrainCore

/// Bytes of `traind.yaml` -> ``DaemonConfig``, or everything that is wrong with them.
public struct DaemonConfigDecoder: Sendable {
  private static let known = [
    "poll", "retry", "publish", "spool", "history", "apply", "providers", "registries",
  ]

  private let kinds: ConnectionKinds
  /// Holds for every key that is not written; a written `providers:` or `registries:` replaces its list.
  private let defaults: DaemonConfig

  public init(kinds: ConnectionKinds, defaults: DaemonConfig) {
    self.kinds = kinds
    self.defaults = defaults
  }

  /// - Parameter file: what problems name.
  public func decode(_ bytes: [UInt8], file: String) throws(ConfigProblems) -> DaemonConfig {
    let reading = YAMLReader.read(bytes, file: file)
    let problems = ProblemList()
    let config = reading.root.map { decode($0, problems: problems) } ?? defaults
    let all = ProblemList.sorted(reading.problems + problems.all, files: [file])
    guard all.isEmpty else { throw ConfigProblems(all) }
    return config
  }

  func decode(_ root: YAMLNode, problems: ProblemList) -> DaemonConfig {
    var config = defaults
    guard case .mapping(let members) = root.content else {
      problems.add(root.place, "the configuration must be a mapping, not \(root.noun)", hint: "write `key: value`")
      return config
    }
    let top = Fields(members, path: "", place: root.place, known: DaemonConfigDecoder.known, problems: problems)
    if let section = top.section("poll") { config.poll = poll(section) }
    if let section = top.section("retry") { config.retry = retry(section) }
    if let section = top.section("publish") { config.publish = publish(section) }
    if let section = top.section("spool") { config.spool = spool(section) }
    if let fields = top.section("history")?.fields(known: ["keep"], hint: "as {keep: 90d}") {
      config.history.keep = fields.value("keep")?.duration() ?? config.history.keep
    }
    if let word = top.value("apply")?.choice(["manual", "automatic"]), let apply = DaemonConfig.Apply(rawValue: word) {
      config.apply = apply
    }
    if let section = top.section("providers") {
      config.providers = ConnectionDecoder(schemas: kinds.providers).decode(section)
    }
    if let section = top.section("registries") {
      config.registries = ConnectionDecoder(schemas: kinds.registries).decode(section)
    }
    return config
  }

  private func poll(_ section: WrittenValue) -> DaemonConfig.Poll {
    var poll = defaults.poll
    guard let fields = section.fields(known: ["fastest", "slowest"], hint: "as {fastest: 2s, slowest: 60s}")
    else { return poll }
    let fastest = fields.value("fastest")
    let slowest = fields.value("slowest")
    poll.fastest = fastest?.duration(least: .milliseconds(100)) ?? poll.fastest
    poll.slowest = slowest?.duration(least: .milliseconds(100)) ?? poll.slowest
    ordered(("fastest", fastest, poll.fastest), ("slowest", slowest, poll.slowest))
    return poll
  }

  private func retry(_ section: WrittenValue) -> RetryPolicy {
    var retry = defaults.retry
    guard
      let fields = section.fields(known: ["attempts", "first", "most"], hint: "as {attempts: 3, first: 5s, most: 10m}")
    else { return retry }
    let first = fields.value("first")
    let most = fields.value("most")
    retry.attempts = fields.value("attempts")?.attempts() ?? retry.attempts
    retry.first = first?.duration(least: .milliseconds(1)) ?? retry.first
    retry.most = most?.duration(least: .milliseconds(1)) ?? retry.most
    ordered(("first", first, retry.first), ("most", most, retry.most))
    return retry
  }

  private func publish(_ section: WrittenValue) -> DaemonConfig.Publish {
    var publish = defaults.publish
    guard
      let fields = section.fields(
        known: ["concurrent", "bandwidth"], hint: "as {concurrent: 4, bandwidth: unlimited}")
    else { return publish }
    publish.concurrent = fields.value("concurrent")?.count() ?? publish.concurrent
    if let bandwidth = fields.value("bandwidth") {
      if case .scalar(let scalar) = bandwidth.node.content, scalar.text == "unlimited" {
        publish.bandwidth = nil
      } else {
        publish.bandwidth = bandwidth.size(suffix: "/s")
      }
    }
    return publish
  }

  private func spool(_ section: WrittenValue) -> DaemonConfig.Spool {
    var spool = defaults.spool
    guard let fields = section.fields(known: ["quota", "keep"], hint: "as {quota: 50GiB, keep: until-published}")
    else { return spool }
    spool.quota = fields.value("quota")?.size() ?? spool.quota
    guard let keep = fields.value("keep") else { return spool }
    switch keep.node.content {
    case .scalar(let scalar) where scalar.text == "until-published": spool.keep = .untilPublished
    case .scalar(let scalar) where scalar.text == "forever": spool.keep = .forever
    case .scalar(let scalar):
      if let age = Quantity.duration(scalar.text) {
        spool.keep = .age(age)
      } else {
        let near = Nearest.word(to: scalar.text, among: ["until-published", "forever"])
        keep.fail(
          "cannot be `\(Shown.text(scalar.text))`",
          hint: near.map { "did you mean `\($0)`?" } ?? "until-published, forever, or a duration as `7d`")
      }
    case .sequence, .mapping:
      keep.fail("must be text, not \(keep.node.noun)", hint: "until-published, forever, or a duration as `7d`")
    }
    return spool
  }

  /// Blames the greater bound where it is written, else the smaller one.
  private func ordered(
    _ low: (name: String, written: WrittenValue?, value: Duration),
    _ high: (name: String, written: WrittenValue?, value: Duration)
  ) {
    guard low.value > high.value else { return }
    if let written = high.written {
      written.fail("must be at least `\(low.name)`, which is \(Quantity.text(low.value))")
    } else {
      low.written?.fail("must be at most `\(high.name)`, which is \(Quantity.text(high.value))")
    }
  }
}

extension WrittenValue {
  /// A whole number from 1 that fits an Int32: more is a slip of the hand.
  func count() -> Int? {
    guard let number = wholeNumber(least: 1) else { return nil }
    guard number <= Int64(Int32.max) else {
      fail("must be at most \(Int32.max), not \(number)")
      return nil
    }
    return Int(number)
  }

  /// Trainings to try.
  func attempts() -> Int? { count() }
}
