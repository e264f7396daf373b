import Foundation
import Glibc
import TrainControl
import TrainCore

/// `trainctl` as a process of its own.
struct CommandLineTool: Sendable {
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String

    func json() throws -> JSON { try JSON.parse(Array(output.utf8), what: "the output") }
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

  /// What a terminal gets to see: its standard output is a pseudo-terminal.
  static func shownOnTerminal(_ arguments: [String]) async throws -> String {
    try await ControlHarness.blocking {
      let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      // TIOCSPTLCK and TIOCGPTN, which Swift does not see: unlock the other end, and ask for its number.
      var unlocked: Int32 = 0
      var number: Int32 = 0
      guard terminal >= 0, ioctl(terminal, 0x4004_5431, &unlocked) == 0, ioctl(terminal, 0x8004_5430, &number) == 0
      else {
        throw CocoaError(.fileReadUnknown)
      }
      defer { close(terminal) }
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.environment = ["PATH": "/usr/bin:/bin"]
      process.standardInput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      do {
        // Closed here at once: reading ends when the program has ended.
        let output = FileHandle(
          fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC), closeOnDealloc: true)
        process.standardOutput = output
        try process.run()
        try output.close()
      }
      var shown: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 4096)
      while case let count = read(terminal, &piece, piece.count), count > 0 { shown += piece.prefix(count) }
      process.waitUntilExit()
      return String(decoding: shown, as: UTF8.self)
    }
  }
}
