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

  /// What is known of an upload on its way.
  private struct Course {
    var session: UploadSession?
    /// Bytes that the registry holds; `nil` = it has to be asked.
    var held: Int64?
    /// How much to send next.
    var part = ModelUpload.smallestPart
    var hashes = Hashes()
    var persistence = TransferRetry()
    /// The registry has nothing against such a model.
    var isWelcome = false

    mutating func begin() {
      session = nil
      held = 0
      isWelcome = false
    }
  }

  func run() throws(ControlError) -> ControlClient.Document {
    defer { progress.end() }
    let source = try TransferFile(file, O_RDONLY, what: what)
    let stamp = try source.stamp()
    guard stamp.bytes > 0 else { throw ControlError(.usage, what, "the file is empty") }
    let memory = UploadMemory(registry: registry, stamp: stamp)
    var course = Course(session: memory.session)
    if course.session == nil { course.begin() }
    var lost = 0
    if course.session != nil { note("resuming an earlier upload of \(Escape.line(file))") }
    while true {
      do throws(ControlError) {
        if course.session == nil, !course.isWelcome {
          _ = try client.post(ControlPath.registry(registry, "models"), [], CreateModelRequest(fields: fields))
          course.isWelcome = true
        }
        let model = try upload(source, stamp, &course, memory)
        memory.forget()
        return model
      } catch {
        if error.kind == .notFound, course.session != nil, lost < Self.mostLost {
          lost += 1
          note("\(Escape.line(error.why)); beginning again")
          course.begin()
          memory.forget()
        } else {
          // The same part once more, then what the registry holds is asked for: where every second call is refused,
          // asking before each would never get a part through.
          if course.session != nil, error.kind == .unreachable || !course.persistence.failures.isMultiple(of: 2) {
            course.held = nil
          }
          try course.persistence.pause(after: error)
        }
      }
    }
  }

  private func upload(
    _ source: TransferFile, _ stamp: TransferFile.Stamp, _ course: inout Course, _ memory: UploadMemory
  ) throws(ControlError) -> ControlClient.Document {
    var held: Int64
    if let known = course.held {
      held = known
    } else if let session = course.session {
      let state: UploadView = try client.post(
        ControlPath.registry(registry, "uploads", "held"), [], SessionRequest(session: session)
      ).value()
      held = state.held
      course.held = held
    } else {
      held = 0
    }
    while held < stamp.bytes {
      progress.show(held, of: stamp.bytes)
      let bytes = try source.read(Int(min(Int64(course.part), stamp.bytes - held)), at: held)
      guard !bytes.isEmpty else { throw changed }
      let begun = ContinuousClock.now
      let view = try send(bytes, at: held, of: stamp.bytes, in: course.session)
      guard view.held > held, view.held <= held + Int64(bytes.count) else {
        throw ControlError(.tryAgain, what, "the registry holds \(view.held) bytes of \(held + Int64(bytes.count))")
      }
      if view.session != course.session {
        course.session = view.session
        memory.remember(view.session)
      }
      held = view.held
      course.held = held
      course.persistence.progressed()
      try course.hashes.take(source, upTo: held)
      let took = begun.duration(to: .now)
      if took < .seconds(2) { course.part = min(course.part * 2, Self.largestPart) }
      if took > .seconds(20) { course.part = max(course.part / 2, Self.smallestPart) }
    }
    progress.show(held, of: stamp.bytes)
    try course.hashes.take(source, upTo: stamp.bytes)
    guard try source.stamp() == stamp, let session = course.session else { throw changed }
    return try client.post(
      ControlPath.registry(registry, "models"), [],
      CreateModelRequest(fields: fields, upload: .init(session: session, digests: course.hashes.digests)))
  }

  private func send(
    _ bytes: [UInt8], at offset: Int64, of total: Int64, in session: UploadSession?
  ) throws(ControlError) -> UploadView {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return try client.post(
      ControlPath.registry(registry, "uploads"),
      [
        ("filename", name), ("offset", String(offset)), ("total", String(total)),
        ("session", session?.wire.wireText),
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
