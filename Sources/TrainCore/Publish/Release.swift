/// Everything a registry may know about what it is to hold.
public struct Release: Sendable, Hashable {
  public var job: JobID
  public var modelName: String
  public var modelVersion: String
  public var artifact: Artifact
  /// The directory in the spool that holds the artifact's files.
  public var directory: String
  /// The publication's own keys.
  public var options: JSON
  public var provenance: Provenance

  public init(
    job: JobID, modelName: String, modelVersion: String, artifact: Artifact, directory: String, options: JSON,
    provenance: Provenance
  ) {
    self.job = job
    self.modelName = modelName
    self.modelVersion = modelVersion
    self.artifact = artifact
    self.directory = directory
    self.options = options
    self.provenance = provenance
  }

  public func location(of file: Artifact.File) -> String { "\(directory)/\(file.path)" }

  /// What is written beside every version, and what makes one provably ours when it is found again.
  public var marker: JSON {
    [
      "job": .string(job.description),
      "artifact": .string(artifact.digest),
      "identity": .string(provenance.identity),
    ]
  }
}

/// Where a version comes from.
public struct Provenance: Sendable, Hashable {
  /// sha256 of the job's identity, hex.
  public var identity: String
  public var provider: String
  /// The platform's own id of the training.
  public var remoteID: String
  public var attempt: Int
  /// The spec's `train`, as written.
  public var train: JSON
  public var started: Timestamp?
  public var finished: Timestamp?
  /// The training's last word on itself, as `loss` -> 0.12.
  public var metrics: [String: Double]
  /// ``JobSpec/provenance``, an object; empty where the spec names none.
  public var sources: JSON

  public init(
    identity: String, provider: String, remoteID: String, attempt: Int, train: JSON, started: Timestamp?,
    finished: Timestamp?, metrics: [String: Double] = [:], sources: JSON = .empty
  ) {
    self.identity = identity
    self.provider = provider
    self.remoteID = remoteID
    self.attempt = attempt
    self.train = train
    self.started = started
    self.finished = finished
    self.metrics = metrics
    self.sources = sources
  }
}
