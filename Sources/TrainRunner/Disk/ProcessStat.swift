/// What `/proc/PID/stat` says of a process.
struct ProcessStat {
  var pid: Int32
  /// One letter; `Z` = dead and not reaped.
  var state: Character
  var parent: Int32
  var group: Int32
  var session: Int32
  /// Clock ticks since the boot.
  var startTicks: UInt64

  /// `nil` when there is no such process.
  init?(of pid: Int32) {
    guard let file = try? Descriptor.open("/proc/\(pid)/stat"),
      let bytes = try? file.read(at: 0, limit: 4096, of: "stat"),
      // The name before it may hold anything, brackets too.
      let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = bytes[(bracket + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]), let group = Int32(fields[2]),
      let session = Int32(fields[3]), let ticks = UInt64(fields[19])
    else { return nil }
    self.pid = pid
    self.state = state
    self.parent = parent
    self.group = group
    self.session = session
    startTicks = ticks
  }

  static func all() -> [ProcessStat] {
    guard let directory = try? Descriptor.openDirectory("/proc"), let names = try? directory.entries(of: "/proc")
    else { return [] }
    return names.compactMap { name in
      Int32(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)).flatMap(ProcessStat.init)
    }
  }
}

/// Identifies this run of the kernel.
enum Boot {
  static func identifier() throws(RunnerError) -> String {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let file = try Descriptor.open(path) else { throw RunnerError(.io, "reading \(path): it is not there") }
    let bytes = try file.read(at: 0, limit: 64, of: path)
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}

