import Glibc

enum Clock {
  /// Seconds of an arbitrary origin.
  static var now: Double { read(CLOCK_MONOTONIC) }
  /// Processor seconds of this process.
  static var processor: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func pause(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }
}

extension [Double] {
  /// - Parameter share: 0.5 = the median.
  func quantile(_ share: Double) -> Double {
    guard !isEmpty else { return .nan }
    return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
  }
}
