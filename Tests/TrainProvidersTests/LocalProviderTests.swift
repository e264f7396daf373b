import Foundation
import Glibc
import Testing
import TrainCore
import TrainProviders

@Suite struct LocalProviderTests {
  @Test func `a job is submitted, observed, fetched, read and released`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let submission = bench.submission(
        """
        echo started; echo "$TRAIND_JOB $TRAIND_ATTEMPT $TRAIND_MODEL_NAME $TRAIND_MODEL_VERSION" > $TRAIND_OUTPUT/facts
        mkdir $TRAIND_OUTPUT/d; head -c 2500000 /dev/urandom | tee $TRAIND_OUTPUT/d/weights > copy; printf 'the end'
        """, version: "1.0+b", attempt: 2)
      #expect(try await bench.provider.find([submission]) == [.absent])
      let handle = try await bench.provider.submit(submission)
      #expect(handle.reference == "hat@1.0+b.2")
      #expect(try await bench.provider.submit(submission) == handle)
      #expect(try await bench.provider.find([submission]) == [.ours(handle)])
      #expect(try await bench.observe(handle) == Observation(.succeeded, hasRun: true))

      // Breaks in the middle of a file, and goes on from there.
      let broken = HeldFiles(breaksAt: 1 << 20)
      await #expect(throws: Fault.self) { try await bench.provider.fetch(handle, into: broken) }
      #expect(broken.held["d/weights"]?.bytes.count == 1 << 20)
      let sink = HeldFiles(files: broken.held)
      try await bench.provider.fetch(handle, into: sink)
      #expect(sink.held.keys.sorted() == ["d/weights", "facts"])
      #expect(sink.held.values.allSatisfy { $0.isFinished })
      let copy = try Data(contentsOf: URL(fileURLWithPath: bench.directory + "/runner/hat@1.0+b.2/work/copy"))
      #expect(sink.held["d/weights"].map { Data($0.bytes) } == copy)
      // The version that will be published, not the attempt's.
      #expect(sink.held["facts"].map { String(decoding: $0.bytes, as: UTF8.self) } == "hat@1.0+b 2 hat 1.0+b\n")

      let page = try await bench.provider.logs(handle, after: nil)
      #expect(page == LogPage(text: "started\n", next: "8", hasMore: true))
      let rest = try await bench.provider.logs(handle, after: page.next)
      #expect(rest == LogPage(text: "the end\n", next: "15", hasMore: false))
      #expect(try await bench.provider.logs(handle, after: rest.next).text.isEmpty)

