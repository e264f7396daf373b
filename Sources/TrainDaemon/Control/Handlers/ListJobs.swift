internal import NIOCore
internal import TrainControl
internal import TrainCore

extension Route {
  static let listJobs = Route(get: "/v1/jobs", query: ["state", "spec", "all", "limit", "watch"]) {
    call, daemon throws(ControlError) in
    let jobs = try await daemon.list(
      ListRequest(
        state: try call.state(), spec: call.query["spec"], all: try call.flag("all"),
        limit: try call.number("limit", atLeast: 1).map { Int(clamping: $0) }, watching: try call.flag("watch")))
    return .stream(
      Response.Stream(contentType: "application/json") { write in
        try await JobListWriter.write(jobs, write)
      })
  }
}

/// Writes a list without holding its whole text.
private enum JobListWriter {
  static let chunk = 64 << 10

  static func write(_ jobs: [JobView], _ write: Response.Stream.Write) async throws {
    var buffer = ByteBuffer(string: "{\"jobs\":[")
    for (index, job) in jobs.enumerated() {
      if index > 0 { buffer.writeString(",") }
      buffer.writeBytes(job.json.wireBytes)
      if buffer.readableBytes >= chunk {
        try await write(buffer)
        buffer = ByteBuffer()
      }
    }
    buffer.writeString("],\"schema\":\(wireSchema.wireText)}\n")
    try await write(buffer)
  }
}
