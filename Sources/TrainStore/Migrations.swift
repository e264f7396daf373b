internal import GRDB

/// The store's history. Append only: a migration that was released never changes, and its number never comes again.
enum Migrations {
  /// `trnd`: says that an SQLite file is ours.
  static let applicationID: Int32 = 0x7472_6E64

  private struct Step {
    var name: String
    var change: @Sendable (Database) throws -> Void
  }

  private static let steps = [Step(name: "0001-jobs", change: Migration0001.run)]

  /// How far this release knows: `user_version` of a store that it has opened.
  static var version: Int { steps.count }
  static var newest: String { steps.last?.name ?? "none" }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, step) in steps.enumerated() {
      migrator.registerMigration(step.name) { db in
        try step.change(db)
        // A pragma takes no parameters. Both live in the file's header and are part of the transaction.
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(index + 1)")
      }
    }
    return migrator
  }
}
