/// Artifacts worth publishing in a test.
public enum SampleFiles: String, Sendable, CaseIterable {
  case oneFile
  /// In folders, one of them empty.
  case severalFiles

  public var contents: [String: [UInt8]] {
    switch self {
    case .oneFile: ["model.tar.gz": Self.large]
    case .severalFiles: ["a.bin": Self.large, "deep/er/b.txt": Array("b".utf8), "empty": []]
    }
  }

  /// More than two parts' worth of a MiB.
  private static let large = SampleRelease.bytes(2 * 1024 * 1024 + 17)
}
