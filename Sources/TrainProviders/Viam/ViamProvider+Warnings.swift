internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  /// A container is warned of so long before its end of life.
  private static let notice = Duration.seconds(30 * 24 * 3600)

  func warnings(about container: String) async throws(Fault) -> [String] {
    let known: [String: Viam_App_Mltraining_V1_Container]
    do throws(FailedCall) {
      known = try await client.training(.viamContainers, "listing the containers that Viam supports") {
        try await $0.listSupportedContainers(.init(), metadata: $1, options: $2)
      }.containerMap
    } catch {
      throw error.fault
    }
    guard let found = known[container] else {
      let names = known.keys.sorted().prefix(20).joined(separator: ", ")
      return ["Viam does not list the container \(container) (it has \(names)): the training may be refused"]
    }
    guard found.hasEol else { return [] }
    let end = ViamWords.timestamp(found.eol)
    let date = ViamWords.text(of: found.eol).prefix(10)
    if end <= time.now { return ["the container \(container) reached its end of life on \(date): trainings may fail"] }
    if end < time.now + Self.notice {
      return ["the container \(container) reaches its end of life on \(date): move to a newer one before"]
    }
    return []
  }
}
