/// The parts of an sd_notify datagram that concern a training.
///
/// `STATUS=text`, `X_TRAIND_PROGRESS=0...1`, `X_TRAIND_METRIC=name=value` (any number of them); all else is passed
/// over.
enum NotifyMessage {
  static let longestDatagram = 16 << 10
  static let longestStatus = 512
  static let longestMetricName = 64
  static let mostMetrics = 64

  /// Takes over what the datagram says; returns whether it said anything new.
  static func apply(_ datagram: some Collection<UInt8>, to record: inout ProgressRecord) -> Bool {
    let before = record
    for line in datagram.split(separator: UInt8(ascii: "\n")) {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = line[line.index(after: equals)...]
      switch String(decoding: line[..<equals], as: UTF8.self) {
      case "STATUS": record.status = text(value, longest: longestStatus)
      case "X_TRAIND_PROGRESS": if let number = number(value) { record.progress = min(max(number, 0), 1) }
      case "X_TRAIND_METRIC": takeMetric(value, into: &record)
      default: break
      }
    }
    return record != before
  }

  private static func takeMetric(_ value: some Collection<UInt8>, into record: inout ProgressRecord) {
    // A name may hold "=": the value can't.
    guard let equals = Array(value).lastIndex(of: UInt8(ascii: "=")) else { return }
    let name = text(value.prefix(equals), longest: longestMetricName + 1)
    guard let name, name.utf8.count <= longestMetricName, let number = number(value.dropFirst(equals + 1)),
      record.metrics[name] != nil || record.metrics.count < mostMetrics
    else { return }
    record.metrics[name] = number
  }

  /// `nil` for what JSON can't hold.
  private static func number(_ bytes: some Collection<UInt8>) -> Double? {
    guard let number = Double(trimmed(bytes)), number.isFinite else { return nil }
    return number
  }

  /// `nil` when nothing is left of it.
  private static func text(_ bytes: some Collection<UInt8>, longest: Int) -> String? {
    var text = ""
    for scalar in trimmed(bytes).unicodeScalars {
      guard text.utf8.count + UTF8.width(scalar) <= longest else { break }
      text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7f ? " " : scalar)
    }
    return text.isEmpty ? nil : text
  }

  private static func trimmed(_ bytes: some Collection<UInt8>) -> String {
    var bytes = Array(bytes)[...]
    while let last = bytes.last, last == 0x20 || last == 0x0d || last == 0x09 || last == 0 { bytes.removeLast() }
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
