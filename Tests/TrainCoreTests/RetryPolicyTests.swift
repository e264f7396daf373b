import Testing
import TrainCore

@Suite struct RetryPolicyTests {
  let policy = RetryPolicy(attempts: 3, first: .seconds(5), most: .seconds(600))

  @Test func `the wait is the same after a restart`() {
    #expect(policy.delay(afterTry: 3, of: "a@1", attempt: 1) == policy.delay(afterTry: 3, of: "a@1", attempt: 1))
    #expect(policy.delay(afterTry: 3, of: "a@1", attempt: 1) != policy.delay(afterTry: 3, of: "b@1", attempt: 1))
  }

  @Test(arguments: [1, 2, 5, 20, 64, 1000]) func `the wait stays under its doubling ceiling`(tries: Int) {
    let ceiling = tries < 20 ? min(Duration.seconds(600), .seconds(5) * (1 << (tries - 1))) : .seconds(600)
    for job in 0..<200 {
      let delay = policy.delay(afterTry: tries, of: "job-\(job)", attempt: 1)
      #expect(delay > .zero && delay <= ceiling)
    }
  }

  @Test func `waits spread over the whole range`() {
    let delays = (0..<1000).map { policy.delay(afterTry: 1, of: "job-\($0)", attempt: 1) }
    let mean = delays.reduce(Duration.zero, +) / 1000
    #expect(mean > .milliseconds(2200) && mean < .milliseconds(2800))
  }

  @Test func `what the far side asked for is honoured and spread`() {
    let delays = Set((0..<50).map { policy.delay(afterTry: 1, of: "j\($0)", attempt: 1, atLeast: .seconds(30)) })
    #expect(delays.allSatisfy { $0 >= .seconds(30) && $0 < .seconds(34) })
    #expect(delays.count > 10)
  }
}
