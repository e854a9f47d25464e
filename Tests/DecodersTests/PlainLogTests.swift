import Decoders
import Model
import Support
import Testing

/// Decodes one member, fed in pieces of a given size.
private func decode(_ text: String, piece: Int = .max) -> RecordBatch {
  var batch = RecordBatch()
  let bytes = Array(text.utf8)
  var decoder = MemberDecoder(input: "night.tar", member: "logs/app.log", settings: DecoderSettings(), batch: &batch)
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, piece == .max ? bytes.count : start + piece)
    decoder.feed(bytes.span.extracting(start..<end), into: &batch)
    start = end
  }
  decoder.finish(complete: true, into: &batch)
  return batch
}

private func messages(_ batch: RecordBatch) -> [String] {
  batch.logs.map { String(decoding: batch.text[$0.textStart..<$0.textStart + $0.textCount], as: UTF8.self) }
}

private struct Line: Sendable {
  var text: String
  var time: String?
  var severity: Severity
  var component: String
  var message: String
}

private let shapes: [[Line]] = [
  [
    Line(
      text: "081109 203615 148 INFO dfs.DataNode$PacketResponder: Responder 1 ends",
      time: "2008-11-09T20:36:15.000000Z",
      severity: .info, component: "dfs.DataNode$PacketResponder", message: "Responder 1 ends")
  ],
  [
    Line(
      text: "2015-10-18 18:01:47,978 WARN [main] org.example.Master: Old: a New: b",
      time: "2015-10-18T18:01:47.978000Z", severity: .warning, component: "org.example.Master",
      message: "Old: a New: b")
  ],
  [
    Line(
      text: "2015-10-18 18:01:47.978  INFO 12345 --- [           main] o.s.b.Application  : Started in 3 s",
      time: "2015-10-18T18:01:47.978000Z", severity: .info, component: "o.s.b.Application", message: "Started in 3 s")
  ],
  [
    Line(
      text: "Dec 10 06:55:46 host sshd[24200]: Invalid user bob from 10.0.0.1", time: "1970-12-10T06:55:46.000000Z",
      severity: .unknown, component: "sshd", message: "Invalid user bob from 10.0.0.1")
  ],
  [
    Line(
      text: "[Sun Dec 04 04:47:44 2005] [notice] child init ok", time: "2005-12-04T04:47:44.000000Z", severity: .info,
      component: "app", message: "child init ok")
  ],
  [
    Line(
      text: "20171223-22:15:29:606|Step_LSC|30002312|onStep 3579", time: "2017-12-23T22:15:29.606000Z",
      severity: .unknown, component: "Step_LSC", message: "onStep 3579")
  ],
  [
    Line(
      text: "2026-01-01T00:00:00.5+01:00 error payment: card refused", time: "2025-12-31T23:00:00.500000Z",
      severity: .error, component: "payment", message: "card refused")
  ],
  [
    Line(
      text: "1700000000.25 node-7 unix.hw FATAL fan stopped", time: "2023-11-14T22:13:20.250000Z", severity: .fatal,
      component: "node-7", message: "fan stopped")
  ],
]

@Test("A header is inferred from the lines themselves", arguments: shapes.indices)
func headerShapes(index: Int) {
  for line in shapes[index] {
    let batch = decode(String(repeating: line.text + "\r\n", count: 5))
    #expect(batch.logs.count == 5)
    #expect(messages(batch).first == line.message)
    guard let log = batch.logs.first else { continue }
    #expect(log.time == line.time.flatMap { Timestamp(rfc3339: $0)?.microseconds })
    #expect(log.severity == line.severity)
    #expect(batch.symbols.text(log.component) == line.component)
    #expect(batch.logs.map { $0.source.value } == [1, 2, 3, 4, 5])
  }
}

