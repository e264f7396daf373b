/// The directories that hold `traind.yaml`, `traind.yaml.d/*.yaml` and `jobs.d/*.yaml`. A file in a higher directory
/// replaces the same name below; a link to /dev/null masks it.
public struct ConfigDirectories: Hashable, Sendable {
  /// Files of more bytes are refused.
  public static let mostBytes = YAMLReader.mostBytes

  /// Lowest precedence first. One that does not exist holds nothing.
  public let paths: [String]

  public init(_ paths: [String]) { self.paths = paths }

  /// Reads and decodes the daemon's configuration.
  /// - Parameter stateDirectory: where the built-in registry is.
  public func load(kinds: ConnectionKinds, stateDirectory: String) -> ConfigLoad {
    let problems = ProblemList()
    var other: [ConfigProblem] = []
    var found: [(path: String, bytes: [UInt8])] = []
    for path in paths.reversed().map({ Paths.join($0, "traind.yaml") }) {
      let file = ConfigFile.read(path, most: ConfigDirectories.mostBytes)
      if case .absent = file { continue }
      add(file, path, to: &found, &other)
      break
    }
    for (_, path) in layered("traind.yaml.d", problems: &other) {
      add(ConfigFile.read(path, most: ConfigDirectories.mostBytes), path, to: &found, &other)
    }

    var merged: YAMLNode?
    for (path, bytes) in found {
      let reading = YAMLReader.read(bytes, file: path)
      other += reading.problems
      guard let root = reading.root else { continue }
      guard case .mapping = root.content else {
        problems.add(root.place, "the configuration must be a mapping, not \(root.noun)", hint: "write `key: value`")
        continue
      }
      merged = merged.map { ConfigMerge.merge($0, root) } ?? root
    }
    var config = DaemonConfig.builtIn(stateDirectory: stateDirectory)
    if let merged {
      config = DaemonConfigDecoder(kinds: kinds, defaults: config).decode(merged, problems: problems)
    }
    let files = found.map(\.path)
    let all = ProblemList.sorted(other + problems.all, files: files)
    return ConfigLoad(
      config: all.contains { $0.severity == .error } ? nil : config, problems: all, files: files,
      places: merged.map(Places.init(of:)) ?? Places(whole: files.first ?? paths.last ?? "traind.yaml"))
  }

  /// Reads and decodes all job specs.
  public func specs() -> SpecLoad {
    var load = SpecLoad(specs: [], problems: [], names: [], isWhole: isListed("jobs.d"))
    for (name, path) in layered("jobs.d", problems: &load.problems) {
      let file = ConfigFile.read(path, most: ConfigDirectories.mostBytes)
      switch file {
      case .absent, .masked: continue
      case .bytes, .refused: break
      }
      do throws(ConfigProblems) {
        let spec = try SpecDecoder.name(ofFile: path)
        load.names.append(String(name.dropLast(5)))
        switch file {
        case .bytes(let bytes): load.specs.append(try SpecDecoder().decode(bytes, file: path, name: spec))
        case .refused(let problem): load.problems.append(problem)
        case .absent, .masked: break
        }
      } catch {
        load.problems += error.problems
      }
    }
    return load
  }

  private func isListed(_ directory: String) -> Bool {
    var isThere = false
    for path in paths {
      switch ConfigFile.names(in: Paths.join(path, directory)) {
      case .failure: return false
      case .success(let names): if names != nil { isThere = true }
      }
    }
    return isThere
  }

  /// The `*.yaml` of a directory's layers: each name once, from the highest layer that has it, in the order of names.
  private func layered(_ directory: String, problems: inout [ConfigProblem]) -> [(name: String, path: String)] {
    var highest: [String: String] = [:]
    for path in paths.map({ Paths.join($0, directory) }) {
      switch ConfigFile.names(in: path) {
      case .failure(let error): problems += error.problems
      case .success(let names):
        for name in names ?? [] {
          switch ConfigDirectories.ending(of: name) {
          case .yaml: highest[name] = Paths.join(path, name)
          case .nearly:
            let file = Paths.join(path, name)
            problems.append(
              ConfigProblem(
                Place(file: file), "is not read: only names that end in `.yaml` are", hint: "rename it",
                severity: .warning))
          case .other: break
          }
        }
      }
    }
    return highest.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { (name: $0.key, path: $0.value) }
  }

  private enum Ending {
    case yaml
    /// `.yml`, `.YAML`: probably meant.
    case nearly
    /// What editors and package managers leave behind, and everything else.
    case other
  }

  private static func ending(of name: String) -> Ending {
    if name.hasPrefix(".") { return .other }
    if name.hasSuffix(".yaml") { return .yaml }
    let folded = name.lowercased()
    return folded.hasSuffix(".yaml") || folded.hasSuffix(".yml") ? .nearly : .other
  }

  private func add(
    _ file: ConfigFile, _ path: String, to found: inout [(path: String, bytes: [UInt8])],
    _ problems: inout [ConfigProblem]
  ) {
    switch file {
    case .absent, .masked: break
    case .bytes(let bytes): found.append((path, bytes))
    case .refused(let problem): problems.append(problem)
    }
  }
}
