public import TrainCore
internal import TrainTransport

extension S3Server: FarRegistry {
  public func held(of model: String?) -> [FarVersion] {
    objects.compactMap { key, object in
      guard key.hasSuffix("/manifest.json"), model.map({ key.hasPrefix("\($0)/") }) ?? true else { return nil }
      let manifest = JSON(parsing: String(decoding: object.bytes, as: UTF8.self))
      let folder = String(key.dropLast("/manifest.json".count))
      var files: [String: [UInt8]] = [:]
      for file in manifest?["artifact"]?["files"]?.array ?? [] {
        files[file["path"]?.string ?? ""] = objects["\(folder)/\(file["key"]?.string ?? "")"]?.bytes
      }
      return FarVersion(
        id: "s3://\(bucket)/\(folder)", model: String(folder.split(separator: "/").dropLast().last ?? ""),
        job: manifest?["traind"]?["job"]?.string, files: files)
    }
  }

  /// Manifests that were written, for whichever job.
  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    writes.filter { $0.key.hasPrefix("\(model)/") && $0.key.hasSuffix("/manifest.json") }.reduce(0) { $0 + $1.value }
  }

  public func target(of alias: String, in model: String) -> String? {
    objects["\(model)/_aliases/\(alias).json"].flatMap {
      JSON(parsing: String(decoding: $0.bytes, as: UTF8.self))?["id"]?.string
    }
  }

  public func moves(of alias: String, in model: String) -> Int? { writes["\(model)/_aliases/\(alias).json"] ?? 0 }

  public var commits: Int { writes.filter { $0.key.hasSuffix("/manifest.json") }.reduce(0) { $0 + $1.value } }
  public var bytesReceived: Int { received }
  public var unfinished: Int { uploads.count }
}
