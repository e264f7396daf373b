internal import Crypto
internal import Glibc
internal import TrainControl
internal import TrainCore

/// Makes a model out of a file of the user's: its bytes go over the control socket in parts, and what the registry
/// holds of them already, also from an earlier command, is not sent again.
struct ModelUpload {
  /// Uploads that may turn out forgotten, or wrong, before it is given up.
  private static let mostLost = 2
  private static let smallestPart = 1 << 20
  private static let largestPart = 8 << 20

  let client: ControlClient
  let registry: String
  let file: String
  let fields: JSON
  let progress: ProgressLine
  let note: (String) -> Void

  private var what: String { "create a model of \(file)" }

  func run() throws(ControlError) -> ControlClient.Document {
    defer { progress.end() }
    let source = try TransferFile(file, O_RDONLY, what: what)
    let stamp = try source.stamp()
    guard stamp.bytes > 0 else { throw ControlError(.usage, what, "the file is empty") }
    let memory = UploadMemory(registry: registry, stamp: stamp)
    var remembered = memory.session
    var persistence = Persistence()
    var part = Self.smallestPart
    var lost = 0
    if remembered != nil { note("going on with an earlier upload of \(Escape.line(file))") }
    while true {
      do throws(ControlError) {
        if remembered == nil {
          _ = try client.post(ControlPath.registry(registry, "models"), [], CreateModelRequest(fields: fields))
        }
        let model = try upload(source, stamp, &remembered, &part, &persistence, memory)
        memory.forget()
        return model
      } catch {
        if error.kind == .notFound, remembered != nil, lost < Self.mostLost {
          lost += 1
          note("\(Escape.line(error.why)); beginning again")
          remembered = nil
          memory.forget()
        } else {
          try persistence.pause(after: error)
        }
      }
    }
  }

  private func upload(
    _ source: TransferFile, _ stamp: TransferFile.Stamp, _ session: inout UploadSession?, _ part: inout Int,
    _ persistence: inout Persistence, _ memory: UploadMemory
  ) throws(ControlError) -> ControlClient.Document {
    var hashes = Hashes()
    var held: Int64 = 0
    if let session {
      let state: UploadView = try client.post(
        ControlPath.registry(registry, "uploads", "held"), [], SessionRequest(session: session)
      ).value()
      held = state.held
    }
    while held < stamp.bytes {
      progress.show(held, of: stamp.bytes)
      let bytes = try source.read(Int(min(Int64(part), stamp.bytes - held)), at: held)
      guard !bytes.isEmpty else { throw changed }
      let begun = ContinuousClock.now
      let view = try send(bytes, at: held, of: stamp.bytes, in: session)
      guard view.held > held, view.held <= held + Int64(bytes.count) else {
        throw ControlError(.tryAgain, what, "the registry holds \(view.held) bytes of \(held + Int64(bytes.count))")
      }
      if view.session != session {
        session = view.session
        memory.remember(view.session)
      }
      held = view.held
      persistence.progressed()
      try hashes.take(source, upTo: held)
      let took = begun.duration(to: .now)
      if took < .seconds(2) { part = min(part * 2, Self.largestPart) }
      if took > .seconds(20) { part = max(part / 2, Self.smallestPart) }
    }
    progress.show(held, of: stamp.bytes)
    try hashes.take(source, upTo: stamp.bytes)
    guard try source.stamp() == stamp, let session else { throw changed }
    return try client.post(
      ControlPath.registry(registry, "models"), [],
      CreateModelRequest(fields: fields, upload: .init(session: session, digests: hashes.digests)))
  }

  private func send(
    _ bytes: [UInt8], at offset: Int64, of total: Int64, in session: UploadSession?
  ) throws(ControlError) -> UploadView {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return try client.post(
      ControlPath.registry(registry, "uploads"),
      [
        ("filename", name), ("offset", String(offset)), ("total", String(total)),
        ("session", session.map { JSONWriter.text($0.wire) }),
      ], bytes, contentType: "application/octet-stream"
    ).value()
  }

  private var changed: ControlError {
    ControlError(.failed, what, "the file changed while it was being sent", hint: "the same command again starts over")
  }

  /// The digests that registries ask for, taken in one pass, from the start, whatever was sent before.
  private struct Hashes {
    private var md5 = Insecure.MD5()
    private var sha256 = SHA256()

    private var offset: Int64 = 0

    mutating func take(_ source: TransferFile, upTo end: Int64) throws(ControlError) {
      while offset < end {
        let slice = try source.read(Int(min(1 << 20, end - offset)), at: offset)
        guard !slice.isEmpty else { return }
        md5.update(data: slice)
        sha256.update(data: slice)
        offset += Int64(slice.count)
      }
    }

    var digests: CreationDigests {
      CreationDigests(md5: Hex.text(md5.finalize()), sha256: Hex.text(sha256.finalize()))
    }
  }

  private struct SessionRequest: WireValue {
    var session: UploadSession
    init(session: UploadSession) { self.session = session }
    init(_ json: JSON) throws(ControlError) { session = try UploadSession(wire: json["session"] ?? .null) }
    var json: JSON { ["session": session.wire] }
  }
}
