public import TrainCore

/// What is signed: an in-toto statement (v1) that the files of an artifact, by digest, are what a training produced,
/// with SLSA's provenance (v1) as its predicate.
///
/// Source: in-toto attestation framework, `spec/v1/statement.md`; SLSA `provenance/v1`.
public struct Statement: Hashable, Sendable {
  static let payloadType = "application/vnd.in-toto+json"
  private static let type = "https://in-toto.io/Statement/v1"
  private static let predicateType = "https://slsa.dev/provenance/v1"
  static let buildType = "urn:traind:training:v1"

  public struct Subject: Hashable, Sendable {
    /// The file's path in the artifact.
    public var name: String
    /// Hex.
    public var sha256: String
  }

  public var json: JSON

  public init(of release: Release) {
    let origin = release.provenance
    var metadata: JSON = ["invocationId": .string("\(release.job)/\(origin.attempt)")]
    if let started = origin.started { metadata["startedOn"] = .string(started.iso8601) }
    if let finished = origin.finished { metadata["finishedOn"] = .string(finished.iso8601) }
    json = [
      "_type": .string(Self.type),
      "subject": .array(
        release.artifact.files.map { ["name": .string($0.path), "digest": ["sha256": .string($0.digests.sha256)]] }),
      "predicateType": .string(Self.predicateType),
      "predicate": [
        "buildDefinition": [
          "buildType": .string(Self.buildType),
          "externalParameters": [
            "model": ["name": .string(release.modelName), "version": .string(release.modelVersion)],
            "train": origin.train,
          ],
          "internalParameters": [
            "traind": release.marker, "provider": .string(origin.provider), "remote_id": .string(origin.remoteID),
          ],
        ],
        "runDetails": ["builder": ["id": .string("urn:traind:\(ProgramVersion.text)")], "metadata": metadata],
      ],
    ]
  }

  /// A statement that was read; Fault `.rejected` when it is none, or speaks of no files.
  public init(_ json: JSON) throws(Fault) {
    guard json["_type"]?.string == Self.type, json["predicateType"]?.string == Self.predicateType else {
      throw .permanent(.rejected, "what was signed is no in-toto statement with a provenance that traind makes")
    }
    self.json = json
    guard !subjects.isEmpty, subjects.count == json["subject"]?.array?.count else {
      throw .permanent(.rejected, "the signed statement does not name every file with its sha256")
    }
  }

  public var subjects: [Subject] {
    (json["subject"]?.array ?? []).compactMap { subject in
      guard let name = subject["name"]?.string, let digest = subject["digest"]?["sha256"]?.string else { return nil }
      return Subject(name: name, sha256: digest)
    }
  }

  /// The job that it says produced them, as `hardhat@1.4.0`.
  public var job: String? {
    json["predicate"]?["buildDefinition"]?["internalParameters"]?["traind"]?["job"]?.string
  }
}
