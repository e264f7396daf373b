import Foundation
import TrainControl
import TrainCore

/// `trainctl` as a process of its own.
struct CommandLineTool: Sendable {
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String

    func json() throws -> JSON { try JSONParser.parse(Array(output.utf8), what: "the output") }
  }

  /// Beside the sources, where `swift build` puts it.
  static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/debug/trainctl").path

  static func run(
    _ arguments: [String], environment: [String: String] = [:], executable: String = path
  ) async throws -> Outcome {
    try await ControlHarness.blocking {
      let base = "/tmp/traind-cli-\(UUID().uuidString.prefix(8))"
      let outputs = ["\(base).out", "\(base).err"]
      for file in outputs { _ = FileManager.default.createFile(atPath: file, contents: nil) }
      defer { for file in outputs { try? FileManager.default.removeItem(atPath: file) } }
      let process = Process()
      process.executableURL = URL(filePath: executable)
      process.arguments = arguments
      process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle(forWritingAtPath: outputs[0])
      process.standardError = FileHandle(forWritingAtPath: outputs[1])
      try process.run()
      process.waitUntilExit()
      return Outcome(
        status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
        output: try String(contentsOfFile: outputs[0], encoding: .utf8),
        errors: try String(contentsOfFile: outputs[1], encoding: .utf8))
    }
  }
}
