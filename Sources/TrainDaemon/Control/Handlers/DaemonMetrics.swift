internal import TrainControl
internal import TrainCore

extension Route {
  /// Where Prometheus looks for it.
  static let metrics = Route(get: "/metrics") { _, daemon throws(ControlError) in
    .text(try await daemon.metrics(), contentType: "text/plain; version=0.0.4; charset=utf-8")
  }
}
