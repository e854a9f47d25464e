// Log records of OTLP say the same in both encodings.

import Decoders
import Model
import Support
import Simulation
import Testing

/// An AnyValue, to be written in either encoding.
private indirect enum Value {
  case text(String)
  case int(Int64)
  case double(Double)
  case bool(Bool)
  case bytes([UInt8], base64: String)
  case array([Value])
  case list([(String, Value)])

  var json: String {
    switch self {
    case .text(let text): #"{"stringValue":\#(Self.quoted(text))}"#
    case .int(let number): #"{"intValue":"\#(number)"}"#
    case .double(let number): #"{"doubleValue":\#(number.isFinite ? "\(number)" : "\"NaN\"")}"#
    case .bool(let flag): #"{"boolValue":\#(flag)}"#
    case .bytes(_, let text): #"{"bytesValue":"\#(text)"}"#
    case .array(let values): #"{"arrayValue":{"values":[\#(values.map(\.json).joined(separator: ","))]}}"#
    case .list(let pairs): #"{"kvlistValue":{"values":[\#(Self.attributes(pairs))]}}"#
    }
  }

  var protobuf: [UInt8] {
    ProtobufMessage.of { message in
      switch self {
      case .text(let text): message.text(1, text)
      case .int(let number): message.number(3, UInt64(bitPattern: number))
      case .double(let number): message.fixed(4, number.bitPattern)
      case .bool(let flag): message.number(2, flag ? 1 : 0)
      case .bytes(let bytes, _): message.data(7, bytes)
      case .array(let values):
        message.data(5, ProtobufMessage.of { list in for value in values { list.data(1, value.protobuf) } })
      case .list(let pairs):
        message.data(
          6, ProtobufMessage.of { list in for pair in pairs { list.data(1, Self.attribute(pair.0, pair.1)) } })
      }
    }
  }

  static func attributes(_ pairs: [(String, Value)]) -> String {
    pairs.map { #"{"key":"\#($0.0)","value":\#($0.1.json)}"# }.joined(separator: ",")
  }

  static func attribute(_ key: String, _ value: Value) -> [UInt8] {
    ProtobufMessage.of { pair in
      pair.text(1, key)
      pair.data(2, value.protobuf)
    }
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for byte in text.unicodeScalars {
      switch byte {
      case "\"", "\\": out += "\\\(byte)"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default: out.unicodeScalars.append(byte)
      }
    }
    return out + "\""
  }
}

private struct Record {
  var time: UInt64 = 1_795_572_001_000_000_000
  var severity = 0
  var severityText = ""
  var trace: [UInt8] = []
  var span: [UInt8] = []
  var event = ""
  var attributes: [(String, Value)] = []
  var body: Value?

  private func hex(_ bytes: [UInt8]) -> String { bytes.map { hexText(UInt64($0)).suffix(2) }.joined() }

  var json: String {
    var members = [#""timeUnixNano":"\#(time)""#]
    if severity > 0 { members.append(#""severityNumber":\#(severity)"#) }
    if !severityText.isEmpty { members.append(#""severityText":"\#(severityText)""#) }
    if let body { members.append(#""body":\#(body.json)"#) }
    if !attributes.isEmpty { members.append(#""attributes":[\#(Value.attributes(attributes))]"#) }
    if !trace.isEmpty { members.append(#""traceId":"\#(hex(trace))","spanId":"\#(hex(span))""#) }
    if !event.isEmpty { members.append(#""eventName":"\#(event)""#) }
    return "{\(members.joined(separator: ","))}"
  }

  var protobuf: [UInt8] {
    ProtobufMessage.of { message in
      message.fixed(1, time)
      if severity > 0 { message.number(2, UInt64(severity)) }
      if !severityText.isEmpty { message.text(3, severityText) }
      if let body { message.data(5, body.protobuf) }
      for (key, value) in attributes { message.data(6, Value.attribute(key, value)) }
      if !trace.isEmpty {
        message.data(9, trace)
        message.data(10, span)
      }
      if !event.isEmpty { message.text(12, event) }
    }
  }
}

struct OTLPEncodingTests {
  private func json(_ records: [Record], _ resource: [(String, Value)]) -> RecordBatch {
    decode(
      #"{"resourceLogs":[{"resource":{"attributes":[\#(Value.attributes(resource))]},"scopeLogs":[{"logRecords":[\#(records.map(\.json).joined(separator: ","))]}]}]}"#
        + "\n")
  }

  private func protobuf(_ records: [Record], _ resource: [(String, Value)], piece: Int = 1 << 20) -> RecordBatch {
    let scope = ProtobufMessage.of { scope in for record in records { scope.data(2, record.protobuf) } }
    let named = ProtobufMessage.of { message in
      for (key, value) in resource { message.data(1, Value.attribute(key, value)) }
    }
    let element = ProtobufMessage.of { element in
      element.data(1, named)
      element.data(2, scope)
    }
    return decode(ProtobufMessage.of { $0.data(1, element) }, piece: piece)
  }

  private func said(_ batch: RecordBatch) -> [String] {
    let events = batch.events.map { "\($0.kind) \($0.time) \(batch.text($0.component))" }
    // A request without an id has one of its place, which is not the same.
    let requests = batch.plainSpans.map { $0.description.split(separator: " ").dropFirst(2).joined(separator: " ") }
    return batch.plainLogs + requests + events
      + ["\(batch.recordCounts.used) \(batch.recordCounts.repaired.sorted { $0.key < $1.key })"]
  }

  private static let bodies: [String] = [
    "none left", "E1125 02:00:01.000000       1 pay.go:31] none left", #"level=error msg="none left""#,
    "ERROR:pay:none left", "ERROR: none left", #"{"level":"error","msg":"none left","logger":"pay"}"#,
    "2026-11-25T02:00:01.100000000Z stderr F ERROR none left",
    #"10.0.0.9 - - [25/Nov/2026:02:00:01 +0000] "GET /orders/17 HTTP/1.1" 502 12 "-" "curl""#,
    "ERROR:pay:none left\nTraceback (most recent call last):\n  File \"/a.py\", line 1, in f\nValueError: none",
    "Traceback (most recent call last):", "  File \"/a.py\", line 1, in f", "ValueError: none", "INFO:pay:next", " ",
    #"{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572001000000000","body":{"stringValue":"inside"}}]}]}]}"#,
    "last",
  ]

  @Test("the lines of other programs in bodies are read the same out of both encodings")
  func lines() {
    let records = Self.bodies.map { Record(body: .text($0)) }
    let resource: [(String, Value)] = [("k8s.container.name", .text("orders"))]
    let expected = said(json(records, resource))
    #expect(said(protobuf(records, resource)) == expected)
    #expect(said(protobuf(records, resource, piece: 7)) == expected)
    let logs = protobuf(records, resource).readLogs
    #expect(logs.filter { $0.severity == "error" && $0.message.contains("none left") }.count >= 6)
    #expect(logs.contains { $0.message == "last" && $0.component == "orders" })
    #expect(protobuf(records, resource).spans.count == 1)
  }

  @Test("what is not a text is read the same out of both encodings, however deep")
  func values() {
    let deep = (0..<30).reduce(Value.int(7)) { value, _ in .array([value]) }
    let bodies: [Value?] = [
      nil, .int(-5), .double(1.5), .double(.nan), .bool(true), .bytes([1, 2, 3, 4], base64: "AQIDBA=="), .array([]),
      .list([("a", .text("x\n\"y\"\té")), ("b", .list([("c", .array([.int(1), .bool(false)]))]))]), deep,
      .list([("level", .text("warn")), ("msg", .text("none left"))]),
      .list([("MESSAGE", .text("none left")), ("PRIORITY", .text("3")), ("_SYSTEMD_UNIT", .text("pay.service"))]),
    ]
    let records = bodies.map { Record(event: "clicked", body: $0) }
    let batch = protobuf(records, [])
    #expect(said(batch) == said(json(records, [])))
    #expect(
      batch.readLogs.map(\.message) == [
        "clicked", "-5", "1.5", #""NaN""#, "true", #""AQIDBA==""#, "[]",
        #"{"a":"x\n\"y\"\té","b":{"c":[1,false]}}"#,
        String(repeating: "[", count: 30) + "7"
          + String(repeating: "]", count: 30), "none left", "none left",
      ])
    #expect(batch.readLogs.suffix(2).map(\.severity) == ["warn", "error"])
    #expect(batch.readLogs.last?.component == "pay")
  }

  @Test("levels, ids and the collected file are read the same out of both encodings")
  func fields() {
    let trace = Array(UInt8(1)...16)
    let path: [(String, Value)] = [("log.file.path", .text("/var/log/pods/shop_pay-0_0af1/pay/0.log"))]
    let records = [
      Record(severity: 17, severityText: "oops", trace: trace, span: Array(trace[0..<8]), body: .text("a")),
      Record(severityText: "WARN", attributes: path, body: .text("b")),
      Record(attributes: path, body: .text("ERROR:pay:none left")), Record(time: 0, body: .text("c")),
    ]
    for resource in [[], [("service.name", Value.text("orders"))]] {
      #expect(said(protobuf(records, resource)) == said(json(records, resource)))
    }
    #expect(protobuf(records, []).readLogs[1].component == "pay")
  }
}
