import TrainCore
import TrainTransport

/// TrueFoundry's control plane and the store that its signed addresses lead to, for one publication at a time. What is
/// committed cannot be found by its name, so that every publication is the first.
struct TrueFoundrySink {
  private static let subject: JSON = [
    "subjectId": "1", "subjectType": "user", "subjectSlug": "bench@acme.dev", "subjectDisplayName": "Bench",
  ]
  private static let model = "00000000-0000-4000-9000-000000000000"
  private let origin: String
  private var staged = 0
  /// Of the files of the last staged version, what has come.
  private var sizes: [String: Int] = [:]
  private var committed: JSON?

  init(origin: String) { self.origin = origin }

  mutating func answer(_ request: SinkRequest) -> SinkAnswer? {
    // "/api/svc/v1/..."
    let path = request.path.split(separator: "/").dropFirst(3).joined(separator: "/")
    let body = JSON(parsing: request.body) ?? .empty
    switch (request.method, path) {
    case ("GET", "min-cli-version"):
      return SinkAnswer(
        #"{"minVersion":"0.0.1","truefoundryCliMinVersion":"0.0.1","useSFYServerAuthAPIs":true}"#)
    case ("GET", "tenant-id"):
      return SinkAnswer(#"{"tenantName":"acme","tenantId":"acme","auth_server_url":"\#(origin)"}"#)
    case ("GET", "session"):
      return answer([
        "user": ["tenantName": "acme", "email": "bench@acme.dev", "subject": Self.subject],
        "tenantInfo": ["tenantName": "acme"],
      ])
    case ("GET", "ml-repos"): return list([["id": "1", "manifest": ["name": "demo-repo"]]])
    case ("POST", "artifact-versions/stage"):
      staged += 1
      sizes = [:]
      return answer([
        "id": .string(id), "storage_root": .string("s3://store/\(id)"), "artifact_id": .string(Self.model),
      ])
    case ("POST", "artifact-versions/signed-urls"):
      let paths = body["paths"]?.array?.compactMap(\.string) ?? []
      return answer([
        "data": .array(paths.map { signed($0, "single=1") })
      ])
    case ("POST", "artifact-versions/signed-urls/multipart"):
      guard let path = body["path"]?.string, let count = body["num_parts"]?.int, count > 0 else { return nil }
      let parts = (1...count).map { signed(path, "partNumber=\($0)") }
      return answer([
        "data": [
          "storage_provider": "S3_COMPATIBLE", "part_signed_urls": .array(parts),
          "s3_compatible_upload_id": "1",
          "finalize_signed_url": signed(path, "uploadId=1"),
        ]
      ])
    case ("POST", "artifact-versions/files"):
      return list(sizes.map { ["path": .string($0), "is_dir": false, "file_size": .int(Int64($1))] })
    case ("PUT", "model-versions"):
      var version: JSON = [
        "id": .string(id), "fqn": "model:acme/demo-repo/bench:1", "manifest": body["manifest"] ?? .empty,
        "ml_repo_id": "1", "model_id": .string(Self.model), "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "usage_code_snippet": "", "tags": [], "metrics": [], "deployable": false,
        "created_by_subject": Self.subject,
      ]
      version["manifest"]?["version"] = 1
      committed = version
      return answer(["data": version])
    case ("GET", "model-versions"):
      guard request.query.contains("fqn=") else { return list([]) }
      return list(committed.map { [$0] } ?? [])
    case ("GET", let path) where path.hasPrefix("model-versions/"): return committed.map { answer(["data": $0]) }
    case ("GET", "models/\(Self.model)"):
      return answer([
        "data": [
          "id": .string(Self.model), "ml_repo_id": "1", "name": "bench", "fqn": "model:acme/demo-repo/bench",
          "type": "model",
          "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "run_steps": [0],
          "created_by_subject": Self.subject, "latest_version": committed ?? .null,
        ]
      ])
    default: return nil
    }
  }

  /// A signed address: `/store/FILE?...`. The ETag is none that could be compared with an MD5.
  mutating func store(_ request: SinkRequest) -> SinkAnswer? {
    let path = request.path.split(separator: "/").dropFirst().joined(separator: "/")
    switch request.method {
    case "PUT":
      sizes[path, default: 0] += request.length
      return SinkAnswer("", headers: [("ETag", #""sink""#)])
    case "POST":
      return SinkAnswer("<CompleteMultipartUploadResult><ETag>sink</ETag></CompleteMultipartUploadResult>")
    default: return nil
    }
  }

  /// The vendor's client takes nothing but a UUID.
  private var id: String { "00000000-0000-4000-8000-\(String(1_000_000_000_000 + staged).dropFirst())" }

  private func signed(_ path: String, _ query: String) -> JSON {
    let life = "X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=0"
    return ["path": .string(path), "signed_url": .string("\(origin)/store/\(path)?\(query)&\(life)")]
  }

  private func answer(_ json: JSON) -> SinkAnswer {
    SinkAnswer(json.canonical, headers: [("Content-Type", "application/json")])
  }

  private func list(_ objects: [JSON]) -> SinkAnswer {
    answer([
      "data": .array(objects),
      "pagination": ["total": .int(Int64(objects.count)), "offset": 0, "limit": 100],
    ])
  }
}
