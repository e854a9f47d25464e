import Decoders
import Model
import Testing

/// Lines that name their logger at their end, as Kafka's servers do.
struct EndingLoggerTests {
  private func components(_ lines: [String], member: String = "m") -> [String] {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: member)
    #expect(batch.isBalanced)
    return batch.readLogs.map(\.component)
  }

  @Test(
    "with the place of the call in it, with a thread behind it",
    arguments: [
      ("[2026-11-25 02:00:00,500] ", ""), ("[2026-11-25 02:00:00,500] ", ":31"),
      ("2026-11-25 02:00:00,500 ", " [main]"),
    ])
  func kafka(time: String, rest: String) {
    func line(_ text: String, _ end: String, behind: String) -> String { "\(time)\(text) (\(end))\(behind)" }
    let place = rest.hasPrefix(":") ? rest : ""
    let behind = rest.hasPrefix(" ") ? rest : ""
    let found = components([
      line("INFO Started", "kafka.server.Broker" + place, behind: behind),
      "\(time)INFO Config values:", "\tbroker.id = 2", " (kafka.server.Config)",
      line("ERROR [Controller id=2] no (known) leader", "state.change.logger" + place, behind: behind),
      line("WARN [Raft id=2] lost /10.0.0.3:9091", "org.kafka.Net$" + place, behind: behind),
    ])
    #expect(found == ["kafka.server.Broker", "m", "state.change.logger", "org.kafka.Net$"])
  }

  @Test("Kafka's log of its states has one logger, and one line in Kafka's own layout is enough")
  func few() {
    let states = (1...4).map { "[2026-11-25 02:00:0\($0),500] INFO [Broker id=\($0)] took over (state.change.logger)" }
    #expect(components(states) == Array(repeating: "state.change.logger", count: 4))
    #expect(components([states[0]]) == ["state.change.logger"])
    let head = "[2026-11-25 02:00:00,500] WARN lost"
    #expect(
      components([head + " (kafka.server.Raft)", head + " (org.apache.kafka.Net:12)"]) == [
        "kafka.server.Raft", "org.apache.kafka.Net",
      ])
    // Another layout, another's name, a line without one.
    #expect(components(["2026-11-25 02:00:00,500 WARN lost (kafka.server.Raft)"]) == ["m"])
    #expect(components([head + " (org.shop.Pay)"]) == ["m"])
    #expect(components([head + " (kafka.server.Raft)", head]) == ["m", "m"])
  }

  @Test("what a person puts in parentheses names nobody, and a column that names the program counts")
  func others() {
    let hosts = ["shop.example.com", "pay.example.com", "oven.example.com"]
    #expect(components(hosts.map { "2026-11-25 02:00:00,500 INFO asked for stock (\($0))" }) == ["m", "m", "m"])
    let failed = (1...6).map { "2026-11-25 02:00:00,500 ERROR order \($0) failed (java.net.SocketTimeoutException)" }
    #expect(Set(components(failed)) == ["m"])
    let places = (1...6).map { "2026-11-25 02:00:00,500 INFO sent to peer (Db\($0).internal.Example)" }
    #expect(Set(components(places)) == ["m"])
    let few = ["x (org.shop.Pay)", "a", "b", "y (org.shop.Stock)", "c", "d"]
    #expect(Set(components(few.map { "2026-11-25 02:00:00,500 INFO \($0)" })) == ["m"])
    let named = (1...12).map { "2026-11-25 02:00:00,500 INFO till: no stock of \($0) (org.shop.Pay)" }
    #expect(Set(components(named)) == ["till"])
  }
}
