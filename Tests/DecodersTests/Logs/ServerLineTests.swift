import Decoders
import Model
import Support
import Testing

/// One line of each server and framework whose form tells itself, with what it says.
private let servers: [(String, ReadLog)] = [
  (
    "[Wed Nov 25 02:00:00.500000 2026] [proxy:error] [pid 12:tid 34] (111)Connection refused: AH00957: HTTP: x",
    ReadLog("02:00:00.5", "m", "error", "(111)Connection refused: AH00957: HTTP: x")
  ),
  (
    #"[2026/11/25 02:00:00.500 +00:00] [WARN] [server.go:12] ["slow [1] query"] [id=7]"#,
    ReadLog("02:00:00.5", "m", "warn", "slow [1] query")
  ),
  (
    "####<Nov 25, 2026 2:00:00,500 AM UTC> <Error> <Security> <h> <s> <t> <u> <> <d> <1795572000500> <BEA-090000> <no key>",
    ReadLog("02:00:00.5", "Security", "error", "no key")
  ),
  (
    "E261125 02:00:00.500000 12 server/x.go:12 ⋮ [n1,client=10.0.0.1:1] 3  range lost",
    ReadLog("02:00:00.5", "m", "error", "range lost")
  ),
  (
    "2026-11-25T02:00:00.500Z pid=1 tid=abc class=CartJob jid=0123abcd ERROR: fail",
    ReadLog("02:00:00.5", "m", "error", "fail")
  ),
  (
    "[Nest] 12345  - 11/25/2026, 2:00:00 AM   ERROR [CartService] no stock +1ms",
    ReadLog("02:00:00", "CartService", "error", "no stock")
  ),
  (
    "2026-11-25T02:00:00.500Z START RequestId: c6af9ac6-7b61-11e6-9a41-93e8deadbeef Version: $LATEST",
    ReadLog("02:00:00.5", "m", "unknown", "START RequestId: c6af9ac6-7b61-11e6-9a41-93e8deadbeef Version: $LATEST")
  ),
  (
    "Wed 2026-11-25 02:00:00 UTC n1 billing[812]: level=error msg=\"no card\"",
    ReadLog("02:00:00", "billing", "error", "no card")
  ),
  (
    "Nov 25 2026 02:00:00 n1 billing[812]: [ID 702911 daemon.error] no card",
    ReadLog("02:00:00", "billing", "error", "no card")
  ),
  (
    "shop_web.1.k2j3h4g5f6d7@node-1    | 2026-11-25T02:00:00Z WARN slow",
    ReadLog("02:00:00", "shop_web", "warn", "slow")
  ),
  (
    "shop/cart-5d8f7b9c66-zxcvb[cart]: 2026-11-25T02:00:00Z WARN slow",
    ReadLog("02:00:00", "cart", "warn", "slow")
  ),
]

struct ServerLineTests {
  @Test("lines of servers and frameworks are read by their own form", arguments: servers)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 12).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 12)
    #expect(batch.isBalanced)
  }

  @Test(
    "no address, duration, pair or quoted text in front of a message names a component",
    arguments: [
      "25/Nov/2026:02:00:00 +0000|10.0.0.1|gone", "02:00:00 | 120.5ms | gone",
      "02:00:00.123 request_id=Fabc4: [info] gone", "\"11/25/2026: 02:00:00 gone",
    ])
  func noName(text: String) {
    let batch = decode(Array(repeating: text, count: 12).joined(separator: "\n") + "\n")
    for log in batch.logs { #expect(batch.text(log.component) == "m") }
  }

  @Test("a thread in brackets is no pod")
  func noPod() {
    let batch = decode(String(repeating: "[worker-1] 2026-11-25T02:00:00Z INFO done\n", count: 12), member: "till.log")
    #expect(batch.logs.allSatisfy { batch.text($0.component) == "till" })
  }

  @Test(
    "supervisors' lines give ends and signs of life beside their log lines",
    arguments: [
      (
        "n1 systemd[1]: cart.service: Main process exited, code=exited, status=1/FAILURE",
        "cart childCrashed,childExited error"
      ),
      ("n1 systemd[1]: cart.service: Failed with result 'oom-kill'.", "cart childCrashed,childExited killed"),
      ("n1 systemd[1]: cart.service: Main process exited, code=killed, status=15/TERM", "cart childExited shutdown"),
      ("n1 systemd[1]: cart.service: Deactivated successfully.", "cart childExited normal"),
      ("n1 systemd[1]: Started cart.service - The cart.", "cart heartbeat"),
      ("n1 kernel: Out of memory: Killed process 1000 (java) total-vm:8kB", "java childCrashed,childExited killed"),
      ("n1 other[1]: cart.service: Main process exited, code=exited, status=1/FAILURE", ""),
      ("n1 systemd[1]: cart.service: Scheduled restart job, restart counter is at 5.", ""),
    ])
  func supervisors(text: String, expected: String) {
    let batch = decode("Nov 25 02:00:00 \(text)\n")
    #expect(batch.logs.count == 1)
    #expect(said(batch) == expected)
  }

  @Test("supervisord's and Docker's lines tell themselves")
  func ownForms() {
    let activity = decode(
      "2026-11-25 02:00:00,123 WARN exited: cart (exit status 1; not expected)\n2026-11-25 02:00:01,123 INFO spawned: 'cart' with pid 3\n"
    )
    #expect(said(activity) == "cart childCrashed,childExited error,heartbeat")
    let docker = decode(
      "2026-11-25T02:00:00.000000000Z container die 0123abcd (exitCode=137, image=shop/cart:1, name=cart)\n")
    #expect(said(docker) == "cart childCrashed,childExited killed")
  }

  /// The child, then the kinds of its events with their reasons.
  private func said(_ batch: RecordBatch) -> String {
    guard let first = batch.events.first else { return "" }
    let kinds = batch.events.map { event in
      event.subject.isNone ? event.kind.name : "\(event.kind.name) \(batch.text(event.subject))"
    }
    return "\(batch.text(first.component)) " + kinds.joined(separator: ",")
  }
}
