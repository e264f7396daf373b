internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// What the far side says lies in a version.
struct TrueFoundryFiles: Sendable {
  private static let pageSize = 1000
  /// Pages and directories that are looked at for one version.
  private static let mostCalls = 1000

  let client: TrueFoundryClient

  /// The size of every file, by path. `nil` for a staged version that cannot be listed.
  func sizes(of version: String, isStaged: Bool) async throws(Fault) -> [String: Int64]? {
    let purpose = "list the files of the version \(version)"
    var sizes: [String: Int64] = [:]
    var directories = [""]
    var calls = 0
    while let directory = directories.popLast() {
      var page: String?
      repeat {
        calls += 1
        guard calls <= Self.mostCalls else {
          throw .permanent(.unsupported, "could not \(purpose): it has too many pages and directories")
        }
        var body: JSON = ["id": .string(version), "limit": .int(Int64(Self.pageSize))]
        if !directory.isEmpty { body["path"] = .string(directory) }
        if let page { body["pageToken"] = .string(page) }
        let response = try await client.call(
          .trueFoundryListFiles, .POST, "/artifact-versions/files", purpose, body: body, responseLimit: 16 * 1024 * 1024
        )
        if isStaged, [400, 404, 405, 409, 422].contains(response.status) { return nil }
        let json = try response.requireSuccess().requireJSON()
        for entry in json["data"]?.array ?? [] {
          guard let path = entry["path"]?.string else { continue }
          if entry["is_dir"]?.bool == true {
            directories.append(path)
          } else if let size = entry["file_size"]?.int {
            sizes[path] = size
          }
        }
        page = json["pagination"]?["nextPageToken"]?.string
      } while page?.isEmpty == false
    }
    return sizes.isEmpty && isStaged ? nil : sizes
  }
}
