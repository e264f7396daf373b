internal import CProcess
internal import Glibc

/// What is left of a command whose shim was killed.
enum Leftovers {
  /// Kills it; returns whether nothing is left. The command itself died with its shim; this is for its children.
  ///
  /// A process is the job's if it is in the shim's session (whose number is taken as long as one member lives) and is
  /// younger than the shim.
  static func bury(_ shim: ShimRecord) -> Bool {
    for _ in 0..<8 {
      let members = members(of: shim)
      if members.isEmpty { return true }
      let descriptors = members.compactMap { member -> Descriptor? in
        let raw = train_pidfd_open(member.pid)
        guard raw >= 0 else { return nil }
        let descriptor = Descriptor(adopting: raw)
        // The number may have changed hands since it was read; the descriptor can't.
        guard ProcessStat(of: member.pid)?.startTicks == member.startTicks else { return nil }
        _ = train_pidfd_send(raw, SIGKILL)
        return descriptor
      }
      let deadline = Deadline(after: .milliseconds(500))
      for descriptor in descriptors {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        _ = retrying { poll(&entry, 1, deadline.millisecondsLeft) }
      }
    }
    return members(of: shim).isEmpty
  }

  private static func members(of shim: ShimRecord) -> [ProcessStat] {
    ProcessStat.all().filter {
      $0.session == shim.pid && $0.startTicks >= shim.startTicks && $0.state != "Z" && $0.pid != getpid()
    }
  }
}
