import Foundation
import Testing
import TrainCore

/// What the documentation lists is what the code has.
@Suite struct SystemdDocsTests {
  private static func lines(of path: String) throws -> [Substring] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(path)")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  }

  @Test func `the table of reasons has each reason with its retry class, once`() throws {
    var listed: [String: String] = [:]
    for line in try Self.lines(of: "Docs/Operating.md") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let classes = ["automatic", "operator", "final"]
      guard cells.count >= 2, classes.contains(cells[1]) else { continue }
      #expect(listed.updateValue(cells[1], forKey: cells[0].trimmingCharacters(in: ["`"])) == nil)
    }
    let expected = Dictionary(uniqueKeysWithValues: JobReason.allCases.map { ($0.rawValue, $0.retryClass.rawValue) })
    #expect(listed == expected)
  }

  @Test func `the credentials that the unit asks for are the documented ones`() throws {
    let unit = try Self.lines(of: "systemd/traind.service").filter { $0.hasPrefix("LoadCredential=") }
    let names = unit.map { String($0.dropFirst("LoadCredential=".count)) }
    #expect(!names.isEmpty)
    // A path would keep a unit without that file from starting.
    #expect(names.allSatisfy { !$0.contains(":") })
    let documented = try Self.lines(of: "Docs/Operating.md").joined(separator: "\n")
    for name in names { #expect(documented.contains("`\(name)`"), "Docs/Operating.md lacks \(name)") }
  }
}
