internal import Crypto
internal import FoundationEssentials
public import TrainCore

/// A release of files that lie in a temporary directory.
public enum SampleRelease {
  /// - Parameter directory: made if it is not there; the files are written below it.
  public static func make(
    _ files: [String: [UInt8]], in directory: String, job: JobID = JobID(spec: "hat", version: "1.0.0"),
    model: String = "hat", version: String = "1.0.0", options: JSON = .empty
  ) throws -> Release {
    let written = try files.map { path, bytes -> Artifact.File in
      let place = URL(filePath: "\(directory)/\(path)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: place)
      return Artifact.File(path: path, bytes: Int64(bytes.count), digests: digests(of: bytes))
    }
    return Release(
      job: job, modelName: model, modelVersion: version,
      artifact: Artifact(files: written) { hex(SHA256.hash(data: Data($0.utf8))) }, directory: directory,
      options: options,
      provenance: Provenance(
        identity: hex(SHA256.hash(data: Data(job.description.utf8))), provider: "here", remoteID: "run-1", attempt: 1,
        train: ["dataset": "d"], started: Timestamp(milliseconds: 1000), finished: Timestamp(milliseconds: 2000)))
  }

  public static func digests(of bytes: [UInt8]) -> FileDigests {
    FileDigests(
      sha256: hex(SHA256.hash(data: bytes)), md5: md5(of: bytes), crc32c: crc(bytes, 0x82f6_3b78),
      crc32: crc(bytes, 0xedb8_8320))
  }

  public static func md5(of bytes: [UInt8]) -> String { hex(Insecure.MD5.hash(data: bytes)) }

  /// Bytes that no archive or accident repeats, the same for the same seed.
  public static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { space in
      for start in stride(from: 0, to: count, by: 8) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        withUnsafeBytes(of: state ^ (state >> 29)) { word in
          let length = min(8, count - start)
          space[start..<(start + length)].copyBytes(from: word[..<length])
        }
      }
    }
    return bytes
  }

  static func hex(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func crc(_ bytes: [UInt8], _ polynomial: UInt32) -> UInt32 {
    let table = (0..<256).map { index -> UInt32 in
      (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
    }
    return bytes.withUnsafeBufferPointer { bytes in
      var value = ~UInt32(0)
      for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
      return ~value
    }
  }
}