      try await bench.provider.release(handle)
      try await bench.provider.release(handle)
      let gone = await #expect(throws: Fault.self) { try await bench.provider.logs(handle, after: nil) }
      #expect(gone?.code == .notFound && gone?.isPermanent == true)
    }
  }

  @Test func `a failure comes with its status and its last lines`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let handle = try await bench.provider.submit(bench.submission("seq 100; echo out of memory >&2; exit 3"))
      guard case .failed(let message) = try await bench.observe(handle).phase else {
        throw LocalBench.Unmet(what: "failed")
      }
      #expect(message.hasPrefix("the command ended with status 3; its last lines:\n"))
      #expect(message.hasSuffix("\n99\n100\nout of memory"))
      let killed = try await bench.provider.submit(bench.submission("kill -SEGV $$", version: "2"))
      #expect(
        try await bench.observe(killed).phase
          == .failed(message: "the command was killed by signal 11 (SEGV); it wrote nothing"))
      var bad = bench.submission("", version: "3")
      bad.train = ["command": ["no-such-program"]]
      let missing = try await bench.observe(bench.provider.submit(bad))
      #expect(!missing.hasRun)
      guard case .failed(let why) = missing.phase else { throw LocalBench.Unmet(what: "failed") }
      #expect(why.contains("no-such-program") && why.contains("PATH"))
    }
  }

  @Test func `a cancel ends a job, and a forced one ends it at once`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let handle = try await bench.provider.submit(
        bench.submission("trap 'echo no' TERM; echo up; while :; do sleep 0.05; done"))
      _ = try await bench.observe(handle) { $0.phase == .running }
      for pause in LocalBench.pauses() {
        if try await bench.provider.logs(handle, after: nil).text == "up\n" { break }
        try await Task.sleep(for: pause)
      }
      try await bench.provider.cancel(handle, force: false)
      #expect(try await bench.provider.observe([handle])[0]?.phase == .stopping)
      try await bench.provider.cancel(handle, force: true)
      #expect(try await bench.observe(handle).phase == .cancelled)
      try await bench.provider.cancel(handle, force: true)
      #expect(try await bench.observe(handle).phase == .cancelled)
    }
  }

  @Test func `what ended before its cancel keeps its end`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let handle = try await bench.provider.submit(bench.submission("echo x > $TRAIND_OUTPUT/x"))
      _ = try await bench.observe(handle)
      try await bench.provider.cancel(handle, force: false)
      #expect(try await bench.observe(handle).phase == .succeeded)
    }
  }

  @Test func `what is under our key is ours only if it matches and is not older`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let first = bench.submission("true")
      let handle = try await bench.provider.submit(first)
      var other = first
      other.identity = "another"
      var later = first
      later.intended = bench.time.now + .seconds(100)
      var slightlyLater = first
      slightlyLater.intended = bench.time.now + .seconds(30)
      let found = try await bench.provider.find([first, other, later, slightlyLater, bench.submission("x", attempt: 2)])
      #expect(found[0] == .ours(handle))
      guard case .foreign(handle, let why) = found[1] else { throw LocalBench.Unmet(what: "foreign") }
      #expect(why.contains("identity"))
      guard case .foreign(handle, let old) = found[2] else { throw LocalBench.Unmet(what: "foreign") }
      #expect(old.contains("before"))
      #expect(found[3] == .ours(handle))
      #expect(found[4] == .absent)
      let conflict = await #expect(throws: Fault.self) { try await bench.provider.submit(other) }
      #expect(conflict?.code == .alreadyExists && conflict?.isPermanent == true)

      _ = try await bench.observe(handle)
      try await bench.provider.release(handle)
      // Of the same intent: it must not be trained again. Of a later one: the key is free.
      #expect(try await bench.provider.find([first, later]) == [.ours(handle), .absent])
    }
  }

  @Test func `an artifact that is no artifact is refused for good`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let empty = try await bench.provider.submit(bench.submission("mkdir $TRAIND_OUTPUT/d"))
      let link = try await bench.provider.submit(bench.submission("ln -s /etc/passwd $TRAIND_OUTPUT/x", version: "2"))
      for handle in [empty, link] { #expect(try await bench.observe(handle).phase == .succeeded) }
      let nothing = await #expect(throws: Fault.self) { try await bench.provider.fetch(empty, into: HeldFiles()) }
      #expect(nothing?.code == .notFound && nothing?.isPermanent == true)
      #expect(nothing?.message.contains("wrote nothing into $TRAIND_OUTPUT") == true)
      let refused = await #expect(throws: Fault.self) { try await bench.provider.fetch(link, into: HeldFiles()) }
      #expect(refused?.isPermanent == true && refused?.message.contains("x in $TRAIND_OUTPUT") == true)
    }
  }

  @Test func `a job that the runner does not know is lost only after a grace`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let handle = try await bench.provider.submit(bench.submission("true"))
      _ = try await bench.observe(handle)
      try FileManager.default.removeItem(atPath: bench.directory + "/runner/hat@1.0.1")
      #expect(try await bench.provider.observe([handle])[0] == nil)
      bench.time.advance(by: .seconds(59))
      #expect(try await bench.provider.observe([handle])[0] == nil)
      bench.time.advance(by: .seconds(1))
      guard case .lost = try await bench.provider.observe([handle])[0]?.phase else {
        throw LocalBench.Unmet(what: "lost")
      }
      try await bench.provider.cancel(handle, force: true)
    }
  }

  @Test func `a runner that can't be reached is no statement about jobs`() async throws {
    let bench = try LocalBench()
    let provider = LocalProvider(runner: RunnerAccess(socket: bench.directory + "/nobody"), time: bench.time)
    let refused = await #expect(throws: Fault.self) { try await provider.submit(bench.submission("true")) }
    #expect(refused?.code == .unavailable && refused?.effect == Fault.Effect.none && refused?.isPermanent == false)
    await #expect(throws: Fault.self) { try await provider.observe([ProviderHandle(reference: "hat@1.0.1")]) }
    await #expect(throws: Fault.self) { try await provider.find([bench.submission("true")]) }
  }

  @Test func `many jobs are asked about together`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let submissions = (0..<1201).map { bench.submission("true", version: "\($0)") }
      let handle = try await bench.provider.submit(submissions[1200])
      let found = try await bench.provider.find(submissions)
      #expect(found.prefix(1200).allSatisfy { $0 == .absent } && found[1200] == .ours(handle))
      let handles = submissions.map { ProviderHandle(reference: "hat@\($0.job.description.dropFirst(4)).1") }
      let observed = try await bench.provider.observe(handles)
      #expect(observed.count == 1201 && observed.prefix(1200).allSatisfy { $0 == nil } && observed[1200] != nil)
    }
  }

  @Test func `the runner's own view lists every job`() async throws {
    let bench = try LocalBench()
    try await bench.serving {
      let platform = try #require(bench.provider.platform)
      for version in ["1", "2", "3"] {
        _ = try await bench.provider.submit(bench.submission("exec sleep 1000", version: version))
      }
      #expect(
        try await platform.list(status: nil).compactMap { $0["id"]?.string } == ["hat@1.1", "hat@2.1", "hat@3.1"])
      for version in ["1", "2", "3"] { try await platform.cancel("hat@\(version).1") }
      for version in ["1", "2", "3"] { _ = try await bench.observe(ProviderHandle(reference: "hat@\(version).1")) }
      #expect(try await platform.list(status: "running").isEmpty)
      #expect(try await platform.show("hat@2.1")["stopped"] == true)
      await #expect(throws: Fault.self) { try await platform.show("nobody") }
    }
  }
}
