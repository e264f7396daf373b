import Testing
import TrainCore

@testable import TrainProviders

@Suite struct LocalTrainTests {
  @Test func `a good spec has no problems`() throws {
    let train: JSON = ["command": ["python3", "train.py"], "directory": "/srv", "environment": ["EPOCHS": "10"]]
    #expect(LocalTrain.problems(in: train).isEmpty)
    let decoded = try LocalTrain(train)
    #expect(decoded.command == ["python3", "train.py"] && decoded.directory == "/srv")
    #expect(decoded.environment == ["EPOCHS": "10"])
  }

  private static let bad: [(JSON, String, String)] = [
    ([:], "train.command", "is missing"),
    (["command": []], "train.command", "not a list"),
    (["command": "python3 train.py"], "train.command", "not a list"),
    (["command": ["python3", 10]], "train.command[1]", "not a string"),
    (["command": [""]], "train.command[0]", "names no program"),
    (["command": ["a\0b"]], "train.command[0]", "NUL"),
    (["command": ["x"], "directory": "work"], "train.directory", "absolute"),
    (["command": ["x"], "environment": ["A"]], "train.environment", "not a map"),
    (["command": ["x"], "environment": ["A": 1]], "train.environment.A", "not a string"),
    (["command": ["x"], "environment": ["A=B": "1"]], "train.environment.A=B", "no name"),
    (["command": ["x"], "environment": ["TRAIND_JOB": "1"]], "train.environment.TRAIND_JOB", "set by traind"),
    ("x", "train", "not a map"),
  ]

  @Test(arguments: bad)
  func `each problem names its path`(train: JSON, path: String, says: String) {
    let problems = LocalTrain.problems(in: train)
    #expect(problems.map(\.path) == [path])
    #expect(problems.first?.message.contains(says) == true)
    #expect(throws: Fault.self) { try LocalTrain(train) }
  }

  @Test func `an unknown key names the nearest known one`() {
    let problems = LocalTrain.problems(in: ["command": ["x"], "enviroment": [:], "zzz": 1])
    #expect(problems.map(\.hint) == ["did you mean environment?", "known keys: command, directory, environment"])
  }

  @Test func `a log page ends with whole lines and whole characters`() {
    let take = { (text: String, ended: Bool, limit: Int) in
      let bytes = Array(text.utf8.prefix(limit))
      let page = LocalCalls.Page(bytes: bytes, size: Int64(text.utf8.count), ended: ended)
      return String(decoding: LocalCalls.taken(of: page, from: 0, limit: limit), as: UTF8.self)
    }
    #expect(take("one\ntwo", false, 100) == "one\n")
    #expect(take("one\ntwo", true, 100) == "one\n")
    #expect(take("two", false, 100) == "")
    #expect(take("two", true, 100) == "two")
    #expect(take("abcdef", false, 4) == "abcd")
    #expect(take("abcü", false, 4) == "abc")
    #expect(take("ab€", false, 4) == "ab")
    #expect(take("a𝄞", false, 4) == "a")
    #expect(take("𝄞a", false, 4) == "𝄞")
  }
}
