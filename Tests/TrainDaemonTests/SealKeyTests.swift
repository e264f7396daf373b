import Foundation
import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainDaemon

@Suite struct `The key of a state directory` {
  @Test func `is made once, for its owner alone`() async throws {
    try await TemporaryDirectory.with { state in
      let first = SealKey.take(from: state, Boundary())
      #expect(first == SealKey.take(from: state, Boundary()))
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(state)/seal.key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `is made anew when what is there is none, and another one for each directory`() async throws {
    try await TemporaryDirectory.with { state in
      try Data("short".utf8).write(to: URL(filePath: "\(state)/seal.key"))
      let key = SealKey.take(from: state, Boundary())
      #expect(key.reveal().utf8.count == 64)
      #expect(key == SealKey.take(from: state, Boundary()))
      try await TemporaryDirectory.with { other in #expect(SealKey.take(from: other, Boundary()) != key) }
    }
  }

  @Test func `that cannot be kept holds for the process`() {
    let key = SealKey.take(from: "/nowhere", Boundary())
    #expect(key.reveal().utf8.count == 64)
  }
}
