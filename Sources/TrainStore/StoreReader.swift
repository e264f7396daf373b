internal import GRDB
internal import TrainCore

/// Reads on the pool's read-only connections, one after the other; never waits for the writer.
actor StoreReader {
  private let executor: any SerialExecutor
  private let pool: DatabasePool
  private let errors: StoreErrors

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(pool: DatabasePool, executor: any SerialExecutor) {
    self.pool = pool
    self.executor = executor
    errors = StoreErrors(path: pool.path, isOpen: true)
  }

  /// - Parameter doing: completes "could not ...".
  func read<Value: Sendable>(
    _ doing: String, _ work: @Sendable (Database) throws -> Value
  ) throws(Fault) -> Value {
    do { return try pool.read(work) } catch { throw errors.fault(error, doing: doing) }
  }

  func backup(to path: String, _ boundary: Boundary) throws(Fault) {
    try StoreBackup(pool: pool, boundary: boundary).write(to: path)
  }
}
