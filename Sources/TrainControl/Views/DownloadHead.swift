public import TrainCore

/// The first line of a file that is streamed; its bytes follow, to the answer's end.
/// `{"file": {"offset": 0, "bytes": 1048576, "tag": "\"abc\"", "digest": "sha256:..."}}`, or an error and no bytes.
public enum DownloadHead: Hashable, Sendable, WireValue {
  case file(DownloadFacts)
  case error(ControlError)

  public init(_ json: JSON) throws(ControlError) {
    guard json["error"] == nil else {
      self = .error(try ControlError(json))
      return
    }
    let file = try Members(json, of: "a file's head").object("file")
    self = .file(
      DownloadFacts(
        offset: try file.int("offset"), total: try file.optionalInt("bytes"), tag: try file.optionalString("tag"),
        digest: try file.optionalString("digest")))
  }

  public var json: JSON {
    switch self {
    case .file(let facts):
      [
        "file": [
          "offset": .int(facts.offset), "bytes": .integer(facts.total), "tag": .text(facts.tag),
          "digest": .text(facts.digest),
        ]
      ]
    case .error(let error): error.json
    }
  }
}
