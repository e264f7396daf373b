internal import SwiftProtobuf
internal import TrainCore
internal import ViamAPI

extension FakeViam {
  /// What becomes of a model's training.
  public struct Course: Sendable {
    /// From its submission.
    public var ends: Duration
    public var archive: [UInt8]

    public init(ends: Duration, archive: [UInt8]) {
      self.ends = ends
      self.archive = archive
    }
  }

  /// Jobs go their way by themselves while `work` runs.
  /// - Parameter course: by the model's name; `nil` = it trains until it is stopped.
  public func turning<Answer: Sendable>(
    _ course: @escaping @Sendable (_ model: String) -> Course?,
    while work: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask { [self] in
        while !Task.isCancelled {
          turn(course)
          try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
      }
      group.addTask { try await work() }
      defer { group.cancelAll() }
      while let ended = try await group.next() {
        if let answer = ended { return answer }
      }
      throw CancellationError()
    }
  }

  private func turn(_ course: (String) -> Course?) {
    let now = time.now.milliseconds
    for job in jobs {
      switch job.status {
      case .pending:
        log(job.id, ["training \(job.modelName)"])
        move(job.id, to: .inProgress)
      case .inProgress:
        let began = job.createdOn.seconds * 1000 + Int64(job.createdOn.nanos) / 1_000_000
        guard let course = course(job.modelName), .milliseconds(now - began) >= course.ends else { continue }
        move(job.id, to: .completed, archive: course.archive)
      case .canceling: move(job.id, to: .canceled)
      default: break
      }
    }
  }

  /// Trainings of that model that were submitted.
  public func submissions(of model: String) -> Int { jobs.count { $0.modelName == model } }
}
