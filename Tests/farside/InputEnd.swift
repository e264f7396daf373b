internal import Dispatch
internal import Glibc

enum InputEnd {
  /// Returns when nobody holds the other end of the standard input any more.
  static func wait() async {
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "traind.farside.input").async {
        var byte: UInt8 = 0
        while read(0, &byte, 1) > 0 {}
        continuation.resume()
      }
    }
  }
}
