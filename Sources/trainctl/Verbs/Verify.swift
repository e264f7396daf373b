internal import ArgumentParser
internal import TrainControl
internal import TrainCore
internal import TrainSigning

struct Verify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check files against the signature that was published with them.",
    discussion: """
      A PATH is a file, or a directory that must hold every file that was signed. The signature is a DSSE envelope, or a
      manifest that contains one: given by --signature, else the manifest beside the files. Needs no daemon.
      """)

  /// What traind calls the file beside a version's own files.
  private static let manifests = ["manifest.json", "traind-manifest.json"]
  /// Bytes of a manifest or an envelope.
  private static let largest = 64 << 20

  @Argument(help: ArgumentHelp("Files, or a version's directory.", valueName: "path")) var paths: [String]
  @Option(help: ArgumentHelp("The public key, PEM.", valueName: "file")) var key: String
  @Option(help: ArgumentHelp("The envelope, or a manifest with one.", valueName: "file")) var signature: String?
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let what = "verify \(paths.joined(separator: " "))"
    let pem = String(decoding: try InputFile.read(key, what: "verify: read \(key)"), as: UTF8.self)
    let document = try envelope(what)
    do throws(Fault) {
      let envelope = try Envelope(document)
      let verifying = try VerifyingKey(pem: pem, named: key)
      try envelope.verify(by: verifying)
      let statement = try Statement(try signed(envelope))
      var matches: [SignedFiles.Match] = []
      for path in paths { matches += try SignedFiles(statement).check(path) }
      report(matches, statement, verifying, session)
    } catch {
      throw ControlError(error, what: what)
    }
    return 0
  }

  private func signed(_ envelope: Envelope) throws(Fault) -> JSON {
    do throws(ControlError) { return try JSON.parse(envelope.payload, what: "the signed statement") } catch {
      throw .permanent(.rejected, error.why)
    }
  }

  /// The envelope, out of a manifest where it is in one.
  private func envelope(_ what: String) throws(ControlError) -> JSON {
    guard let path = signature ?? paths.lazy.flatMap(Self.candidates).first(where: InputFile.isReadable) else {
      throw ControlError(
        .notFound, what, "there is no manifest beside it", hint: "name the envelope: --signature FILE")
    }
    let json = try JSON.parse(
      try InputFile.read(path, what: "verify: read \(path)", largest: Self.largest), what: path)
    if let inner = json["signature"], inner.object != nil { return inner }
    // An OCI manifest has it as a label.
    if let label = json["annotations"]?["traind.signature"]?.string {
      return try JSON.parse(Array(label.utf8), what: "the signature in \(path)")
    }
    guard json["payload"] != nil else {
      throw ControlError(.failed, what, "\(path) carries no signature", hint: "was the job's spec given a `sign:` key?")
    }
    return json
  }

  private static func candidates(_ path: String) -> [String] {
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return manifests.map { "\(path)/\($0)" } + manifests.map { "\(above)/\($0)" }
  }

  private func report(
    _ matches: [SignedFiles.Match], _ statement: Statement, _ key: VerifyingKey, _ session: Session
  ) {
    switch session.format {
    case .table:
      for match in matches { session.console.line(Escape.line("ok  \(match.path)  sha256:\(match.subject.sha256)")) }
      session.console.line(
        Escape.line("signed by \(key.keyID) as what \(statement.job ?? "an unknown job") produced"))
    case .json, .jsonl:
      let files = matches.map { match -> JSON in
        [
          "path": .string(match.path), "name": .string(match.subject.name),
          "digest": .string("sha256:\(match.subject.sha256)"),
        ]
      }
      let report: JSON = [
        "schema": wireSchema, "ok": .bool(true), "key": .string(key.keyID), "statement": statement.json,
        "files": .array(files),
      ]
      session.console.json(report)
    }
  }
}
