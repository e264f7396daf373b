import Foundation
import Testing

@testable import TrainDaemon

@Suite struct SystemdCatalogTests {
  private static let catalog = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../systemd/traind.catalog")

  @Test func `the catalog explains each kind of entry, and nothing else`() throws {
    let lines = try String(contentsOf: Self.catalog, encoding: .utf8).split(separator: "\n")
    let ids = lines.filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
    #expect(ids.count == Set(ids).count)
    #expect(Set(ids) == Set(TransitionKind.allCases.map(\.messageID)))
  }

  @Test func `each kind has an id of its own`() {
    let ids = TransitionKind.allCases.map(\.messageID)
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
  }

  @Test func `the ids of released kinds never change`() {
    #expect(TransitionKind.accepted.messageID == "96c9f845707743e7b5fc4bf557c7b20e")
    #expect(TransitionKind.done.messageID == "e3608675602d4988b24dcedc64e70253")
    #expect(TransitionKind.failed.messageID == "b68ac082e2c64beea60c6dd1be43ccb2")
  }
}
