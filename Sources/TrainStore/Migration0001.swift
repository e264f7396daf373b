internal import GRDB

/// Jobs, publications, receipts, events, tombstones. Times are milliseconds since 1970, JSON has sorted keys.
enum Migration0001 {
  @Sendable static func run(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE meta (
          key TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO meta (key, value) VALUES ('created-by', 'traind 0.1');

        -- number: order of acceptance; AUTOINCREMENT, so that no pruned job's number comes again.
        -- record: spec and origin. machine: the job machine without its publications, which have rows of their own.
        -- owes: not terminal, or with logs still to be copied.
        CREATE TABLE job (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          spec TEXT NOT NULL,
          version TEXT NOT NULL,
          provider TEXT NOT NULL,
          state TEXT NOT NULL,
          identity TEXT NOT NULL,
          created INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          finished INTEGER,
          owes INTEGER NOT NULL,
          record TEXT NOT NULL,
          machine TEXT NOT NULL
        ) STRICT;
        CREATE INDEX job_state ON job (state);
        CREATE INDEX job_owes ON job (number) WHERE owes = 1;
        CREATE INDEX job_changed ON job (changed);
        CREATE INDEX job_spec ON job (spec);

        CREATE TABLE publication (
          job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
          registry TEXT NOT NULL,
          position INTEGER NOT NULL,
          state TEXT NOT NULL,
          bytes_sent INTEGER NOT NULL,
          remote_id TEXT,
          url TEXT,
          machine TEXT NOT NULL,
          PRIMARY KEY (job, registry)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE receipt (
          job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
          registry TEXT NOT NULL,
          number INTEGER NOT NULL,
          "offset" INTEGER NOT NULL,
          length INTEGER NOT NULL,
          token TEXT NOT NULL,
          PRIMARY KEY (job, registry, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE event (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
          time INTEGER NOT NULL,
          from_state TEXT NOT NULL,
          to_state TEXT NOT NULL,
          reason TEXT,
          attempt INTEGER NOT NULL,
          actor_uid INTEGER,
          actor_user TEXT,
          message TEXT,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_job ON event (job);

        CREATE TABLE tombstone (
          id TEXT NOT NULL PRIMARY KEY,
          spec TEXT NOT NULL,
          version TEXT NOT NULL,
          identity TEXT NOT NULL,
          state TEXT NOT NULL,
          pruned INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
  }
}
