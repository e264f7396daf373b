/// The programs as `swift build` leaves them beside the sources.
public enum Programs {
  public static let directory: String = {
    let here = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return "/\(here)/.build/debug"
  }()

  public static let traind = "\(directory)/traind"
  public static let runner = "\(directory)/traind-runner"
  public static let trainctl = "\(directory)/trainctl"
}
