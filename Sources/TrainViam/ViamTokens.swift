internal import FoundationEssentials
internal import GRPCCore
internal import SwiftProtobuf
package import TrainCore
package import TrainTransport
internal import ViamAPI

/// The bearer token of one connection: fetched once for all who wait, again when it is about to expire or was refused.
package actor ViamTokens {
  static let deadline = Duration.seconds(15)

  private struct Held {
    var token: Secret
    /// Monotonic; `nil` = the token names no end.
    var renewal: Duration?
  }

  private let connection: GRPCConnection
  private let keyID: String
  private let key: RenewableSecret
  private let time: any TimeSource
  private var held: Held?
  private typealias Fetched = Result<Held, Fault>
  private var fetching: Task<Void, Never>?
  /// Those who wait for the token that is being fetched.
  private var waiting: [Int: CheckedContinuation<Fetched, Never>] = [:]
  private var tickets = 0
  /// Fetches begun: a fetch that was given up has nothing to say to those who wait for the next.
  private var fetches = 0

  package init(connection: GRPCConnection, keyID: String, key: RenewableSecret, time: any TimeSource) {
    self.connection = connection
    self.keyID = keyID
    self.key = key
    self.time = time
  }

  /// A fault says that the call the token is for was not made. Whoever is cancelled waits no longer.
  package func token() async throws(Fault) -> Secret {
    if let held, held.renewal.map({ time.monotonic < $0 }) ?? true { return held.token }
    tickets += 1
    let ticket = tickets
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (reply: CheckedContinuation<Fetched, Never>) in
        waiting[ticket] = reply
        if fetching == nil { begin() }
      }
    } onCancel: {
      Task { await self.leave(ticket) }
    }
    return try result.get().token
  }

  private func begin() {
    fetches += 1
    let number = fetches
    fetching = Task {
      do throws(Fault) {
        end(number, .success(try await ViamTokens.fetch(connection, keyID, key, time)))
      } catch {
        end(number, .failure(error))
      }
    }
  }

  private func end(_ number: Int, _ result: Fetched) {
    guard number == fetches else { return }
    fetching = nil
    held = try? result.get()
    let replies = waiting.values
    waiting = [:]
    for reply in replies { reply.resume(returning: result) }
  }

  private func leave(_ ticket: Int) {
    guard let reply = waiting.removeValue(forKey: ticket) else { return }
    reply.resume(
      returning: .failure(
        .transient(.interrupted, "authenticating with the API key \(keyID): interrupted", effect: .none)))
    guard waiting.isEmpty else { return }
    fetching?.cancel()
    fetching = nil
    fetches += 1
  }

  /// The far side refused `token`: the next one asked for is fetched. Says so only of the token that is held.
  package func drop(_ token: Secret) {
    if held?.token == token { held = nil }
  }

  private static func fetch(
    _ connection: GRPCConnection, _ keyID: String, _ key: RenewableSecret, _ time: any TimeSource
  ) async throws(Fault) -> Held {
    let secret = try key.current()
    do throws(Fault) {
      return try await authenticate(connection, keyID, secret, time)
    } catch {
      // The key may have been replaced since it was read.
      guard error.code == .unauthorized, try key.renew(after: secret) else { throw error }
      return try await authenticate(connection, keyID, try key.current(), time)
    }
  }

  private static func authenticate(
    _ connection: GRPCConnection, _ keyID: String, _ key: Secret, _ time: any TimeSource
  ) async throws(Fault) -> Held {
    let what = "authenticating with the API key \(keyID)"
    let request = Proto_Rpc_V1_AuthenticateRequest.with {
      $0.entity = keyID
      $0.credentials.type = "api-key"
      $0.credentials.payload = key.reveal()
    }
    do throws(FailedCall) {
      // Without an authorization header: the far side refuses to authenticate who is authenticated.
      let response = try await connection.call(.viamAuthenticate, what, deadline: deadline) {
        client, metadata, options in
        try await Proto_Rpc_V1_AuthService.Client(wrapping: client)
          .authenticate(request, metadata: metadata, options: options)
      }
      let token = Secret(response.accessToken)
      let life = ViamTokens.life(of: response.accessToken)
      // Early enough for the longest call that may begin just before.
      let renewal = life.map { time.monotonic + $0 - Swift.min(.seconds(60), $0 / 5) }
      return Held(token: token, renewal: renewal)
    } catch {
      var fault = error.fault.hiding([key])
      fault.effect = .none
      if fault.code == .unauthorized || error.code == .invalidArgument {
        fault = .permanent(.unauthorized, fault.message, hint: "check api_key_id and api_key of the connection")
      }
      throw fault
    }
  }

  /// How long a JWT is good for, by its own `iat` and `exp`: no clock of ours is compared with theirs.
  /// `nil` when it does not say so.
  package static func life(of token: String) -> Duration? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var body = String(parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    body += String(repeating: "=", count: (4 - body.count % 4) % 4)
    guard let data = Data(base64Encoded: body), let claims = try? JSON.parse(data, .foreign),
      let issued = claims["iat"]?.double, let expires = claims["exp"]?.double
    else { return nil }
    let seconds = expires - issued
    return seconds >= 1 && seconds < 1e9 ? .seconds(seconds) : nil
  }
}
