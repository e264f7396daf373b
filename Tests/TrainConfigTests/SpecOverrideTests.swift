import Testing
import TrainConfig
import TrainCore

@Suite struct `Overrides of a spec` {
  private func base() throws -> JobSpec {
    try spec(
      "provider: here\nmodel: {name: hat, version: 1.4}\ntrain: {epochs: 3, arguments: {rate: 0.1}, tags: [a]}\n"
    ).spec
  }

  @Test func `a version replaces the spec's`() throws {
    let spec = try base().overriding(version: "2.0")
    #expect(spec.version == .fixed("2.0"))
    #expect(spec.written["model"] == ["name": "hat", "version": "2.0"])
    #expect(spec.train == (try base().train))
    #expect(try base().overriding(version: "auto").version == .auto)
  }

  @Test(arguments: [
    ("train.epochs=4", "{\"arguments\":{\"rate\":0.1},\"epochs\":4,\"tags\":[\"a\"]}"),
    ("train.epochs=\"4\"", "{\"arguments\":{\"rate\":0.1},\"epochs\":\"4\",\"tags\":[\"a\"]}"),
    ("train.epochs=", "{\"arguments\":{\"rate\":0.1},\"epochs\":null,\"tags\":[\"a\"]}"),
    ("train.arguments.rate=0.5", "{\"arguments\":{\"rate\":0.5},\"epochs\":3,\"tags\":[\"a\"]}"),
    (
      "train.new.deep=a=b: c # d",
      "{\"arguments\":{\"rate\":0.1},\"epochs\":3,\"new\":{\"deep\":\"a=b: c # d\"},\"tags\":[\"a\"]}"
    ),
    ("train.tags=[b, 2]", "{\"arguments\":{\"rate\":0.1},\"epochs\":3,\"tags\":[\"b\",2]}"),
    ("train.flag=true", "{\"arguments\":{\"rate\":0.1},\"epochs\":3,\"flag\":true,\"tags\":[\"a\"]}"),
  ])
  func `a setting replaces one value in train and in what was written`(_ setting: String, _ train: String) throws {
    let spec = try base().overriding(settings: [setting])
    #expect(spec.train.canonical == train)
    #expect(spec.written["train"] == spec.train)
    #expect(spec.written["model"] == (try base().written["model"]))
  }

  @Test func `settings apply in order`() throws {
    let spec = try base().overriding(settings: ["train.arguments={}", "train.arguments.a=1", "train.arguments.a=2"])
    #expect(spec.train["arguments"] == ["a": 2])
  }

  @Test(arguments: [
    ("train.epochs", "--set train.epochs has no `=`"),
    ("model.name=x", "--set cannot set `model.name`"),
    ("train=x", "--set cannot set `train`"),
    ("train.=x", "--set cannot set `train.`"),
    ("train..a=x", "--set cannot set `train..a`"),
    ("train.tags[0]=x", "--set cannot set `train.tags[0]`"),
    ("train.epochs.x=1", "--set train.epochs.x=1: what holds `x` is not a mapping"),
    ("train.id=664910666640844332433443", "--set train.id=664910666640844332433443: the number cannot be held exactly"),
    ("train.tags=[a", "--set train.tags=[a cannot be read: the list that opens here is not closed with `]`"),
    ("train.a=\"b\" c", "--set train.a=\"b\" c cannot be read: something follows the end of the document"),
  ])
  func `a setting that makes no sense is refused`(_ setting: String, _ message: String) throws {
    let fault = #expect(throws: Fault.self) { try base().overriding(settings: [setting]) }
    #expect(fault?.message == message)
    #expect(fault?.code == .rejected)
  }

  @Test func `a version that a spec could not have is refused`() throws {
    let fault = #expect(throws: Fault.self) { try base().overriding(version: "1-r3") }
    #expect(fault?.message == "--version cannot end in `-r3`: that is how further attempts are told apart")
    #expect(throws: Fault.self) { try base().overriding(version: "") }
  }
}
