internal import Synchronization
public import TrainCore

/// A secret together with where it came from: read once, and again after the far side refused it.
public final class RenewableSecret: Sendable {
  private let reference: SecretReference
  private let resolver: SecretResolver
  private let held: Mutex<Secret?>

  public init(_ reference: SecretReference, from resolver: SecretResolver) {
    self.reference = reference
    self.resolver = resolver
    held = Mutex(nil)
  }

  public func current() throws(Fault) -> Secret {
    if let secret = held.withLock({ $0 }) { return secret }
    let secret = try resolver.resolve(reference)
    held.withLock { $0 = secret }
    return secret
  }

  /// Reads the secret again after `refused` was refused. Returns whether there is another one to try now.
  /// Only a file can change while the daemon runs.
  public func renew(after refused: Secret) throws(Fault) -> Bool {
    if let secret = held.withLock({ $0 }), secret != refused { return true }
    guard case .file = reference else { return false }
    let secret = try resolver.resolve(reference)
    held.withLock { $0 = secret }
    return secret != refused
  }
}
