/// One kind of trouble on a ``RegistryFaultMenu``.
public enum RegistryFaultCourse: String, Sendable, CaseIterable {
  case answerLost = "done, and the answer lost"
  case answerLostTwice = "done, and two answers in a row lost"
  case answerLostAndDied = "done, the answer lost, and the daemon died"
  case answerReplaced = "done, and a gateway's 502 in the answer's place"
  case reset = "reset while it was on its way"
  case resetAndDied = "reset while it was on its way, and the daemon died"
  case failed = "failed with 500"
  case overloaded = "three in a row refused with 503 and Retry-After"
  case throttled = "three in a row refused with 429 and Retry-After"
  case garbage = "a login page in the answer's place"
  case bitFlipped = "one bit of the bytes changed on the way"
  case digestChanged = "another digest reported than that of the bytes"

  /// Of an upload that is given up: what can happen to a call that sends no bytes of the artifact.
  public static let ofAbandoning: [RegistryFaultCourse] = [
    .answerLost, .answerReplaced, .reset, .failed, .overloaded, .garbage,
  ]

  static let wait = 7

  /// What the far side asks for; it must come out as the fault's.
  var retryAfter: Duration? {
    switch self {
    case .overloaded, .throttled: .seconds(Self.wait)
    case .answerLost, .answerLostTwice, .answerLostAndDied, .answerReplaced, .reset, .resetAndDied, .failed, .garbage,
      .bitFlipped, .digestChanged:
      nil
    }
  }

  var restarts: Bool { self == .answerLostAndDied || self == .resetAndDied }
  var changesBytes: Bool { self == .bitFlipped || self == .digestChanged }

  func planned(at number: Int) -> [Int: RequestFault] {
    switch self {
    case .answerLost, .answerLostAndDied: [number: .answerLost]
    case .answerLostTwice: [number: .answerLost, number + 1: .answerLost]
    case .answerReplaced: [number: .answerReplaced(502)]
    case .reset, .resetAndDied: [number: .reset]
    case .failed: [number: .refused(500, retryAfter: nil)]
    case .overloaded: Self.storm(503, from: number)
    case .throttled: Self.storm(429, from: number)
    case .garbage: [number: .garbage]
    case .bitFlipped: [number: .bitFlipped]
    case .digestChanged: [number: .digestChanged]
    }
  }

  private static func storm(_ status: Int, from number: Int) -> [Int: RequestFault] {
    Dictionary(uniqueKeysWithValues: (number..<(number + 3)).map { ($0, .refused(status, retryAfter: wait)) })
  }
}
