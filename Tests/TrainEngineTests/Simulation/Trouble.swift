/// What can go wrong in a simulated world. A run of many seeds has to have met each.
enum Trouble: String, CaseIterable, Sendable {
  /// A request that never arrived.
  case lost
  /// A request that took effect, soon or late, and whose answer was lost.
  case answerLost
  /// A request or answer that took so long that others overtook it.
  case late
  /// A request that arrived twice, the second time perhaps much later.
  case twice
  /// A transfer that ended in the middle, or brought other bytes than were sent.
  case cut, garbled
  /// A far side that was away for long.
  case away
  /// A far side that did not know for a while what it had known, or that said what was true before.
  case notFound, backwards
  /// A run that the platform lost all knowledge of.
  case forgotten
  /// An upload that the registry forgot, or of which it lost the last bytes.
  case uploadLost, uploadRewound
  /// A commit that failed, or whose outcome is unknown.
  case storeFault, outcomeUnknown
  /// A spool without space; a file of it that a power cut tore, or that rotted.
  case spoolFull, torn, rotten
  /// A wall clock that jumped.
  case jump
  /// A process that died between two steps.
  case death
}
