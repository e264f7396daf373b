internal import NIOHTTP1

/// `Retry-After` (RFC 9110, 10.2.3): seconds or a date. At most one hour is believed.
enum RetryAfter {
  static let most = Duration.seconds(3600)

  /// A date is taken relative to the answer's own `Date`, so that no clock of ours matters; without one it is ignored.
  static func of(_ headers: HTTPHeaders) -> Duration? {
    guard let text = headers.first(name: "retry-after")?.trimmed else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      return min(.seconds(Int64(text) ?? 3600), most)
    }
    guard let then = HTTPDate.seconds(text), let now = headers.first(name: "date").flatMap(HTTPDate.seconds) else {
      return nil
    }
    return min(max(.seconds(then - now), .zero), most)
  }
}

extension StringProtocol {
  var trimmed: String {
    let space: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: space).reversed().drop(while: space).reversed())
  }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Seconds since 1970; `nil` for any other form.
  static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]), (1970...9999).contains(year)
    else { return nil }
    let time = words[4].split(separator: ":").compactMap { Int64($0) }
    guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]) else {
      return nil
    }
    // Days from the civil calendar, years beginning in March.
    let shifted = month < 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
  }
}
