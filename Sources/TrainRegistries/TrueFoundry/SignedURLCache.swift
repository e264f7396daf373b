internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Signed addresses as this process knows them, asked for when they are needed: they begin to age at once. One call at
/// a time for each upload, so that no address is asked for twice.
actor SignedURLCache {
  /// The vendor's own client signs as many at once.
  private static let pathsPerCall = 50
  /// Uploads that are remembered; what is forgotten is asked for again.
  private static let mostUploads = 64

  private struct Upload {
    /// Of files that are sent in one piece, by index.
    var whole: [Int: SignedAddress] = [:]
    var multipart: [Int: TrueFoundryMultipart] = [:]
    /// Multiparts that cannot go on, by their reference.
    var spent: Set<String> = []
    /// Multiparts whose addresses a receipt has.
    var told: Set<String> = []
    /// Files that were put together.
    var finished: Set<Int> = []
    var isBusy = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let client: TrueFoundryClient
  private let time: any TimeSource
  private var uploads: [String: Upload] = [:]
  private var order: [String] = []

  init(client: TrueFoundryClient, time: any TimeSource) {
    self.client = client
    self.time = time
  }

  /// An address for all of a file; others that will be needed next are asked for in the same call.
  func address(
    of file: TrueFoundryLayout.File, among files: [TrueFoundryLayout.File], in staged: String
  ) async throws(Fault) -> SignedAddress {
    await enter(staged)
    defer { leave(staged) }
    if let known = uploads[staged]?.whole[file.index], time.monotonic < known.due { return known }
    let wanted = Array(files[file.index...].lazy.filter { !$0.isMultipart }.prefix(Self.pathsPerCall))
    let purpose = "ask for addresses to upload to"
    let response = try await client.call(
      .trueFoundrySign, .POST, "/artifact-versions/signed-urls", purpose,
      body: [
        "id": .string(staged), "paths": .array(wanted.map { .string($0.path) }), "operation": "WRITE",
      ])
    let given = try Self.ofUpload(response).requireSuccess().requireJSON()["data"]?.array ?? []
    var byPath: [String: String] = [:]
    for item in given {
      if let path = item["path"]?.string, let url = item["signed_url"]?.string { byPath[path] = url }
    }
    for file in wanted {
      if let url = byPath[file.path] { uploads[staged]?.whole[file.index] = SignedAddress(url, at: time) }
    }
    guard let address = uploads[staged]?.whole[file.index] else {
      throw .transient(.badAnswer, "could not \(purpose): the answer has none for \(file.path)", effect: .none)
    }
    return address
  }

  /// The addresses of a file's parts. Asking makes a multipart upload at the store.
  func multipart(of file: TrueFoundryLayout.File, in staged: String) async throws(Fault) -> TrueFoundryMultipart {
    await enter(staged)
    defer { leave(staged) }
    if let known = uploads[staged]?.multipart[file.index], known.parts.count == file.count { return known }
    let purpose = "begin the upload of a file in parts"
    let response = try await client.call(
      .trueFoundryBeginMultipart, .POST, "/artifact-versions/signed-urls/multipart", purpose,
      body: ["id": .string(staged), "path": .string(file.path), "num_parts": .int(Int64(file.count))],
      // One address is about a kilobyte.
      responseLimit: 16 * 1024 * 1024)
    let json = try Self.ofUpload(response).requireSuccess().requireJSON()
    let reference = String(UInt64.random(in: .min ... .max), radix: 36)
    guard let made = TrueFoundryMultipart(json["data"], count: file.count, reference: reference, at: time) else {
      // Not quoted: it holds addresses.
      throw .transient(
        .badAnswer, "could not \(purpose): the answer does not have the addresses of \(file.count) parts")
    }
    uploads[staged]?.multipart[file.index] = made
    return made
  }

  /// The multipart of a file that can go on; `nil` when there is none yet, or not any more.
  func current(of file: Int, in staged: String) -> TrueFoundryMultipart? { uploads[staged]?.multipart[file] }

  /// Goes on with a multipart of before a restart.
  func adopt(_ multipart: TrueFoundryMultipart, of file: Int, in staged: String) {
    note(staged)
    guard uploads[staged]?.spent.contains(multipart.reference) == false else { return }
    uploads[staged]?.multipart[file] = multipart
    uploads[staged]?.told.insert(multipart.reference)
  }

  func isSpent(_ reference: String, in staged: String) -> Bool { uploads[staged]?.spent.contains(reference) == true }

  /// The address of a whole file was refused.
  func drop(_ file: Int, in staged: String) { uploads[staged]?.whole[file] = nil }

  /// A multipart cannot go on: the file's next one begins anew.
  func spend(_ reference: String, of file: Int, in staged: String) {
    note(staged)
    uploads[staged]?.spent.insert(reference)
    if uploads[staged]?.multipart[file]?.reference == reference { uploads[staged]?.multipart[file] = nil }
  }

  /// Whether this receipt is the one to keep the multipart's addresses.
  func isToTell(_ reference: String, in staged: String) -> Bool {
    uploads[staged]?.told.insert(reference).inserted ?? false
  }

  func finish(_ file: Int, in staged: String) { uploads[staged]?.finished.insert(file) }
  func isFinished(_ file: Int, in staged: String) -> Bool { uploads[staged]?.finished.contains(file) == true }

  func forget(_ staged: String) {
    guard uploads[staged]?.isBusy == false else { return }
    uploads[staged] = nil
    order.removeAll { $0 == staged }
  }

  private func note(_ staged: String) {
    guard uploads[staged] == nil else { return }
    if order.count >= Self.mostUploads, let idle = order.first(where: { uploads[$0]?.isBusy == false }) { forget(idle) }
    uploads[staged] = Upload()
    order.append(staged)
  }

  private func enter(_ staged: String) async {
    note(staged)
    guard uploads[staged]?.isBusy == true else {
      uploads[staged]?.isBusy = true
      return
    }
    await withCheckedContinuation { uploads[staged]?.waiting.append($0) }
  }

  private func leave(_ staged: String) {
    guard var upload = uploads[staged] else { return }
    let next = upload.waiting.isEmpty ? nil : upload.waiting.removeFirst()
    if next == nil { upload.isBusy = false }
    uploads[staged] = upload
    next?.resume()
  }

  /// The staged version may be gone: nobody says how long it is kept.
  static func ofUpload(_ response: HTTPResponse) throws(Fault) -> HTTPResponse {
    guard response.status == 404 || response.status == 410 else { return response }
    throw .transient(
      .sessionExpired,
      "TrueFoundry no longer knows the staged version: the upload is begun again. \(response.fault.message)",
      effect: .none)
  }
}
