public import TrainCore

/// Paths of the control socket's routes.
public enum ControlPath {
  public static let jobs = "/v1/jobs"
  public static let events = "/v1/events"

  /// - Parameter verb: `cancel`, `why`, ...; `nil` = the job itself.
  public static func job(_ job: JobID, _ verb: String? = nil) -> String {
    "/v1/jobs/\(job.description.percentEncoded())" + (verb.map { "/\($0)" } ?? "")
  }

  /// - Parameter id: the platform's own.
  public static func platform(_ provider: String, _ id: String? = nil, _ verb: String? = nil) -> String {
    "/v1/providers/\(provider.percentEncoded())/jobs" + (id.map { "/\($0.percentEncoded())" } ?? "")
      + (verb.map { "/\($0)" } ?? "")
  }

  /// - Parameter parts: `models`, its id, ...; as they are, not encoded.
  public static func registry(_ registry: String, _ parts: String...) -> String {
    "/v1/registries/\(registry.percentEncoded())" + parts.map { "/\($0.percentEncoded())" }.joined()
  }
}
