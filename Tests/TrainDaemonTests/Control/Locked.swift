import Synchronization

/// Values that are taken one after the other, from anywhere.
final class Locked<Value: Sendable>: Sendable {
  private let values: Mutex<[Value]>

  init(_ values: [Value]) { self.values = Mutex(values) }

  func take() -> Value? { values.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
  func add(_ value: Value) { values.withLock { $0.append(value) } }
  var all: [Value] { values.withLock { $0 } }
}
