import Decoders
import Model
import Testing

/// Dumps that hold the output of several containers, each between two marks.
struct ContainerSectionTests {
  private func section(_ container: String, of pod: String = "shop/pay-0", _ lines: [String]) -> [String] {
    ["==== START logs for container \(container) of pod \(pod) ===="] + lines
      + ["==== END logs for container \(container) of pod \(pod) ===="]
  }

  private func logs(_ lines: [String], piece: Int = 1 << 20) -> [ReadLog] {
    let batch = decode(
      lines.joined(separator: "\n") + "\n", piece: piece, settings: night, member: "shop/pay-0/logs.txt")
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  private var night: DecoderSettings {
    var settings = DecoderSettings()
    settings.lastDay = 20_782
    return settings
  }

  private let lines = [
    #"{"time":"2026-11-25T02:00:01Z","level":"ERROR","msg":"none left"}"#,
    "2026-11-25 02:00:02,500 WARN  [main] org.shop.Pay - late", "E1125 02:00:03.500000       1 sync.go:42] not in sync",
  ]
  private let expected = [
    ReadLog("02:00:01", "pay", "error", "none left"), ReadLog("02:00:02.5", "till", "warn", "late"),
    ReadLog("02:00:03.5", "proxy", "error", "not in sync"),
  ]

  private var dump: [String] {
    section("pay", [lines[0]]) + section("till", [lines[1], "java.io.IOException: x", "\tat a.B.c(B.java:1)"])
      + section("none", []) + section("proxy", [lines[2]])
  }

  @Test("the lines between two marks are the container's, and the marks are no records", arguments: [7, 1 << 20])
  func sections(piece: Int) {
    #expect(logs(dump, piece: piece) == expected)
    // Cut off in the middle of a section.
    #expect(logs(dump.dropLast(), piece: piece) == expected)
  }

  @Test("behind the documents of a dump the headers of each container are learned in its section")
  func behindDocuments() {
    let documents = ["{", #"    "kind": "NodeList","#, #"    "apiVersion": "v1","#, #"    "items": []"#, "}"]
    #expect(logs(documents + dump) == expected)
  }

  @Test("a container that the sample does not reach has headers of its own")
  func beyondTheSample() {
    let many = (0..<4000).map { "2026-11-25 02:00:00,500 INFO  [main] org.shop.Pay - order \($0) stored" }
    let late = (0..<300).map { "\(10 + $0 % 40) | 2026-11-25T02:00:04.500Z | WARN | shop.stock | late" }
    let found = logs(section("pay", many) + section("till", late))
    #expect(found.count == 4300)
    #expect(found[4000..<4300].allSatisfy { $0.component == "till" && $0.severity == "warn" })
  }

  @Test("a sidecar's output is of the workload, and what kubectl says of a container without output is no record")
  func others() {
    let refused = section("late", [#"Request log error: container "late" in pod "pay-0" is waiting to start"#])
    let sidecar = section("istio-proxy", ["2026-11-25T02:00:05.500Z WARN lost"])
    #expect(logs(refused + sidecar) == [ReadLog("02:00:05.5", "pay", "warn", "lost")])
  }

  @Test("what only looks like a mark is a line of its program")
  func nearMisses() {
    let text = ["==== START of container pay in pod shop/pay-0 ====", "2026-11-25T02:00:05.500Z WARN lost"]
    #expect(logs(text + text).count == 4)
    #expect(logs(text).map(\.component) == ["pay-0", "pay-0"])
  }
}
