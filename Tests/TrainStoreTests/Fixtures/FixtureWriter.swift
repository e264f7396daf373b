import Foundation
import GRDB
import TrainCore
import TrainTestKit

@testable import TrainStore

/// Makes the text of a fixture: a store of this release that has one of everything in it, as SQL.
///
/// A fixture is frozen with its release and never written again; the next release adds its own beside it.
enum FixtureWriter {
  /// - Parameter release: as `01` of 0.1.
  static func source(release: String) async throws -> String {
    """
    /// Written by `FixtureWriter`. Frozen with its release: a test that no longer agrees with it has found a store that
    /// can't be opened any more.
    enum Release\(release) {
      static let sql = ###\"\"\"
    \(try await sql().split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        \"\"\"###
    }

    """
  }

  private static func sql() async throws -> String {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.open(at: directory.file("store.db"), reserve: 0)
    for (name, state) in try StoreSamples.states {
      let record = try await store.create([StoreSamples.new(StoreSamples.record(name))])[0]
      _ = try await store.commit(StoreSamples.change(record, to: state, at: 90, detail: ["remote_id": "remote-7"]))
    }
    let gone = try await store.create([StoreSamples.new(StoreSamples.record("gone"))])[0]
    _ = try await store.commit(StoreSamples.change(gone, to: .failed(.lost, message: "it is gone"), at: 91))
    try await store.prune([gone.id], at: StoreSamples.time(92))
    let rich = try await store.create([StoreSamples.new(RichJob.record)])[0]
    _ = try await store.commit(RichJob.change(rich))
    try await store.close()
    return try dump(directory.file("store.db"))
  }

  private static func dump(_ path: String) throws -> String {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in
      var lines = try ["application_id", "user_version"].map { name in
        "PRAGMA \(name) = \(try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0);"
      }
      let isOurs = "name NOT LIKE 'sqlite_%'"
      lines += try String.fetchAll(db, sql: "SELECT sql || ';' FROM sqlite_master WHERE \(isOurs) ORDER BY rowid")
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND \(isOurs) ORDER BY rowid")
      for table in tables + ["sqlite_sequence"] {
        if table == "sqlite_sequence" { lines.append("DELETE FROM sqlite_sequence;") }
        let columns = try db.columns(in: table).map { "\"\($0.name)\"" }
        let values = columns.map { "quote(\($0))" }.joined(separator: " || ',' || ")
        lines += try String.fetchAll(
          db, sql: "SELECT 'INSERT INTO \(table) VALUES (' || \(values) || ');' FROM \(table) ORDER BY 1")
      }
      return lines.joined(separator: "\n")
    }
  }
}
