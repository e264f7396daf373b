internal import Glibc

/// All that a command's environment holds: nothing of the daemon's, nothing of the runner's.
enum CommandEnvironment {
  static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  static func variables(of request: JobRequest, output: String, notifySocket: String) -> [String: String] {
    var variables = ["PATH": path, "HOME": home, "LANG": "C.UTF-8"]
    variables.merge(request.environment) { _, spec in spec }
    variables.merge([
      "TRAIND_JOB": request.job,
      "TRAIND_ATTEMPT": String(request.attempt),
      "TRAIND_MODEL_NAME": request.modelName,
      "TRAIND_MODEL_VERSION": request.modelVersion,
      "TRAIND_OUTPUT": output,
      "NOTIFY_SOCKET": notifySocket,
    ]) { _, ours in ours }
    return variables
  }

  private static var home: String {
    guard let entry = getpwuid(geteuid()), let home = entry.pointee.pw_dir else { return "/" }
    return String(cString: home)
  }

  /// The file to execute, as the shell would find it from `directory`.
  static func executable(_ program: String, path: String, directory: String) -> String? {
    if program.contains("/") { return program }
    for entry in path.split(separator: ":", omittingEmptySubsequences: false) {
      let candidate = entry.isEmpty ? "./\(program)" : "\(entry)/\(program)"
      let absolute = candidate.hasPrefix("/") ? candidate : "\(directory)/\(candidate)"
      var attributes = stat()
      guard access(absolute, X_OK) == 0, stat(absolute, &attributes) == 0, attributes.st_mode & S_IFMT == S_IFREG
      else { continue }
      return candidate
    }
    return nil
  }
}
