import TrainCore
import TrainTestKit

/// A job with every optional part of its machine in use, and a publication in every state.
enum RichJob {
  static let fault = Fault(
    .throttled, "could not ask", hint: "wait", disposition: .transient(after: .seconds(7)), effect: .unknown)
  static let retry = CallRetry(tries: 3, until: StoreSamples.time(77), fault: fault)
  static let artifact = Artifact(
    files: [
      Artifact.File(
        path: "model.bin", bytes: 1 << 40,
        digests: FileDigests(sha256: "aa", md5: "bb", crc32c: .max, crc32: 7))
    ], sha256OfManifest: { $0 })
  static let progress = Observation(
    .failed(message: "out of memory"), hasRun: true, progress: 0.25, metrics: ["loss": 2, "accuracy": 0.5],
    status: "epoch 1/4")
  static let parts = [
    PartReceipt(number: 0, offset: 0, length: 16 << 20, token: "\"etag-0\""),
    PartReceipt(number: 1, offset: 16 << 20, length: 5),
  ]
  static let registries = ["waiting", "uploading", "committing", "committed", "failed"]

  static var record: JobRecord {
    var record = StoreSamples.record("rich", registries: registries)
    record.origin = .specDirectory
    return record
  }

  static var publications: [PublicationMachine] {
    registries.map { registry in
      var publication = PublicationMachine(registry: registry)
      for event in events(registry) {
        publication.handle(event, at: StoreSamples.time(50), retry: .init(), of: record.id)
      }
      return publication
    }
  }

  private static func events(_ registry: String) -> [PublicationMachine.Event] {
    let session = UploadSession(version: 2, state: ["upload": "u-1", "at": 5])
    let upload: [PublicationMachine.Event] = [
      .opened(session, total: 100), .advanced(session, sent: 40, receipt: nil), .sealed(session),
    ]
    return switch registry {
    case "uploading": Array(upload.prefix(2))
    case "committing": upload + [.commitAsked, .callFailed(fault)]
    case "committed": [.committed(RemoteVersion(id: "v-1", url: "https://registry.test/v-1"), bytes: 100)]
    case "failed": [.refused(fault)]
    default: []
    }
  }

  static func change(_ record: JobRecord) throws -> JobChange {
    var change = try StoreSamples.change(record, to: .publishing(StoreSamples.run), at: 93)
    change.record.machine = try StoreSamples.machine(
      change.record.machine.withPublications(publications),
      [
        "hold": Hold(reason: .heldByUser, message: "not now"), "call": retry, "attemptsForgiven": 2, "attempt": 4,
        "lastRun": StoreSamples.run, "progress": progress, "artifact": artifact, "inSpool": true, "trained": true,
        "logsOwed": [Owed(run: StoreSamples.run, call: retry)],
      ])
    change.transitions[0].detail = ["bytes_sent": 40, "share": 0.5, "list": [1, nil, "x"]]
    change.receipts = ["uploading": parts]
    return change
  }

  private struct Owed: Encodable {
    var run: Run
    var call: CallRetry
  }
}
