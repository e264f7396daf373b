internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Ground truth: events (annotated data), their files, and versions of datasets.
struct SynapseGroundTruth: GroundTruth {
  private static let key = "ground_truth_version"

  let registry: SynapseRegistry

  let parameters = CatalogParameters(takesOthers: true)
  let columns = [
    CatalogColumn("ID", "id"), CatalogColumn("CATEGORY", "category"), CatalogColumn("DATASET", "ground_truth_dataset"),
  ]

  func events(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage {
    try await SynapsePage.get(
      "/sdk/ground_truth_events/", parameters, at: .synapseListEvents, "list ground truth events",
      by: registry.client)
  }

  func version(_ id: String) async throws(Fault) -> JSON {
    guard SynapseUpload.isSafe(id) else {
      throw .permanent(.notFound, "'\(id)' is no id of a ground truth version in Synapse")
    }
    return try await registry.client.call(
      .synapseGetVersion, .GET, "/ground_truth_dataset_versions/\(id)/", "look at the ground truth version \(id)"
    ).requireSuccess().requireJSON()
  }

  /// Under `files`, by name or in a list; the same under `data_unit`.
  func files(in event: JSON) -> [EventFile] {
    files(event["files"], at: ["files"], prefix: "")
      + files(event["data_unit"]?["files"], at: ["data_unit", "files"], prefix: "data_unit-")
  }

  private func files(_ json: JSON?, at place: [String], prefix: String) -> [EventFile] {
    let entries: [(String, JSON)] =
      switch json {
      case .some(.object(let members)): members.sorted { $0.key < $1.key }
      case .some(.array(let values)): values.enumerated().map { (String($0.offset), $0.element) }
      case .some, nil: []
      }
    return entries.compactMap { name, value in
      guard let url = value.string ?? value["url"]?.string, url.hasPrefix("/") || Origin(url) != nil else { return nil }
      return EventFile(place: place + [name], url: url, name: prefix + name + Self.ending(of: url))
    }
  }

  /// `.jpg`: of the address without its query, when it is a short word.
  private static func ending(of url: String) -> String {
    let path = url.prefix { $0 != "?" && $0 != "#" }
    guard let file = path.split(separator: "/").last, let dot = file.lastIndex(of: "."), dot > file.startIndex else {
      return ""
    }
    let ending = file[dot...]
    let isWord = ending.utf8.dropFirst().allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    return isWord && (2...10).contains(ending.utf8.count) ? String(ending) : ""
  }

  func download(_ url: String, from point: ResumePoint, into sink: any DownloadSink) async throws(Fault) {
    try await registry.fetch(url, "fetch a file of an event", from: point, into: sink)
  }

  func problems(in provenance: JSON) -> [SpecProblem] {
    var problems = (provenance.object ?? [:]).keys.sorted().filter { $0 != Self.key }.map {
      SpecProblem(path: $0, "unknown key", hint: "known key: \(Self.key)")
    }
    if Self.id(in: provenance) == nil {
      problems.append(
        SpecProblem(path: Self.key, "must be the number of a ground truth version", hint: "as {\(Self.key): 42}"))
    }
    return problems
  }

  func check(_ provenance: JSON) async throws(Fault) {
    guard let id = Self.id(in: provenance) else {
      throw .permanent(.rejected, "\(Self.key) must be the number of a ground truth version")
    }
    do throws(Fault) {
      _ = try await version(id)
    } catch where error.code == .notFound {
      throw .permanent(
        .notFound, "\(registry.name) has no ground truth version \(id)", hint: "see trainctl ground-truth events")
    }
  }

  private static func id(in provenance: JSON) -> String? {
    switch provenance[key] {
    case .some(.int(let number)) where number > 0: String(number)
    case .some(.string(let text)) where SynapseUpload.isSafe(text): text
    case .some, nil: nil
    }
  }
}
