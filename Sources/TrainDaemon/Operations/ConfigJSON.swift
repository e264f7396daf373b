internal import TrainConfig
internal import TrainCore

/// The configuration as it is in force, for people; secrets by reference.
enum ConfigJSON {
  static func json(of config: DaemonConfig) -> JSON {
    var keep: JSON = "until-published"
    switch config.spool.keep {
    case .untilPublished: break
    case .forever: keep = "forever"
    case .age(let age): keep = .string(text(age))
    }
    return [
      "poll": ["fastest": .string(text(config.poll.fastest)), "slowest": .string(text(config.poll.slowest))],
      "retry": [
        "attempts": .int(Int64(config.retry.attempts)), "first": .string(text(config.retry.first)),
        "most": .string(text(config.retry.most)),
      ],
      "publish": [
        "concurrent": .int(Int64(config.publish.concurrent)),
        "bandwidth": config.publish.bandwidth.map(JSON.int) ?? "unlimited",
      ],
      "spool": ["quota": .int(config.spool.quota), "keep": keep],
      "history": ["keep": .string(text(config.history.keep))],
      "apply": config.apply == .automatic ? "automatic" : "manual",
      "providers": .object(named(config.providers)),
      "registries": .object(named(config.registries)),
    ]
  }

  private static func named(_ connections: [ConnectionConfig]) -> [String: JSON] {
    Dictionary(connections.map { ($0.name, json(of: $0)) }) { first, _ in first }
  }

  private static func json(of connection: ConnectionConfig) -> JSON {
    var json = connection.settings
    json["kind"] = .string(connection.kind)
    json["proxy"] = connection.proxy.map(JSON.string)
    json["ca"] = connection.ca.map(JSON.string)
    json["max_running"] = connection.maxRunning.map { .int(Int64($0)) }
    json["settle"] = connection.settle.map { .string(text($0)) }
    return json
  }

  private static func text(_ duration: Duration) -> String {
    let milliseconds = duration.wholeMilliseconds
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }

  static func differences(from old: DaemonConfig, to new: DaemonConfig) -> [String] {
    JSON.differences(from: json(of: old), to: json(of: new))
  }
}
