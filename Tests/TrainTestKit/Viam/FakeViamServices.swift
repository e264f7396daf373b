internal import FoundationEssentials
internal import GRPCCore
internal import SwiftProtobuf
internal import Synchronization
internal import TrainCore
internal import ViamAPI

struct FakeAuthService: Proto_Rpc_V1_AuthService.SimpleServiceProtocol {
  let viam: FakeViam

  func authenticate(
    request: Proto_Rpc_V1_AuthenticateRequest, context: ServerContext
  ) async throws -> Proto_Rpc_V1_AuthenticateResponse {
    guard request.credentials.type == "api-key" else {
      throw RPCError(
        code: .invalidArgument, message: "do not know how to handle credential type \"\(request.credentials.type)\"")
    }
    let now = viam.time.now.milliseconds / 1000
    let token = viam.state.withLock { state -> String? in
      guard request.entity == FakeViam.keyID, request.credentials.payload == state.key else { return nil }
      state.issued += 1
      let claims = state.tokenLife.map { #","iat":\#(now),"exp":\#(now + Int64($0))"# } ?? ""
      let body = Data(#"{"jti":"\#(state.issued)"\#(claims)}"#.utf8).base64EncodedString()
      let token = "e30.\(body.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")).signature"
      state.tokens[token] = state.tokensEnd ? state.tokenLife.map { now + Int64($0) } ?? .max : .max
      return token
    }
    guard let token else {
      // The worst a server could do: repeat the credentials.
      throw RPCError(code: .unauthenticated, message: "invalid credentials: \(request.credentials.payload)")
    }
    return .with { $0.accessToken = token }
  }
}

struct FakePackageService: Viam_App_Packages_V1_PackageService.SimpleServiceProtocol {
  let viam: FakeViam

  func getPackage(
    request: Viam_App_Packages_V1_GetPackageRequest, context: ServerContext
  ) async throws -> Viam_App_Packages_V1_GetPackageResponse {
    let key = "\(request.id)@\(request.version)"
    let (bytes, metadata) = viam.state.withLock { state in
      (state.packagesAppear ? state.packages[key] : nil, state.showsMetadata ? state.metadata[key] : nil)
    }
    guard request.type == .mlModel, let bytes else {
      throw RPCError(code: .notFound, message: "package \(key) not found")
    }
    let url = request.includeURL ? viam.archives.serve(bytes, at: key) : ""
    return .with {
      $0.package.id = request.id
      $0.package.info.version = request.version
      $0.package.info.type = .mlModel
      if let metadata { $0.package.info.metadata = metadata }
      $0.package.createdOn = Google_Protobuf_Timestamp(viam.time.now)
      $0.package.url = url
    }
  }

  func createPackage(
    request: RPCAsyncSequence<Viam_App_Packages_V1_CreatePackageRequest, any Error>, context: ServerContext
  ) async throws -> Viam_App_Packages_V1_CreatePackageResponse {
    let cut = viam.state.withLock { state in
      state.openStreams += 1
      return state.cuts.isEmpty ? nil : state.cuts.removeFirst()
    }
    defer { viam.state.withLock { $0.openStreams -= 1 } }
    var info: Viam_App_Packages_V1_PackageInfo?
    var bytes: [UInt8] = []
    for try await message in request {
      switch message.package {
      case .info(let given): info = given
      case .contents(let contents) where info != nil:
        bytes += contents
        viam.state.withLock { state in
          state.received += contents.count
          state.largestMessage = max(state.largestMessage, contents.count)
        }
      case .contents, nil: throw RPCError(code: .invalidArgument, message: "first message must be the package info")
      }
      if let cut, bytes.count >= cut { throw RPCError(code: .unavailable, message: "upstream connect error") }
    }
    guard let info, info.type == .mlModel, !info.name.isEmpty, !info.version.isEmpty else {
      throw RPCError(code: .invalidArgument, message: "package info required")
    }
    let key = "\(info.organizationID)/\(info.name)@\(info.version)"
    let isNew = viam.state.withLock { state in
      guard state.packages[key] == nil else { return false }
      state.packages[key] = bytes
      state.metadata[key] = info.metadata
      return true
    }
    // Which code that is nobody says.
    guard isNew else { throw RPCError(code: .invalidArgument, message: "\(key) exists") }
    return .with {
      $0.id = "\(info.organizationID)/\(info.name)"
      $0.version = info.version
    }
  }

  func deletePackage(
    request: Viam_App_Packages_V1_DeletePackageRequest, context: ServerContext
  ) async throws -> Viam_App_Packages_V1_DeletePackageResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }

  func listPackages(
    request: Viam_App_Packages_V1_ListPackagesRequest, context: ServerContext
  ) async throws -> Viam_App_Packages_V1_ListPackagesResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }
}
