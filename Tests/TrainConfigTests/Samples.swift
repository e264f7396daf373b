import Testing
import TrainConfig
import TrainCore

/// Schemas with a key of every type, and those that the samples need.
let kinds = ConnectionKinds(
  providers: [
    ConnectionSchema(kind: "local", keys: [.init("slots", .integer(least: 1))]),
    ConnectionSchema(
      kind: "viam",
      keys: [
        .init("organization", .string, required: true), .init("api_key_id", .string, required: true),
        .init("api_key", .secret, required: true), .init("endpoint", .url),
      ]),
    ConnectionSchema(
      kind: "everything",
      keys: [
        .init("text", .string), .init("count", .integer(least: 0)), .init("pause", .duration), .init("room", .size),
        .init("where", .path), .init("endpoint", .url), .init("token", .secret),
        .init("api", .choice(["auto", "ml", "svc"])),
        .init("strict", .boolean),
      ]),
  ],
  registries: [
    ConnectionSchema(kind: "directory", keys: [.init("path", .path, required: true)]),
    ConnectionSchema(
      kind: "synapse",
      keys: [
        .init("endpoint", .url, required: true), .init("token", .secret, required: true), .init("tenant", .string),
      ]),
  ])

/// What somebody gets to read: one problem a line, or `right`.
func problems(ofSpec text: String) -> String { problems(ofSpec: Array(text.utf8)) }

func problems(ofSpec bytes: [UInt8]) -> String {
  do throws(ConfigProblems) {
    _ = try SpecDecoder().decode(bytes, file: "x.yaml", name: "x")
    return "right"
  } catch {
    return error.description
  }
}

func problems(ofConfig text: String) -> String {
  do throws(ConfigProblems) {
    _ = try config(text)
    return "right"
  } catch {
    return error.description
  }
}

func config(_ text: String) throws(ConfigProblems) -> DaemonConfig {
  try DaemonConfigDecoder(kinds: kinds, defaults: .builtIn(stateDirectory: "/state"))
    .decode(Array(text.utf8), file: "traind.yaml")
}

func spec(_ text: String, name: String = "hardhat") throws(ConfigProblems) -> LocatedSpec {
  try SpecDecoder().decode(Array(text.utf8), file: "/etc/traind/jobs.d/\(name).yaml", name: name)
}

/// A spec that is right, for tests of one of its parts.
let start = "provider: here\nmodel: {version: auto}\n"

/// An input and exactly what is said about it.
struct Golden: Sendable, CustomTestStringConvertible {
  var input: String
  var expected: String

  init(_ input: String, _ expected: String) {
    self.input = input
    self.expected = expected
  }

  var testDescription: String { String(input.prefix(40)).debugDescription }
}
