import Decoders
import Model
import Support
import Simulation
import Testing

private let trace: [UInt8] = [
  0x7B, 0x0C, 0x1D, 0x2E, 0x3F, 0x40, 0x51, 0x62, 0x73, 0x84, 0x95, 0xA6, 0xB7, 0xC8, 0xD9, 0xE0,
]
private let start: UInt64 = 1_795_572_000_000_000_000

private func span(_ id: UInt8, parent: UInt8 = 0) -> [UInt8] {
  ProtobufMessage.of { span in
    span.data(1, trace)
    span.data(2, Array(repeating: id, count: 8))
    if parent > 0 { span.data(4, Array(repeating: parent, count: 8)) }
    span.text(5, "charge")
    span.number(6, 3)
    span.fixed(7, start)
    span.fixed(8, start + 250_000_000)
    span.data(9, ProtobufMessage.attribute("http.response.status_code") { $0.number(3, 503) })
    span.data(9, ProtobufMessage.attribute("server.address") { $0.text(1, "bank") })
    span.data(13, ProtobufMessage.of { $0.data(1, trace) })
    span.data(
      15,
      ProtobufMessage.of {
        $0.text(2, "gone")
        $0.number(3, 2)
      })
  }
}

private let log = ProtobufMessage.of { log in
  log.fixed(1, start)
  log.number(2, 17)
  log.data(5, ProtobufMessage.of { $0.text(1, "db down") })
  log.data(9, trace)
}

private let metric = ProtobufMessage.of { metric in
  metric.text(1, "queue")
  metric.data(
    5,
    ProtobufMessage.of { gauge in
      for value in [4.5, Double.nan] {
        gauge.data(
          1,
          ProtobufMessage.of { point in
            point.fixed(3, start)
            point.fixed(4, value.bitPattern)
          })
      }
    })
}

@Test("Binary OTLP spans say what their JSON says, in every framing", arguments: ["bare", "length32", "delimited"])
func readsProtobufSpans(framing: String) throws {
  let message = ProtobufMessage.resource([span(1), span(2, parent: 1)])
  var bytes: [UInt8] = []
  for _ in 0..<2 {
    switch framing {
    case "length32": bytes += [0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)]
    case "delimited": bytes += ProtobufMessage.of { $0.varint(UInt64(message.count)) }
    default: break
    }
    bytes += message
  }
  for piece in [1 << 20, 3] {
    let batch = decode(bytes, piece: piece)
    #expect(batch.spans.count == 4)
    #expect(batch.services == ["pay"])
    let first = try #require(batch.spans.first)
    #expect(first.trace.hex == "7b0c1d2e3f405162738495a6b7c8d9e0")
    #expect(hexText(first.span) == "0101010101010101")
    #expect(batch.spans[1].parent == first.span)
    #expect(first.start == 1_795_572_000_000_000 && first.duration == 250_000)
    #expect(first.kind == .client && first.status == .error && first.httpStatus == 503)
    #expect(batch.text(first.operation) == "charge" && batch.text(first.serverAddress) == "bank")
    #expect(batch.text(first.message) == "gone")
    #expect(batch.codes == [])
    #expect(batch.isBalanced && batch.recordCounts.used == 4)
  }
}

@Test("Binary OTLP logs and metrics; a resource behind its records still names them")
func readsProtobufLogsAndMetrics() {
  let logs = decode(ProtobufMessage.resource([log], resourceLast: true))
  #expect(logs.logs.map { logs.text($0.component) } == ["pay"])
  #expect(logs.logs.map(\.severity) == [.error])
  #expect(logs.logs.map { logs.message($0) } == ["db down"])
  let metrics = decode(ProtobufMessage.resource([metric]))
  #expect(metrics.metrics.map(\.value) == [4.5])
  #expect(metrics.codes == ["noValue"])
  #expect(metrics.isBalanced)
}

@Test("Binary OTLP that is cut or damaged is told, and text is never taken for it")
func tellsDamagedProtobuf() {
  let message = ProtobufMessage.resource([span(1), span(2)])
  let cut = decode(Array(message.dropLast(20)))
  #expect(cut.spans.count == 1)
  #expect(cut.codes == ["cutOff"])
  var bad = message
  bad[message.count - 20] = 0xFF
  #expect(decode(bad).isBalanced)
  for text in ["\n\u{7B}\n\"a\": 1}", "\n\n\nINFO started", "plain"] {
    #expect(!decode(text).codes.contains("malformedProtobuf"))
  }
}

@Test("a resource without a record is told of; found by fuzzing")
func resourceWithoutRecords() {
  let batch = decode(ProtobufMessage.resource([]))
  #expect(batch.recordCounts.records == 0)
  #expect(!batch.codes.isEmpty)
}

@Test("Fields of a binary span may stand in any order")
func spanFieldsInAnyOrder() {
  let fields: [(inout ProtobufMessage) -> Void] = [
    { $0.text(5, "charge") }, { $0.number(6, 2) }, { $0.data(2, Array(repeating: 1, count: 8)) }, { $0.data(1, trace) },
    { $0.text(3, "k=v") }, { $0.fixed(8, start + 9000) }, { $0.fixed(7, start) }, { $0.text(200, "future") },
  ]
  for turn in fields.indices {
    let span = ProtobufMessage.of { span in
      for field in fields[turn...] + fields[..<turn] { field(&span) }
    }
    let batch = decode(ProtobufMessage.resource([span]))
    #expect(batch.services == ["pay"] && batch.spans.map(\.duration) == [9] && batch.logs.isEmpty)
  }
}

@Test("A binary data point without a recorded value has none")
func binaryStaleness() {
  func gauge(flags: UInt64) -> [UInt8] {
    ProtobufMessage.of { metric in
      metric.text(1, "queue")
      metric.data(
        5,
        ProtobufMessage.of { gauge in
          gauge.data(
            1,
            ProtobufMessage.of { point in
              point.fixed(3, start)
              point.fixed(4, (4.5).bitPattern)
              point.number(8, flags)
            })
        })
    }
  }
  #expect(decode(ProtobufMessage.resource([gauge(flags: 0)])).metrics.map(\.value) == [4.5])
  #expect(decode(ProtobufMessage.resource([gauge(flags: 1)])).metrics.isEmpty)
}
