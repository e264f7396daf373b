/// The chunked protocol and the models of a Synapse backend, for one publication at a time.
struct SynapseSink {
  private var offsets: [String: Int] = [:]
  private var model: String?

  mutating func answer(_ request: SinkRequest) -> SinkAnswer? {
    switch (request.method, request.path) {
    case ("PUT", "/chunked_upload/"):
      let id = "upload-\(offsets.count + 1)"
      offsets[id] = request.end
      return upload(id, request.end, isComplete: false)
    case (let method, let path) where path.hasPrefix("/chunked_upload/"):
      let id = String(path.dropFirst("/chunked_upload/".count).prefix { $0 != "/" })
      guard var offset = offsets[id] else { return nil }
      if method == "PUT" {
        offset = request.end
        offsets[id] = offset
      }
      return upload(id, offset, isComplete: method == "POST")
    case ("GET", "/models/"): return SinkAnswer(#"{"count":0,"next":null,"previous":null,"results":[]}"#)
    case ("POST", "/models/"):
      let made = #"{"id":1,"# + request.body.dropFirst()
      model = made
      return SinkAnswer(made)
    case ("GET", "/models/1/"): return model.map { SinkAnswer($0) }
    default: return nil
    }
  }

  private func upload(_ id: String, _ offset: Int, isComplete: Bool) -> SinkAnswer {
    let completed = isComplete ? #""2026-01-01T00:00:00Z""# : "null"
    let status = isComplete ? 2 : 1
    return SinkAnswer(
      #"{"id":"\#(id)","url":"/chunked_upload/\#(id)/","offset":\#(offset),"status":\#(status),"#
        + #""completed_at":\#(completed)}"#)
  }
}
