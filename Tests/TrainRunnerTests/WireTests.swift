import Testing
import TrainCore

@testable import TrainRunner

@Suite struct WireTests {
  @Test func `messages keep their form`() throws {
    let text = { (call: RunnerCall) in String(decoding: try JSONLine.encode(RunnerMessage(call: call)), as: UTF8.self) }
    #expect(
      try text(.stop(key: "a@1.1", force: true)) == #"{"call":{"stop":{"force":true,"key":"a@1.1"}},"version":1}"#
        + "\n")
    #expect(try text(.status(keys: ["a"])) == #"{"call":{"status":{"keys":["a"]}},"version":1}"# + "\n")
    #expect(try text(.list(after: nil, limit: 3)) == #"{"call":{"list":{"limit":3}},"version":1}"# + "\n")
  }

  @Test func `keys are injective and fit a file name`() {
    #expect(JobRequest.keyText("hat-2@1.4.0+x") == "hat-2@1.4.0+x")
    #expect(JobRequest.keyText("a/b") == "a%2Fb")
    #expect(JobRequest.keyText("a%2Fb") == "a%252Fb")
    #expect(JobRequest.keyText(".hidden") == "%2Ehidden")
    #expect(JobRequest.keyText("ü") == "%C3%BC")
    #expect(JobRequest.isKey("a%2Fb.1") && !JobRequest.isKey("a/b") && !JobRequest.isKey(".."))
  }

  @Test func `a notification is bounded in every direction`() {
    var record = ProgressRecord()
    for number in 0..<100 { _ = NotifyMessage.apply("X_TRAIND_METRIC=m\(number)=1".utf8, to: &record) }
    #expect(record.metrics.count == NotifyMessage.mostMetrics)
    #expect(NotifyMessage.apply("X_TRAIND_METRIC=m1=2".utf8, to: &record))
    #expect(!NotifyMessage.apply("X_TRAIND_METRIC=m1=2".utf8, to: &record))
    let long = String(repeating: "ö", count: 4000)
    _ = NotifyMessage.apply(
      "STATUS=\(long)\nX_TRAIND_METRIC=\(long)=1\nX_TRAIND_METRIC==1\nX_TRAIND_METRIC=x=inf".utf8, to: &record)
    #expect(record.status?.utf8.count == NotifyMessage.longestStatus)
    #expect(record.metrics.count == NotifyMessage.mostMetrics)
    _ = NotifyMessage.apply("STATUS=\u{1b}[31mred\u{7f}\r".utf8, to: &record)
    #expect(record.status == " [31mred ")
    _ = NotifyMessage.apply("STATUS=".utf8, to: &record)
    #expect(record.status == nil)
    _ = NotifyMessage.apply("X_TRAIND_METRIC=a=b=0.5\nX_TRAIND_PROGRESS=-1".utf8, to: &record)
    #expect(record.metrics["a=b"] == nil && record.progress == 0)
  }
}
