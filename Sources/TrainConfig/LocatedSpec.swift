public import TrainCore

/// A decoded job spec that remembers where everything was written.
public struct LocatedSpec: Hashable, Sendable {
  public var spec: JobSpec
  public var file: String
  private var places: Places

  init(spec: JobSpec, file: String, places: Places) {
    self.spec = spec
    self.file = file
    self.places = places
  }

  /// Where `path` (as `train.tags[1]` or `publish[0].plugin`) was written, else the nearest part around it.
  public func location(of path: String) -> (line: Int, column: Int) {
    let place = places.place(of: path)
    return (place.line, place.column)
  }

  /// A provider's or registry's problem, put where it belongs.
  public func located(_ problem: SpecProblem) -> ConfigProblem {
    ConfigProblem(places.place(of: problem.path), problem.message, hint: problem.hint)
  }
}
