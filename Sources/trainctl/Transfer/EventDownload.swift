internal import Dispatch
internal import Glibc
internal import Synchronization
internal import TrainControl
internal import TrainCore

/// Fetches the files that events name, several at once, and puts their paths in place of the URLs.
final class EventDownload {
  /// Fetched at once.
  private static let width = 8

  private let client: ControlClient
  private let route: String
  private let directory: String
  /// Files that were wanted so far.
  private(set) var count = 0
  private var events = 0
  /// Places that were given to a file.
  private var taken: Set<[UInt8]> = []
  /// Why files could not be had, a line each; only the first few.
  private(set) var failures: [String] = []

  init(session: Session, registry: String, directory: String) throws(ControlError) {
    client = session.patientClient
    route = ControlPath.registry(registry, "ground-truth", "file")
    self.directory = directory
    try Self.make(directory)
  }

  private struct Job: Sendable {
    var event: Int
    var file: CatalogFileView
    var target: String
  }

  /// The events, changed; a file that can't be had leaves its URL.
  func fetch(_ page: [CatalogStream.Entry]) -> [JSON] {
    var objects = page.map(\.object)
    var jobs: [Job] = []
    for (index, entry) in page.enumerated() {
      let folder = "\(directory)/\(Self.folder(of: entry.object, at: events + index))"
      for file in entry.files {
        jobs.append(Job(event: index, file: file, target: "\(folder)/\(FileName.escaped(file.file.name))"))
      }
    }
    let refusals = jobs.map { taken.insert(Array($0.target.utf8)).inserted ? nil : Self.takenTwice($0.target) }
    let fetched = run(zip(jobs, refusals).filter { $0.1 == nil }.map(\.0))
    var rest = fetched.makeIterator()
    for (job, refusal) in zip(jobs, refusals) {
      if let failure = refusal ?? rest.next().flatMap({ $0 }) {
        failures.append("\(job.target): \(failure.why)")
      } else {
        objects[job.event] = objects[job.event].putting(path: job.target, at: job.file.file.place[...])
      }
    }
    count += jobs.count
    events += page.count
    return objects
  }

  /// For each job, why it failed.
  private func run(_ jobs: [Job]) -> [ControlError?] {
    let next = Mutex(0)
    let results = Mutex([ControlError?](repeating: nil, count: jobs.count))
    let group = DispatchGroup()
    for worker in 0..<min(Self.width, jobs.count) {
      // A serial queue of its own gets a thread at once, however many are blocked.
      DispatchQueue(label: "download.\(worker)").async(group: group) { [client, route] in
        while true {
          let index = next.withLock { next in
            next += 1
            return next - 1
          }
          guard index < jobs.count else { return }
          let job = jobs[index]
          do throws(ControlError) {
            try Self.make(String(job.target[..<(job.target.lastIndex(of: "/") ?? job.target.startIndex)]))
            _ = try FileDownload(
              client: client, path: route, query: [("url", job.file.file.url), ("ticket", job.file.ticket)],
              target: job.target, progress: nil
            ).run()
          } catch {
            results.withLock { $0[index] = error }
          }
        }
      }
    }
    group.wait()
    return results.withLock { $0 }
  }

  private static func make(_ directory: String) throws(ControlError) {
    guard mkdir(directory, 0o777) == 0 || errno == EEXIST else {
      throw TransferFile.failed("make the directory \(directory)")
    }
  }

  private static func takenTwice(_ target: String) -> ControlError {
    ControlError(
      .conflict, "download to \(target)", "another file of this list has that place",
      hint: "the registry names two events, or two files of an event, alike; list them one by one with filters")
  }

  /// The event's id where it has one that can name a directory.
  private static func folder(of event: JSON, at index: Int) -> String {
    FileName.escaped(event["id"]?.int.map(String.init) ?? event["id"]?.string ?? "event-\(index + 1)")
  }
}

extension JSON {
  /// With a path in place of the URL that is at `place`, or of an object's member `url` there.
  fileprivate func putting(path: String, at place: ArraySlice<String>) -> JSON {
    guard let name = place.first else {
      guard case .object(var members) = self else { return .string(path) }
      members["url"] = nil
      members["path"] = .string(path)
      return .object(members)
    }
    switch self {
    case .object(var members):
      members[name] = members[name]?.putting(path: path, at: place.dropFirst())
      return .object(members)
    case .array(var values):
      guard let index = Int(name), values.indices.contains(index) else { return self }
      values[index] = values[index].putting(path: path, at: place.dropFirst())
      return .array(values)
    case .null, .bool, .int, .double, .string: return self
    }
  }
}
