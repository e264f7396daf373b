internal import TrainControl
internal import TrainCore

/// One job whole.
enum JobText {
  static func lines(_ job: JobView, now: Timestamp) -> [String] {
    func time(_ time: Timestamp?) -> String? { time.map { "\($0.iso8601) (\(Human.age($0, now: now)) ago)" } }
    let facts: [(String, String?)] = [
      ("job", job.id.description), ("spec", job.spec), ("model", "\(job.modelName) \(job.modelVersion)"),
      ("state", JobTable.state(job)), ("reason", job.reason), ("message", job.message),
      ("provider", job.provider), ("remote id", job.remoteID), ("attempt", String(job.attempt)),
      ("progress", job.progress.map(Human.percent)), ("status", job.status),
      ("metrics", job.metrics.isEmpty ? nil : metrics(job)),
      ("created", time(job.created)), ("changed", time(job.changed)), ("finished", time(job.finished)),
      ("next check", job.nextCheck?.iso8601), ("artifact", job.artifact.map(artifact)),
    ]
    var table = Table([])
    for (name, value) in facts { if let value { table.add([name, value]) } }
    for file in job.artifact?.files ?? [] { table.add(["  \(file.path)", "\(Human.size(file.bytes)) \(file.digest)"]) }
    var lines = Array(table.lines().dropFirst())
    if !job.publications.isEmpty { lines += ["publications"] + publications(job.publications) }
    if !job.leftovers.isEmpty { lines += ["still to be freed"] + leftovers(job.leftovers) }
    return lines
  }

  private static func leftovers(_ leftovers: [LeftoverView]) -> [String] {
    var table = Table(["  REGISTRY", "TRIES", "NEXT", "HOLDS", "NOTE"])
    for leftover in leftovers {
      table.add([
        "  \(leftover.registry)", String(leftover.tries), leftover.nextTry?.iso8601 ?? "now",
        leftover.holdings.isEmpty ? "an upload" : leftover.holdings.joined(separator: ", "), leftover.message ?? "",
      ])
    }
    return table.lines()
  }

  private static func metrics(_ job: JobView) -> String {
    job.metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\(Human.number($0.value))" }.joined(separator: " ")
  }

  private static func artifact(_ artifact: ArtifactView) -> String {
    let count = artifact.files.count
    return "\(Human.size(artifact.bytes)), \(count) file\(count == 1 ? "" : "s"), \(artifact.digest)"
  }

  private static func publications(_ publications: [PublicationView]) -> [String] {
    var table = Table(["  REGISTRY", "STATE", "SENT", "ATTEMPT", "VERSION", "NOTE"])
    for publication in publications {
      let total = publication.bytesTotal.map { " of \(Human.size($0))" } ?? ""
      let promotion = publication.promotion.map { "'\($0.alias)' \($0.state)" }
      let note = [publication.reason, publication.message, promotion].compactMap(\.self).joined(separator: ": ")
      table.add([
        "  \(publication.registry)", publication.state, Human.size(publication.bytesSent) + total,
        String(publication.attempt), publication.url ?? publication.remoteID ?? "-", note,
      ])
    }
    return table.lines()
  }
}
