public import TrainCore

/// One of a registry's own objects, whole. `{"schema": 1, "registry": R, "data": {...}}`
public struct CatalogObjectView: Hashable, Sendable, WireValue {
  public var registry: String
  public var data: JSON

  public init(registry: String, data: JSON) {
    self.registry = registry
    self.data = data
  }

  public init(_ json: JSON) throws(ControlError) {
    let view = try Members(json, of: "a registry's object")
    registry = try view.string("registry")
    data = view.value("data")
  }

  public var json: JSON { ["schema": wireSchema, "registry": .string(registry), "data": data] }
}
