import Glibc

/// What the kernel says about this process.
enum ProcessFigures {
  /// KiB that lie in memory now.
  static var resident: Int { status("VmRSS:") }
  /// KiB of them that no file backs.
  static var anonymous: Int { status("RssAnon:") }
  /// The most KiB since the start, or since ``forgetPeak()``.
  static var peak: Int { status("VmHWM:") }

  static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// How often a thread of this process went to sleep by itself, in all.
  static var sleeps: Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nvcsw
  }

  private static func status(_ key: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix(key) else { continue }
      return text.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }
}
