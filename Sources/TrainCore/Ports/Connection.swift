/// A provider or registry as the configuration names it: checked by its kind's ``ConnectionSchema``, secrets by
/// reference.
public struct ConnectionConfig: Hashable, Sendable, Codable {
  /// The name under `providers:` or `registries:`.
  public var name: String
  public var kind: String
  /// The kind's own keys as ``ConnectionSchema`` reads them: durations in ms and sizes in bytes as integers,
  /// secrets as `{"credential": NAME}`, `{"file": PATH}` or `{"env": NAME}`.
  public var settings: JSON
  /// An HTTP proxy's URL; `nil` = HTTPS_PROXY / NO_PROXY of the environment.
  public var proxy: String?
  /// A PEM file with the certificate authorities to trust instead of the system's.
  public var ca: String?
  public var maxRunning: Int?
  /// How long absence must last, from the stored intent, before a lost create is repeated; `nil` = the kind's own.
  public var settle: Duration?

  public init(
    name: String, kind: String, settings: JSON = .empty, proxy: String? = nil, ca: String? = nil,
    maxRunning: Int? = nil, settle: Duration? = nil
  ) {
    self.name = name
    self.kind = kind
    self.settings = settings
    self.proxy = proxy
    self.ca = ca
    self.maxRunning = maxRunning
    self.settle = settle
  }
}

/// Where a secret is kept. Never the secret.
public enum SecretReference: Hashable, Sendable {
  /// `$CREDENTIALS_DIRECTORY/NAME`, read at start.
  case credential(String)
  /// Refused when others can read it; read again on reload and after an auth refusal.
  case file(String)
  case environment(String)

  /// The reference as ``ConnectionConfig/settings`` holds it.
  public init?(_ json: JSON?) {
    guard let members = json?.object, members.count == 1, let (key, value) = members.first, let name = value.string
    else { return nil }
    switch key {
    case "credential": self = .credential(name)
    case "file": self = .file(name)
    case "env": self = .environment(name)
    default: return nil
    }
  }
}

/// The keys that a kind of connection takes beside the common ones (`kind proxy ca max_running settle`).
public struct ConnectionSchema: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case string
    /// A whole number, at least `least`.
    case integer(least: Int64)
    /// `ms s m h d`; becomes milliseconds.
    case duration
    /// `KiB MiB GiB`; becomes bytes.
    case size
    /// An absolute path.
    case path
    /// `http://` or `https://`, or `unix:///`; becomes a string.
    case url
    /// `{credential: NAME}`, `{file: PATH}` or `{env: NAME}`; never a literal.
    case secret
    case choice([String])
    case boolean
  }

  public struct Key: Hashable, Sendable {
    public var name: String
    public var value: Value
    public var required: Bool

    public init(_ name: String, _ value: Value, required: Bool = false) {
      self.name = name
      self.value = value
      self.required = required
    }
  }

  public var kind: String
  public var keys: [Key]

  public init(kind: String, keys: [Key]) {
    self.kind = kind
    self.keys = keys
  }
}