@Test("A stack trace belongs to the record before it and is counted")
func continuation() {
  let text = """
    2026-01-01 10:00:00 ERROR shop: order failed
    java.lang.IllegalStateException: no stock
    \tat com.example.Shop.order(Shop.java:12)
    Caused by: java.io.IOException
    2026-01-01 10:00:01 INFO shop: order 2 placed
    2026-01-01 10:00:02 INFO shop: order 3 placed

    """
  let batch = decode(text)
  #expect(batch.recordCounts.repaired["continuationLine"] == 3)
  #expect(batch.logs.map { $0.source.value } == [1, 5, 6])
  #expect(batch.recordCounts.records == 3)
  #expect(batch.recordCounts.used == 3)
}

@Test("A line without a time among lines of which many have none is kept without one")
func unknownTime() {
  let batch = decode(
    "2026-01-01 10:00:00 INFO shop: a b\nstarting the worker\n2026-01-01 10:00:01 INFO shop: c d\ndone with it\n")
  #expect(batch.logs.map { $0.time == .min } == [false, true, false, true])
  #expect(batch.recordCounts.repaired["timeUnknown"] == 2)
}

@Test("The ids of request and span are read out of the text")
func requestIDs() {
  let id = "4bf92f3577b34da6a3ce929d0e0e4736"
  let lines = [
    "trace_id=\(id) span_id=00f067aa0ba902b7 charge failed", "charge failed {\"traceId\":\"\(id)\"}",
    "charge failed TraceID: \(id)", "[req-4bf92f35-77b3-4da6-a3ce-929d0e0e4736 - -] charge failed",
  ]
  let batch = decode(lines.map { "2026-01-01 10:00:00 ERROR shop: \($0)\n" }.joined())
  #expect(batch.logs.map { $0.request.hex } == Array(repeating: id, count: 4))
  #expect(batch.logs.first?.span == 0x00f0_67aa_0ba9_02b7)
  let none = decode("2026-01-01 10:00:00 ERROR shop: trace: off, request: none\n")
  #expect(none.logs.first?.request == RequestID.none)
}

@Test("Text without headers is no log: a note, no records")
func noHeader() {
  let batch = decode("Lorem ipsum dolor\nsit amet consetetur\nsadipscing elitr\n")
  #expect(batch.logs.isEmpty)
  #expect(batch.diagnostics.sorted.map(\.code) == ["unrecognizedFormat"])
}

@Test("Any cut of the bytes gives the same records")
func anyCut() {
  var text = ""
  for i in 0..<3000 {
    text += "2026-01-01 10:00:00.\(i) INFO svc-\(i % 7): took \(i) ms for user \(i * 31)\r\n"
    if i % 50 == 0 { text += "\tat frame \(i)\n" }
  }
  let whole = decode(text)
  #expect(whole.logs.count == 3000)
  for piece in [1013, 4096, 150_000] {
    let cut = decode(text, piece: piece)
    #expect(messages(cut) == messages(whole))
    #expect(cut.logs.map(\.time) == whole.logs.map(\.time))
    #expect(cut.recordCounts == whole.recordCounts)
  }
}

@Test("Any bytes behind a header can be read, and every line is one record")
func anyBytes() {
  var random = SplitMix64(seed: 11)
  let alphabet = Array("ab0 1:./-<>[]=|,{x}Dec 04:4 INFO 2026-01-01T".utf8) + [0, 255, 9, 13]
  var bytes: [UInt8] = []
  for i in 0..<2000 {
    bytes += Array("2026-01-01 10:00:00 INFO svc: ".utf8)
    if i % 2 == 1 { bytes.removeLast(Int.random(in: 0..<25, using: &random)) }
    bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
    }
    bytes += Array("x\n".utf8)
  }
  var batch = RecordBatch()
  var decoder = MemberDecoder(input: "x", member: "", settings: DecoderSettings(), batch: &batch)
  decoder.feed(bytes.span, into: &batch)
  decoder.finish(complete: true, into: &batch)
  #expect(batch.logs.count + (batch.recordCounts.repaired["continuationLine"] ?? 0) == 2000)
  #expect(batch.logs.allSatisfy { $0.textStart + $0.textCount <= batch.text.count })
}
