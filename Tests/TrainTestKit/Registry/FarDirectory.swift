internal import FoundationEssentials
public import TrainCore
internal import TrainTransport

/// A directory that models are published in.
public struct FarDirectory: FarRegistry {
  public let path: String

  public init(path: String) { self.path = path }

  public func held(of model: String?) throws -> [FarVersion] {
    try names(path).filter { $0 != ".partial" && (model == nil || model == $0) }.flatMap { model in
      try names("\(path)/\(model)").compactMap { version in
        let folder = "\(path)/\(model)/\(version)"
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: folder)) == nil else { return nil }
        var files = try FolderFiles.contents(of: folder)
        let manifest = files.removeValue(forKey: "manifest.json")
          .flatMap { JSON(parsing: String(decoding: $0, as: UTF8.self)) }
        return FarVersion(
          id: "\(model)/\(version)", model: model, job: manifest?["traind"]?["job"]?.string, files: files)
      }
    }
  }

  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    FileManager.default.fileExists(atPath: "\(path)/\(model)/\(version)") ? 1 : 0
  }

  public func target(of alias: String, in model: String) -> String? {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(model)/\(alias)")).map { "\(model)/\($0)" }
  }

  public func moves(of alias: String, in model: String) -> Int? { nil }

  public var commits: Int { (try? held(of: nil).count) ?? 0 }
  /// No wire.
  public var bytesReceived: Int { 0 }
  public var unfinished: Int { names("\(path)/.partial").count }

  private func names(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
