import Decoders
import Model
import Testing

/// What runtimes write of containers beside their logs: names by ids, and no records.
struct ContainerDescriptionTests {
  private let id = "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d5e4f30211203f4e5d6c7b8a9"

  private func name(_ text: String) -> String? {
    let batch = decode(text)
    #expect(batch.isBalanced)
    #expect(batch.logs.isEmpty && batch.diagnostics.sorted.isEmpty)
    return batch.containers.byID[id]
  }

  @Test("Docker's own description, with and without an orchestrator's labels")
  func docker() {
    func config(_ name: String, labels: String = "{}") -> String {
      #"{"StreamConfig":{},"State":{"Running":true,"StartedAt":"2026-11-25T01:00:00Z"},"ID":"\#(id)","Created":"2026-11-25T00:59:00Z","Config":{"Hostname":"9a8b7c6d5e4f","Labels":\#(labels)},"Name":"\#(name)"}"#
    }
    #expect(name(config("/ledger")) == "ledger")
    #expect(name(config("/shop-ledger-1", labels: #"{"com.docker.compose.service":"ledger"}"#)) == "ledger")
    #expect(name(config("/k8s_ledger_ledger-0_shop_0af1_3")) == "ledger")
    #expect(decode(config("/ledger")).containers.byID["9a8b7c6d5e4f"] == "ledger")
  }

  @Test("what inspecting prints, the API's list, and the list of containers/storage")
  func lists() {
    #expect(name(#"[ { "Id": "\#(id)", "Created": "2026-11-25T00:59:00Z", "Name": "/ledger" } ]"#) == "ledger")
    #expect(name(#"[{"Id":"\#(id)","Names":["/front/ledger","/ledger"],"Image":"a"}]"#) == "ledger")
    #expect(name(#"[{"id":"\#(id)","names":["ledger"],"image":"a","layer":"b"}]"#) == "ledger")
  }

  @Test("other objects that begin with an id are what they were")
  func others() {
    let log = #"{"id":"\#(id)","time":"2026-11-25T02:00:00Z","level":"error","message":"none left"}"# + "\n"
    #expect(decode(log + log).logs.count == 2)
    let half = decode(#"{"StreamConfig":{},"ID":"\#(id)","Na"#)
    #expect(half.containers.isEmpty)
    #expect(half.codes == ["unrecognizedFormat"])
  }

  @Test("of two names one holds, whichever came first")
  func renamed() {
    var one = ContainerNames()
    one.add("b", id: id)
    var two = ContainerNames()
    two.add("a", id: id)
    var both = one
    both.merge(two)
    two.merge(one)
    #expect(both.byID == two.byID)
  }
}
