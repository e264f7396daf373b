import Foundation
import TrainCore
import TrainRegistries
import TrainTestKit

struct DirectoryHarness: RegistryHarness {
  let path: String
  var partLength: Int64 = 1024 * 1024
  let options = JSON.empty

  func registry() async throws -> any Registry { DirectoryRegistry(path: path, partLength: partLength) }

  private func versions() -> [String] {
    let models = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return models.filter { $0 != ".partial" }.flatMap { model in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(model)")) ?? []).map { "\(model)/\($0)" }
    }
  }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] {
    let root = "\(path)/\(version.id)"
    var held: [String: [UInt8]] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: root) where file != "manifest.json" {
      var isDirectory = ObjCBool(false)
      _ = FileManager.default.fileExists(atPath: "\(root)/\(file)", isDirectory: &isDirectory)
      if !isDirectory.boolValue { held[file] = Array(try Data(contentsOf: URL(filePath: "\(root)/\(file)"))) }
    }
    return held
  }

  func openUploads() async throws -> Int? {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/.partial"))?.count ?? 0
  }

  func count() async throws -> Int { versions().count }

  func occupy(_ release: Release) async throws {
    let place = "\(path)/\(release.modelName)/\(release.modelVersion)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Data("somebody's".utf8).write(to: URL(filePath: "\(place)/theirs"))
  }

  func damage(_ version: RemoteVersion) async throws {
    let root = "\(path)/\(version.id)"
    let file = try required(try await held(version).keys.sorted().first)
    try Data("short".utf8).write(to: URL(filePath: "\(root)/\(file)"))
  }
}
