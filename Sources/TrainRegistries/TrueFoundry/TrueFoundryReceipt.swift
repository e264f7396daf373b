internal import TrainCore
internal import TrainTransport

/// What is kept of a part that the store took: the token of its receipt.
struct TrueFoundryReceipt: Hashable, Sendable {
  /// As the store gave it, quotes and all; empty where it gives none.
  var etag: String
  /// The multipart upload that the part belongs to; `nil` = the whole file.
  var upload: String?
  var crc32c: UInt32
  /// That upload's addresses, sealed: in one of its receipts at least.
  var addresses: String?

  init(etag: String, upload: String? = nil, crc32c: UInt32, addresses: String? = nil) {
    self.etag = etag
    self.upload = upload
    self.crc32c = crc32c
    self.addresses = addresses
  }

  var token: String {
    var token: JSON = ["etag": .string(etag), "crc32c": .int(Int64(crc32c))]
    if let upload { token["upload"] = .string(upload) }
    if let addresses { token["addresses"] = .string(addresses) }
    return token.canonical
  }

  /// `nil` for what is none.
  init?(_ token: String) {
    guard let json = JSON(parsing: token), let etag = json["etag"]?.string,
      let crc = json["crc32c"]?.int.flatMap({ UInt32(exactly: $0) })
    else { return nil }
    self.init(etag: etag, upload: json["upload"]?.string, crc32c: crc, addresses: json["addresses"]?.string)
  }
}
