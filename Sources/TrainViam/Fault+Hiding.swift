package import TrainCore
package import TrainTransport

extension Fault {
  /// The same fault with secrets struck out that the far side may have repeated.
  package func hiding(_ secrets: [Secret]) -> Fault {
    var fault = self
    for secret in secrets where !secret.reveal().isEmpty {
      fault.message = fault.message.replacing(secret.reveal(), with: "<redacted>")
    }
    return fault
  }

  /// The same fault where it is known that the call was never made.
  package var beforeTheCall: Fault {
    var fault = self
    fault.effect = .none
    return fault
  }
}
