import Testing
import TrainCore
import TrainStore
import TrainTestKit

@Suite struct ConformanceTests {
  @Test(arguments: JobStoreCheck.all) func `the memory store keeps the promise that`(check: JobStoreCheck) async throws
  {
    try await check.run(on: MemoryStore())
  }

  @Test(arguments: JobStoreCheck.all) func `the SQLite store keeps the promise that`(check: JobStoreCheck) async throws
  {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.open(at: directory.file("store.db"), reserve: 0)
    try await check.run(on: store)
    try await store.close()
  }
}
