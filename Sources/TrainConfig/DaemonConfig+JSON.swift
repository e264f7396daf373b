public import TrainCore

extension DaemonConfig {
  /// The configuration as `traind.yaml` would say it, every key present. A kind's own durations are in ms and its sizes
  /// in bytes; secrets are the references that were written.
  public var json: JSON {
    let keep: String =
      switch spool.keep {
      case .untilPublished: "until-published"
      case .forever: "forever"
      case .age(let age): Quantity.text(age)
      }
    return [
      "poll": ["fastest": .string(Quantity.text(poll.fastest)), "slowest": .string(Quantity.text(poll.slowest))],
      "retry": [
        "attempts": .int(Int64(retry.attempts)), "first": .string(Quantity.text(retry.first)),
        "most": .string(Quantity.text(retry.most)),
      ],
      "publish": [
        "concurrent": .int(Int64(publish.concurrent)),
        "bandwidth": .string(publish.bandwidth.map { "\(Quantity.text(bytes: $0))/s" } ?? "unlimited"),
      ],
      "spool": ["quota": .string(Quantity.text(bytes: spool.quota)), "keep": .string(keep)],
      "history": ["keep": .string(Quantity.text(history.keep))],
      "apply": .string(apply.rawValue),
      "providers": DaemonConfig.json(of: providers),
      "registries": DaemonConfig.json(of: registries),
    ]
  }

  private static func json(of connections: [ConnectionConfig]) -> JSON {
    let members = connections.map { connection -> (String, JSON) in
      var members = connection.settings.object ?? [:]
      members["kind"] = .string(connection.kind)
      members["proxy"] = connection.proxy.map(JSON.string)
      members["ca"] = connection.ca.map(JSON.string)
      members["max_running"] = connection.maxRunning.map { .int(Int64($0)) }
      members["settle"] = connection.settle.map { .string(Quantity.text($0)) }
      return (connection.name, .object(members))
    }
    return .object(Dictionary(members) { first, _ in first })
  }
}
