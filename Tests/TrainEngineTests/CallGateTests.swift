import Testing
import TrainCore
import TrainTestKit

@testable import TrainEngine

@Suite struct CallGateTests {
  @Test func `an outage is told once, and so is its end; a single failed call is none`() async throws {
    let time = InstantTime()
    let (told, tell) = AsyncStream.makeStream(of: Bool.self)
    let gate = CallGate(
      name: "far", policy: RetryPolicy(), time: time, boundary: Boundary(), report: { tell.yield($0 != nil) })
    func call(_ fault: Fault?) async throws {
      try? await gate.call(.providerFind) { () async throws(Fault) in if let fault { throw fault } }
      // Past whatever the breaker waits for.
      try await time.sleep(until: time.monotonic + .seconds(120))
    }
    let down = Fault.transient(.unavailable, "down")
    try await call(down)
    try await call(nil)
    for _ in 1...10 { try await call(down) }
    try await call(nil)
    try await call(nil)
    tell.finish()
    #expect(await told.reduce(into: []) { $0.append($1) } == [true, false])
  }
}
