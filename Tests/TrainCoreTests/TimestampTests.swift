import Testing
import TrainCore

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_227_180_000, "2026-11-21T02:13:00Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"),
      (-1000, "1969-12-31T23:59:59Z"), (4_107_542_399_000, "2100-02-28T23:59:59Z"),
      (253_402_300_799_000, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func `a time is written in UTC and read back`(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
  }

  @Test func `milliseconds are dropped, also before 1970`() {
    #expect(Timestamp(milliseconds: 1999).iso8601 == "1970-01-01T00:00:01Z")
    #expect(Timestamp(milliseconds: -1).iso8601 == "1969-12-31T23:59:59Z")
  }

  @Test func `a fraction is read`() {
    #expect(Timestamp(iso8601: "1970-01-01T00:00:01.5Z")?.milliseconds == 1500)
    #expect(Timestamp(iso8601: "1970-01-01T00:00:01.123456Z")?.milliseconds == 1123)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T02:13:00", "2026-13-21T02:13:00Z", "2026-11-21 02:13:00Z", "x026-11-21T02:13:00Z",
  ])
  func `what is no time is refused`(text: String) { #expect(Timestamp(iso8601: text) == nil) }

  @Test func `the ends of time do not trap`() {
    #expect(!Timestamp(milliseconds: .max).iso8601.isEmpty)
    #expect(!Timestamp(milliseconds: .min).iso8601.isEmpty)
  }
}
