import Foundation
import TrainCore

/// What a power cut leaves of a spool: files that were not synced hold anything, and now and then one that was is
/// damaged too.
struct SimulatedPowerCut {
  private let storm: SimulatedStorm

  init(_ storm: SimulatedStorm) { self.storm = storm }

  func strike(_ directory: String) throws {
    let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String }.sorted() ?? []
    for name in names {
      let path = "\(directory)/\(name)"
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
        !name.hasSuffix(".tag")
      else { continue }
      let trouble: Trouble = name.hasSuffix(".part") ? .torn : .rotten
      if storm.strikes(trouble, oneIn: trouble == .torn ? 2 : 12) { try damage(path) }
    }
  }

  private func damage(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    switch storm.pick(0..<4) {
    case 0: bytes = bytes.prefix(storm.pick(0..<bytes.count + 1))
    case 1 where !bytes.isEmpty: bytes[storm.pick(0..<bytes.count)] ^= 1
    // The file's length was durable before its bytes were.
    case 2: for index in bytes.indices.suffix(storm.pick(0..<bytes.count + 1)) { bytes[index] = 0 }
    default:
      storm.tell("the disk loses \(path.split(separator: "/").suffix(3).joined(separator: "/"))")
      try FileManager.default.removeItem(atPath: path)
      return
    }
    storm.tell("the disk damages \(path.split(separator: "/").suffix(3).joined(separator: "/"))")
    try bytes.write(to: URL(fileURLWithPath: path))
  }
}
