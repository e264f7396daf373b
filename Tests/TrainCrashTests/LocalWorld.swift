import Foundation
import TrainCore
import TrainTestKit

/// This machine and a directory.
struct LocalWorld: CrashWorld {
  let daemon: RealDaemon
  let provider = "here"

  static let providers = "  here: {kind: local, slots: 8}\n"
  static func registries(_ root: String) -> String { "  shelf: {kind: directory, path: \(root)/models}\n" }

  static func with<Answer: Sendable>(
    _ work: @escaping @Sendable (LocalWorld) async throws -> Answer
  ) async throws -> Answer {
    try await RealDaemon.with(config: "") { daemon in
      let config = Quick.config + "providers:\n" + providers + "registries:\n" + registries(daemon.root)
      try daemon.write(config: config)
      return try await work(LocalWorld(daemon: daemon))
    }
  }

  /// Says that it ran, tells how far it is, writes its model.
  func spec(_ name: String, isHeld: Bool) -> String {
    let notify =
      "import os,socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
      + ".sendto(b'X_TRAIND_PROGRESS=0.5', os.environ['NOTIFY_SOCKET'])"
    let tenths = name.hasPrefix("slow") ? (Int(name.split(separator: "-").last ?? "") ?? 0) % 10 : 0
    let work =
      isHeld
      ? "exec sleep 300"
      : """
      \(name.hasPrefix("slow") ? "sleep 0.\(tenths)" : "python3 -c \"\(notify)\"")
          for n in 1 2 3 4 5 6 7 8 9 10; do cat $0; done > $TRAIND_OUTPUT/model.bin
          mkdir $TRAIND_OUTPUT/more && echo $TRAIND_MODEL_NAME > $TRAIND_OUTPUT/more/name.txt
      """
    return """
      provider: here
      model: {name: \(name), version: "1"}
      train:
        command:
        - /bin/sh
        - -ec
        - |
          echo $TRAIND_ATTEMPT >> \(daemon.root)/ran-\(name)
          echo training
          \(work)
        - /bin/sh
      publish: [{registry: shelf}]
      """
  }

  func disturb() {}

  func bytes(of name: String) -> [UInt8] {
    let one = Array(FileManager.default.contents(atPath: "/bin/sh") ?? Data())
    return Array(repeatElement(one, count: 10).joined()) + Array("\(name)\n".utf8)
  }

  func trainings(of name: String) async throws -> Int {
    RealDaemon.text(of: "\(daemon.root)/ran-\(name)").split(separator: "\n").count
  }

  var openUploads: Int? {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/models/.partial")) ?? []).count
  }

  func versions(of name: String) async throws -> [[UInt8]] {
    let folder = "\(daemon.root)/models/\(name)"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return versions.map { version in
      ["model.bin", "more/name.txt"].flatMap { file in
        Array(FileManager.default.contents(atPath: "\(folder)/\(version)/\(file)") ?? Data())
      }
    }
  }

  /// No wire: nothing is sent.
  func resent(_ names: [String]) async throws -> (bytes: Int, of: Int) { (0, 0) }
}
