internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

extension SynapseLayout {
  /// Sends one part and reads out of the answer where the backend is now.
  func send(
    _ part: UploadPart, in session: SynapseSession, of registry: SynapseRegistry, pace: (any Pace)?
  ) async throws(Fault) -> PartReceipt {
    let end = part.offset + part.length
    let receipt = PartReceipt(number: part.number, offset: part.offset, length: part.length)
    // From here on until an answer is understood, the part may be on its way.
    registry.unsettled.insert(session.upload)
    let response: HTTPResponse
    do throws(Fault) {
      response = try await put(
        part.offset..<end, at: .synapseSendPart, to: session.path, named: session.filename, by: registry.client,
        digests: registry.archives[session.upload], pace: pace)
    } catch {
      if error.effect == .unknown, error.code != .interrupted { registry.sizes.lose(part.length) }
      throw error
    }
    switch response.status {
    case 200..<300:
      guard try SynapseUpload.from(response, "upload a part").offset == end else {
        throw Self.misaligned("Synapse answered with another offset than \(end)")
      }
      registry.unsettled.remove(session.upload)
      registry.sizes.succeed(part.length)
      return receipt
    case 400:
      // The key, not the text: messages come in the user's language.
      if let expected = response.json?["expected_offset"]?.int {
        registry.unsettled.remove(session.upload)
        // It arrived earlier; the digest of the whole tells whether it was this.
        if expected == end { return receipt }
        throw Self.misaligned("Synapse is at byte \(expected), not at \(part.offset)")
      }
      let state = try await registry.state(of: session)
      if state.isComplete || state.offset != part.offset {
        throw Self.misaligned("Synapse is at byte \(state.offset), not at \(part.offset)")
      }
      var fault = response.fault
      fault.disposition = .transient(after: nil)
      throw fault
    case 404, 410: throw SynapseRegistry.gone(session, response)
    case 413 where registry.sizes.refuse(part.length):
      registry.unsettled.remove(session.upload)
      throw Self.misaligned("Synapse, or a proxy before it, takes no part of \(part.length) bytes: smaller ones follow")
    case 408, 502, 504:
      // What gateways say to a request that takes them too long.
      registry.sizes.lose(part.length)
      throw response.fault
    case 429, 500, 503:
      // Who answers so is done with the request; gateways that lose patience with one say 502 or 504.
      registry.unsettled.remove(session.upload)
      throw response.fault
    default: throw response.fault
    }
  }

  private static func misaligned(_ why: String) -> Fault { .transient(.misaligned, why, effect: .none) }
}
