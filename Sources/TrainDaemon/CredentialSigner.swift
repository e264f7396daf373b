internal import TrainCore
internal import TrainSigning
internal import TrainTransport

/// Signs with keys that systemd hands over as credentials; read anew each time, kept nowhere.
struct CredentialSigner: ArtifactSigner {
  let secrets: SecretResolver

  func signature(of release: Release, by credential: String) throws(Fault) -> JSON {
    try Envelope(Statement(of: release), with: try key(credential)).json
  }

  func key(_ credential: String) throws(Fault) -> SigningKey {
    try SigningKey(pem: try secrets.resolve(.credential(credential)).reveal(), named: "the credential '\(credential)'")
  }

  /// What keeps a spec's key from being used.
  func problems(in spec: JobSpec) -> [SpecProblem] {
    guard let credential = spec.signingKey else { return [] }
    do throws(Fault) {
      _ = try key(credential)
      return []
    } catch {
      return [SpecProblem(path: "sign.key", "`sign.key`: \(error.message)", hint: error.hint)]
    }
  }
}
