import Foundation
import TrainCore
import TrainTestKit

/// This machine and a directory.
struct LocalWorld: CrashWorld {
  let daemon: RealDaemon
  let provider = "here"
  /// As the spec has them.
  var publish = "[{registry: shelf}]"
  /// Times ten times the size of /bin/sh: the bytes of its model.
  var copies = 1

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
          for n in 1 2 3 4 5 6 7 8 9 10; do cat $0; done > piece
          for n in $(seq \(copies)); do echo $n; cat piece; done > $TRAIND_OUTPUT/model.bin
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
      publish: \(publish)
      """
  }

  func bytes(of name: String) -> [UInt8] { Self.flat(files(of: name)) }

  private static let piece: [UInt8] = {
    let one = Array(FileManager.default.contents(atPath: "/bin/sh") ?? Data())
    return (1...10).reduce(into: []) { whole, _ in whole += one }
  }()

  /// What its training produces, by path.
  func files(of name: String) -> [String: [UInt8]] {
    var model: [UInt8] = []
    for number in 1...copies {
      model += Array("\(number)\n".utf8)
      model += Self.piece
    }
    return ["model.bin": model, "more/name.txt": Array("\(name)\n".utf8)]
  }

  /// An artifact's bytes, file after file.
  static func flat(_ files: [String: [UInt8]]) -> [UInt8] {
    files.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  func trainings(of name: String) async throws -> Int {
    RealDaemon.text(of: "\(daemon.root)/ran-\(name)").split(separator: "\n").count
  }

  var openUploads: Int? {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/models/.partial")) ?? []).count
  }

  func versions(of name: String) async throws -> [[UInt8]] {
    try FarDirectory(path: "\(daemon.root)/models").held(of: name).map { Self.flat($0.files) }
  }

  /// No wire: nothing is sent.
  func resent(_ names: [String]) async throws -> (bytes: Int, of: Int) { (0, 0) }
}
