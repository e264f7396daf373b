internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// A model made by hand: the same chunked upload as a publication's, then a model with the caller's own fields. Its
/// `configuration` gets `traind: {uploaded: sha256:...}`, by which a call whose answer was lost is recognised.
struct SynapseCreation: ModelCreation {
  let registry: SynapseRegistry

  func problems(in fields: JSON) -> [SpecProblem] {
    var problems: [SpecProblem] = []
    if fields["name"]?.string?.isEmpty != false {
      problems.append(SpecProblem(path: "name", "must be text", hint: "--set name=NAME"))
    }
    if fields["plugin"] == nil {
      problems.append(
        SpecProblem(
          path: "plugin", "missing: the code (or number) of the plugin the model belongs to", hint: "--set plugin=CODE")
      )
    }
    if let configuration = fields["configuration"], configuration.object == nil {
      problems.append(
        SpecProblem(path: "configuration", "must be an object", hint: "--set-json 'configuration={\"k\": 1}'"))
    }
    for name in ["chunked_upload", "file"] where fields[name] != nil {
      problems.append(SpecProblem(path: name, "is written by traind itself"))
    }
    if fields["configuration"]?["traind"] != nil {
      problems.append(SpecProblem(path: "configuration.traind", "is written by traind itself", hint: "use another key"))
    }
    return problems
  }

  func check(_ fields: JSON) async throws(Fault) {
    let name = fields["name"]?.string ?? ""
    guard let model = try await registry.models.named(name) else { return }
    throw taken(name, model)
  }

  private func taken(_ name: String, _ model: JSON) -> Fault {
    .permanent(
      .alreadyExists, "Synapse has a model '\(name)' already (id \(model["id"].flatMap(SynapseModels.id) ?? "?"))",
      hint: "names are unique in a tenant: choose another one")
  }

  func held(_ session: UploadSession) async throws(Fault) -> Int64 {
    try await registry.settledState(of: try SynapseSession(session)).offset
  }

  func send(_ part: CreationPart, in session: UploadSession?) async throws(Fault) -> CreationProgress {
    // What something in between refuses as too large is known here, not to the client.
    let bytes = part.bytes.prefix(Int(clamping: registry.sizes.size))
    let layout = SynapseLayout.part(
      HeldPart(buffer: ByteBuffer(bytes: bytes), offset: part.offset, bytes: part.total))
    guard let session else {
      guard part.offset == 0 else { throw .transient(.sessionExpired, "an upload begins at byte 0", effect: .none) }
      let named = SynapseOpening.shown(part.filename)
      let upload = try await registry.begin(layout, named: named, most: Int64(bytes.count))
      registry.unsettled.remove(upload.id)
      let opened = SynapseSession(
        upload: upload.id, filename: named, bytes: part.total, md5: nil, sha256: nil, isArchive: false)
      return CreationProgress(session: opened.stored, held: upload.offset)
    }
    let opened = try SynapseSession(session)
    guard opened.bytes == part.total else {
      throw .transient(
        .sessionExpired, "the upload was begun for \(opened.bytes) bytes, not for \(part.total)", effect: .none)
    }
    // Two parts at one offset would corrupt it.
    guard !registry.unsettled.contains(opened.upload) else {
      throw .transient(.misaligned, "a part of the upload may still be on its way: look where it is", effect: .none)
    }
    let receipt = try await layout.send(
      UploadPart(number: 0, offset: part.offset, length: Int64(bytes.count)), in: opened, of: registry, pace: nil)
    return CreationProgress(session: session, held: receipt.offset + receipt.length)
  }

  func create(_ fields: JSON, from session: UploadSession, digests: CreationDigests) async throws(Fault) -> JSON {
    var upload = try SynapseSession(session)
    upload.md5 = digests.md5.lowercased()
    let name = fields["name"]?.string ?? ""
    let marker: JSON = ["uploaded": .string("sha256:\(digests.sha256.lowercased())")]
    if let model = try await found(name, marker) { return model }
    try await registry.finalize(upload) { () async throws(Fault) in }
    var body = fields
    var configuration = fields["configuration"] ?? .empty
    configuration["traind"] = marker
    body["configuration"] = configuration
    body["chunked_upload"] = .string(upload.upload)
    let response = try await registry.client.json(
      .synapseRegister, .POST, "/models/", "make the model '\(name)'", body: body, idleTimeout: .seconds(60))
    if response.isSuccess { return try response.requireJSON() }
    // A refusal may mean that an earlier call did it.
    if (400..<500).contains(response.status), ![401, 403, 408, 425, 429].contains(response.status),
      let model = try await found(name, marker)
    {
      return model
    }
    throw response.fault
  }

  /// The model of that name that an earlier call made. Fault `.alreadyExists` for any other of that name.
  private func found(_ name: String, _ marker: JSON) async throws(Fault) -> JSON? {
    guard let model = try await registry.models.named(name) else { return nil }
    guard SynapseModels.configuration(of: model)?["traind"] == marker, let id = model["id"].flatMap(SynapseModels.id)
    else { throw taken(name, model) }
    return try await registry.models.model(id)
  }
}
