/// The version of this build, of all its programs.
public enum ProgramVersion {
  public static let text = "0.1.0"
}
