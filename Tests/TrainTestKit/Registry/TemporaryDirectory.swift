internal import FoundationEssentials

/// A directory that is gone when the test is over.
public enum TemporaryDirectory {
  public static func with<Answer>(_ work: (String) async throws -> Answer) async throws -> Answer {
    let path = "\(FileManager.default.temporaryDirectory.path())/traind-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await work(path)
  }
}
