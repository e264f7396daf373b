extension Release {
  /// Everything in our marker is in `other`.
  public func isMarked(by other: JSON?) -> Bool {
    guard let other, let mine = marker.object else { return false }
    return mine.allSatisfy { other[$0.key] == $0.value }
  }

  /// Why a version that is not ours is not: what it is, and what this release is. Names both digests where they are
  /// known.
  /// - Parameter theirs: the marker that the version carries, if any.
  public func contrast(with theirs: JSON?) -> String {
    let held =
      theirs.map { "the artifact \($0["artifact"]?.string ?? "?") of job \($0["job"]?.string ?? "?")" }
      ?? "no marker of traind"
    return "holds \(held); \(job) has \(artifact.digest)"
  }

  /// Where the version comes from and what it consists of, whole, for registries that keep a document. A metric that is
  /// NaN or infinite is null in it: any parser reads the document, ours among them.
  public var record: JSON {
    var origin: JSON = [
      "provider": .string(provenance.provider),
      "remote_id": .string(provenance.remoteID),
      "attempt": .int(Int64(provenance.attempt)),
      "train": provenance.train,
      "traind": .string(ProgramVersion.text),
    ]
    if let started = provenance.started { origin["started_ms"] = .int(started.milliseconds) }
    if let finished = provenance.finished { origin["finished_ms"] = .int(finished.milliseconds) }
    if !provenance.metrics.isEmpty { origin["metrics"] = .object(provenance.metrics.mapValues(JSON.number)) }
    if provenance.sources.object?.isEmpty == false { origin["sources"] = provenance.sources }
    let files = artifact.files.map { file -> JSON in
      [
        "path": .string(file.path), "bytes": .int(file.bytes), "digest": .string("sha256:\(file.digests.sha256)"),
        "md5": .string(file.digests.md5),
      ]
    }
    var record: JSON = [
      "schema": 1,
      "traind": marker,
      "model": ["name": .string(modelName), "version": .string(modelVersion)],
      "artifact": [
        "digest": .string(artifact.digest), "bytes": .int(artifact.bytes), "files": .array(files),
      ],
      "provenance": origin.finite,
    ]
    record["signature"] = artifact.signature
    return record
  }

  /// Labels are short everywhere; a signature that is longer is kept only where there is a document.
  private static let longestSignature = 4000

  /// The same as short texts, for registries that keep labels: names as `traind.remote_id`, sorted. The marker's three
  /// (`traind.job`, `traind.artifact`, `traind.identity`) are among them.
  public var facts: [(name: String, value: String)] {
    var facts = (marker.object ?? [:]).compactMapValues(\.string)
    facts["provider"] = provenance.provider
    facts["remote_id"] = provenance.remoteID
    facts["attempt"] = String(provenance.attempt)
    facts["model"] = modelName
    facts["version"] = modelVersion
    facts["program"] = "traind \(ProgramVersion.text)"
    facts["dataset"] = provenance.train["dataset"]?.string
    facts["container"] = provenance.train["script"]?["container"]?.string ?? provenance.train["container"]?.string
    facts["started"] = provenance.started?.iso8601
    facts["signature"] = artifact.signature?.canonical
    if let text = facts["signature"], text.utf8.count > Self.longestSignature { facts["signature"] = nil }
    facts["finished"] = provenance.finished?.iso8601
    for (registry, source) in provenance.sources.object ?? [:] {
      for (key, value) in source.object ?? [:] {
        facts["source.\(registry).\(key)"] = value.string ?? value.canonical
      }
    }
    return facts.sorted { $0.key < $1.key }.map { (name: "traind.\($0.key)", value: $0.value) }
  }

  /// The marker, out of labels that ``facts`` became; `nil` when there is none of its three.
  public static func marker(fromFacts label: (String) -> String?) -> JSON? {
    let found = ["job", "artifact", "identity"].compactMap { name in
      label("traind.\(name)").map { (name, JSON.string($0)) }
    }
    return found.isEmpty ? nil : .object(Dictionary(uniqueKeysWithValues: found))
  }
}
