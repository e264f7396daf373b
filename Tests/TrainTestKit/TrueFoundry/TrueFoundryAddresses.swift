internal import Synchronization

/// The addresses that a ``TrueFoundryServer`` signs.
final class TrueFoundryAddresses: Sendable {
  private struct State {
    var base = ""
    var life = 3600
  }

  private let state = Mutex(State())

  var base: String {
    get { state.withLock { $0.base } }
    set { state.withLock { $0.base = newValue } }
  }

  /// Seconds that an address says it lives.
  var life: Int {
    get { state.withLock { $0.life } }
    set { state.withLock { $0.life = newValue } }
  }

  /// - Parameter scope: what it may be used for: `PUT key`, say.
  func sign(_ key: String, _ query: String, scope: String, age: Int) -> String {
    let (base, life) = state.withLock { ($0.base, $0.life) }
    return
      "\(base)/store/\(key)?\(query)X-Amz-Date=20261121T000000Z&X-Amz-Expires=\(life)"
      + "&X-Amz-Signature=\(Self.signature(scope, age))"
  }

  static func signature(_ scope: String, _ age: Int) -> String {
    "secret" + SampleRelease.md5(of: Array("\(scope) \(age)".utf8))
  }
}
