import Foundation
import Testing
import TrainControl
import TrainCore
import TrainTestKit

@Suite(.timeLimit(.minutes(60))) struct FuzzTests {
  private static let pieces = [
    "[", "]", "{", "}", ",", ":", "\"", "\\u", "\\ud83d", "\"a\":", "\"spec\":", "\"version\":", "\"set\":", "null",
    "true", " ", "\n",
  ]

  @Test func `a damaged body is read as what it says or refused with its place, and requests say what they read`()
    async throws
  {
    var fuzzing = try Fuzzing("json", rounds: 8000, pieces: Self.pieces, file: #filePath)
    try await fuzzing.run { (bytes) throws -> Bool in
      let value: JSON
      do throws(ControlError) { value = try JSON.parse(bytes, what: "the body") } catch {
        #expect(error.kind == .usage && error.hint != nil)
        let line = error.why.dropFirst("line ".count).prefix { $0.isNumber }
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        #expect(Int(line).map { (1...lines).contains($0) } == true, "\(error.why)")
        return false
      }
      #expect(try JSON.parse(Array(value.wireText.utf8), what: "it again") == value)
      try Self.again(RunRequest.self, value)
      try Self.again(AdoptRequest.self, value)
      try Self.again(ApplyRequest.self, value)
      try Self.again(DrainRequest.self, value)
      try Self.again(PublishRequest.self, value)
      try Self.again(ReleaseRequest.self, value)
      try Self.again(JobView.self, value)
      return true
    }
    #expect(fuzzing.accepted * 50 > fuzzing.rounds)
  }

  /// What a request was read as is written and read as the same; what it is not is refused in words.
  private static func again<Value: WireValue>(_: Value.Type, _ json: JSON) throws {
    let value: Value
    do throws(ControlError) { value = try Value(json) } catch {
      #expect(!error.why.isEmpty)
      return
    }
    #expect(try Value(value.json).json == value.json)
  }
}
