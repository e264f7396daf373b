internal import Synchronization

/// The calls that are open, by package and version.
final class ViamUploads: Sendable {
  private let open = Mutex<[String: ViamUpload]>([:])

  subscript(key: String) -> ViamUpload? { open.withLock { $0[key] } }

  /// What was there before is broken off.
  func put(_ upload: ViamUpload, for key: String) async {
    let before = open.withLock { $0.updateValue(upload, forKey: key) }
    await before?.breakOff()
  }

  func remove(_ key: String) async {
    let before = open.withLock { $0.removeValue(forKey: key) }
    await before?.breakOff()
  }

  func removeAll() async {
    let all = open.withLock { open in
      defer { open = [:] }
      return Array(open.values)
    }
    for one in all { await one.breakOff() }
  }
}
