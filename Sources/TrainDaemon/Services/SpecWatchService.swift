internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import TrainCore

/// `apply: automatic`: applies the specs when their directories change. Looks at names, sizes and times every two
/// seconds:
/// that also sees directories that come later, and network file systems that tell of nothing.
struct SpecWatchService: Service {
  let directories: [String]
  let apply: @Sendable () async -> Void
  let time: any TimeSource

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var seen = look()
      while true {
        try await time.sleep(until: time.monotonic + .seconds(2))
        let now = look()
        guard now != seen else { continue }
        seen = now
        await apply()
      }
    }
  }

  private func look() -> [String] {
    directories.flatMap { directory -> [String] in
      guard let handle = opendir("\(directory)/jobs.d") else { return [] }
      defer { closedir(handle) }
      var facts: [String] = []
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        var status = stat()
        guard name.hasSuffix(".yaml"), stat("\(directory)/jobs.d/\(name)", &status) == 0 else { continue }
        facts.append(
          "\(directory)/\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ino)")
      }
      return facts.sorted()
    }
  }
}
