import Testing

/// The suites of real programs run one after the other: side by side they would only measure how slow the machine is.
@Suite(.serialized) enum CrashSuites {}
