internal import FoundationEssentials
public import TrainCore
internal import TrainTransport

/// A directory that models are published in.
public struct FarDirectory: FarRegistry {
  public let path: String

  public init(path: String) { self.path = path }

  public func held() throws -> [FarVersion] {
    try names(path).filter { $0 != ".partial" }.flatMap { model in
      try names("\(path)/\(model)").compactMap { version in
        let folder = "\(path)/\(model)/\(version)"
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: folder)) == nil else { return nil }
        var files: [String: [UInt8]] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder) {
          var isDirectory = false
          guard FileManager.default.fileExists(atPath: "\(folder)/\(file)", isDirectory: &isDirectory), !isDirectory
          else { continue }
          files[file] = Array(FileManager.default.contents(atPath: "\(folder)/\(file)") ?? Data())
        }
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

  /// No wire.
  public var bytesReceived: Int { 0 }
  public var unfinished: Int { names("\(path)/.partial").count }

  private func names(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
