import Glibc
import Testing
import TrainConfig
import TrainCore

/// What `etc/` ships.
@Suite struct `The samples` {
  private static let etc = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/etc"

  private func read(_ name: String) throws -> String {
    let file = try #require(fopen("\(`The samples`.etc)/\(name)", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  @Test func `the sample configuration is what holds without it`() throws {
    #expect(try config(read("traind.yaml")) == .builtIn(stateDirectory: "/state"))
  }

  @Test func `what the sample configuration has commented out is right too`() throws {
    // Prose has one blank after its `#`; what can be uncommented has none, or is indented.
    let lines = try read("traind.yaml").split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let isCode = line.hasPrefix("#") && line != "#" && (!line.hasPrefix("# ") || line.hasPrefix("#  "))
      return isCode ? line.dropFirst() : line
    }
    let config = try config(lines.joined(separator: "\n"))
    #expect(config.providers.map(\.kind) == ["local", "viam"])
    #expect(config.registries.map(\.kind) == ["directory", "synapse", "s3", "oci", "truefoundry"])
  }

  @Test(arguments: ["local", "stores", "truefoundry", "viam", "viam-custom"])
  func `each example is a spec whose connections the sample configuration has`(_ name: String) throws {
    let text = try read("examples/\(name).yaml")
    let located = try SpecDecoder().decode(Array(text.utf8), file: "\(name).yaml", name: name)
    #expect(["here", "viam"].contains(located.spec.provider))
    #expect(!located.spec.publish.isEmpty)
    #expect(located.spec.publish.allSatisfy { ["shelf", "synapse", "bucket", "harbor", "tfy"].contains($0.registry) })
  }

  @Test func `nothing of it is read as a job spec`() {
    #expect(ConfigDirectories([`The samples`.etc]).specs().names == [])
  }
}
