internal import TrainControl
internal import TrainCore

extension Call {
  var registry: String { parameters["registry"] ?? "" }
  var catalogID: String { parameters["id"] ?? "" }

  func catalogRequest() throws(ControlError) -> CatalogRequest {
    CatalogRequest(
      flags: try catalogParameters("flag"), parameters: try catalogParameters("param"),
      pages: try number("pages", atLeast: 1).map { Int(clamping: $0) }, files: try flag("files"))
  }

  private func catalogParameters(_ name: String) throws(ControlError) -> [CatalogParameter] {
    var found: [CatalogParameter] = []
    for pair in repeated where pair.name == name {
      let sides = pair.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty else {
        throw ControlError(
          .usage, line, "\(name)=\(pair.value.prefix(100)) is not NAME=VALUE", hint: "see Docs/openapi.yaml")
      }
      found.append(CatalogParameter(String(sides[0]), String(sides[1])))
    }
    return found
  }

  func resumePoint() throws(ControlError) -> ResumePoint {
    ResumePoint(offset: try number("from", atLeast: 0) ?? 0, tag: query["tag"])
  }
}
