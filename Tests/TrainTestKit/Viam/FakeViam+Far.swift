internal import SwiftProtobuf
public import TrainCore

/// Viam as a registry.
extension FakeViam: FarRegistry {
  public func held(of model: String?) async throws -> [FarVersion] {
    var held: [FarVersion] = []
    for key in packageKeys where model == nil || key.hasPrefix("\(FakeViam.organization)/\(model ?? "")@") {
      let bytes = package(key) ?? []
      let marker = metadata(of: key)?.fields["traind"]?.structValue
      let isGzip = bytes.starts(with: [0x1f, 0x8b])
      held.append(
        FarVersion(
          id: key, model: String(key.split(separator: "/").last?.split(separator: "@").first ?? ""),
          job: marker?.fields["job"]?.stringValue,
          files: isGzip ? try await TarReader.contents(ofGzip: bytes) : ["model.tar.gz": bytes]))
    }
    return held
  }

  /// Nothing is ever made twice under one key: a second call is refused.
  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    metadata(of: "\(FakeViam.organization)/\(model)@\(version)") == nil ? 0 : 1
  }

  public var commits: Int { packageCount }
  public var bytesReceived: Int { received }
  public var unfinished: Int { openStreams }
}
