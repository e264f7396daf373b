/// What a reader of JSON takes.
public struct JSONOptions: Hashable, Sendable {
  /// A name that an object has twice. Names that Swift holds for equal are one name, whatever their bytes.
  public enum DuplicateNames: Hashable, Sendable {
    case refused
    /// The first member of that name is kept: for documents of others, in which such a name is not ours.
    case firstWins
  }

  /// A number beyond what a `Double` holds, such as `1e999`.
  public enum HugeNumbers: Hashable, Sendable {
    case refused
    case infinite
  }

  /// A whole number beyond 64 bits.
  public enum LongIntegers: Hashable, Sendable {
    case refused
    /// Becomes the nearest `Double`.
    case rounded
  }

  /// Arrays and objects inside one another.
  public var depth: Int
  /// Values in the whole document: members, elements and what holds them.
  public var values: Int
  public var duplicateNames: DuplicateNames
  public var hugeNumbers: HugeNumbers
  public var longIntegers: LongIntegers

  public init(
    depth: Int = 64, values: Int = .max, duplicateNames: DuplicateNames = .refused,
    hugeNumbers: HugeNumbers = .refused, longIntegers: LongIntegers = .rounded
  ) {
    self.depth = depth
    self.values = values
    self.duplicateNames = duplicateNames
    self.hugeNumbers = hugeNumbers
    self.longIntegers = longIntegers
  }

  /// For what is addressed to us.
  public static let strict = JSONOptions()
  /// For what we wrote ourselves with ``JSON/canonical``: infinities come back.
  public static let ours = JSONOptions(depth: 256, hugeNumbers: .infinite)
  /// For documents of others: what they keep beside ours must not make ours unreadable.
  public static let foreign = JSONOptions(depth: 256, values: 1 << 22, duplicateNames: .firstWins)
}
