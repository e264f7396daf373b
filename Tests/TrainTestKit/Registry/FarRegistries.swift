public import TrainCore

/// The far sides of the registries that are reached over a network, Synapse's apart, in this process: what one job
/// publishes to all at once.
public struct FarRegistries: Sendable {
  public let s3: S3Server
  public let oci = OCIServer(.exchanged(user: "traind", password: "good"))
  public let mlflow: MLflowServer
  public let trueFoundry = TrueFoundryServer()
  public let viam: FakeViam
  /// Before all but Viam, by name.
  public let gates = ["bucket": FaultGate(), "images": FaultGate(), "flow": FaultGate(), "tfy": FaultGate()]

  /// What the secrets of ``connections(_:settle:)`` are read from.
  public static let environment = [
    "VIAM_KEY": "secret-key", "S3_ID": "AKID", "S3_SECRET": "good/secret+key", "OCI_PASSWORD": "good",
    "TFY_KEY": "good",
  ]

  /// - Parameter time: the clock of the programs that publish.
  public init(time: any TimeSource) {
    s3 = S3Server(time: time)
    mlflow = MLflowServer(offersMultipart: true)
    viam = FakeViam(time: time)
  }

  /// By the names that ``connections(_:settle:)`` gives them.
  public var all: [String: any FarRegistry] {
    ["bucket": s3, "images": oci, "flow": mlflow, "tfy": trueFoundry, "machines": viam]
  }

  /// Serves all of them while `work` runs; gives it their addresses, by name.
  public func serve<Answer: Sendable>(
    _ work: @Sendable ([String: String]) async throws -> Answer
  ) async throws -> Answer {
    try await s3.serve(through: gate("bucket")) { bucket in
      try await oci.serve(through: gate("images")) { images in
        try await mlflow.serve(through: gate("flow")) { flow in
          try await trueFoundry.serve(through: gate("tfy")) { tfy in
            try await viam.serve { machines in
              try await work(["bucket": bucket, "images": images, "flow": flow, "tfy": tfy, "machines": machines])
            }
          }
        }
      }
    }
  }

  /// - Parameter name: one that has a gate.
  public func gate(_ name: String) -> FaultGate { gates[name] ?? FaultGate() }

  /// Below `registries:` of a `traind.yaml`.
  public static func connections(_ addresses: [String: String], settle: String) -> String {
    let kinds = [
      "bucket": "s3, bucket: models, access_key: {env: S3_ID}, secret_key: {env: S3_SECRET}",
      "images": "oci, username: traind, password: {env: OCI_PASSWORD}",
      "flow": "mlflow",
      "tfy": "truefoundry, api_key: {env: TFY_KEY}",
      "machines":
        "viam, organization: \(FakeViam.organization), api_key_id: \(FakeViam.keyID), api_key: {env: VIAM_KEY}",
    ]
    return addresses.sorted { $0.key < $1.key }.map { name, address in
      "  \(name): {kind: \(kinds[name] ?? ""), endpoint: '\(address)', settle: \(settle)}\n"
    }.joined()
  }
}
