import Model
import Testing

/// One `resourceSpans` line in the writer's usual form.
private let usual =
  #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"#
  + #""scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","#
  + #""spanId":"eee19b7ec3c1b174","parentSpanId":"eee19b7ec3c1b173","name":"GET /a","kind":3,"#
  + #""startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","attributes":["#
  + #"{"key":"http.response.status_code","value":{"intValue":"503"}},"#
  + #"{"key":"server.address","value":{"stringValue":"pay.svc:8080"}},"#
  + #"{"key":"peer.service","value":{"stringValue":"old"}},"#
  + #"{"key":"service.peer.name","value":{"stringValue":"payments"}},"#
  + #"{"key":"http.request.resend_count","value":{"intValue":"2"}},"#
  + #"{"key":"other","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}}],"#
  + #""events":[{"timeUnixNano":"1544712660500000000","name":"exception","attributes":["#
  + #"{"key":"exception.type","value":{"stringValue":"java.net.ConnectException"}},"#
  + #"{"key":"exception.message","value":{"stringValue":"refused"}}]}],"#
  + #""status":{"code":2,"message":"boom"}}]}]}]}"#

private let usualSpan =
  "5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 eee19b7ec3c1b173 1544712660000000 1000000 client error 503 -1 2 0 "
  + #"["", "cart", "GET /a", "java.net.ConnectException", "boom", "payments", "pay.svc", "", ""]"#

/// The same JSON with white space wherever it may stand.
private func spaced(_ json: String, lineBreaks: Bool) -> String {
  var out = ""
  var isString = false
  var isEscaped = false
  for c in json {
    if isString {
      out.append(c)
      if isEscaped { isEscaped = false } else if c == "\\" { isEscaped = true } else if c == "\"" { isString = false }
    } else if c == "\"" {
      out.append(c)
      isString = true
    } else if "{}[],:".contains(c) {
      out += lineBreaks ? "\n \(c)\t\r\n" : "  \(c)\t"
    } else {
      out.append(c)
    }
  }
  return out
}

/// The same JSON with every letter of every string escaped.
private func escaped(_ json: String) -> String {
  var out = ""
  var isString = false
  for c in json.unicodeScalars {
    if c == "\"" {
      isString.toggle()
      out.unicodeScalars.append(c)
    } else if isString {
      let hex = String(c.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    } else {
      out.unicodeScalars.append(c)
    }
  }
  return out
}

/// The same JSON with the members of every object in reverse order.
private func reversed(_ json: String) -> String {
  var bytes = Array(json.utf8)[...]
  func value() -> String {
    guard let first = bytes.first else { return "" }
    switch first {
    case UInt8(ascii: "{"):
      bytes.removeFirst()
      var members: [String] = []
      while bytes.first != UInt8(ascii: "}") {
        if bytes.first == UInt8(ascii: ",") { bytes.removeFirst() }
        let key = value()
        bytes.removeFirst()
        members.append(key + ":" + value())
      }
      bytes.removeFirst()
      return "{" + members.reversed().joined(separator: ",") + "}"
    case UInt8(ascii: "["):
      bytes.removeFirst()
      var elements: [String] = []
      while bytes.first != UInt8(ascii: "]") {
        if bytes.first == UInt8(ascii: ",") { bytes.removeFirst() }
        elements.append(value())
      }
      bytes.removeFirst()
      return "[" + elements.joined(separator: ",") + "]"
    case UInt8(ascii: "\""):
      let end = bytes.dropFirst().firstIndex(of: UInt8(ascii: "\"")) ?? bytes.endIndex - 1
      let text = String(decoding: bytes[bytes.startIndex...end], as: UTF8.self)
      bytes = bytes[(end + 1)...]
      return text
    default:
      let end = bytes.firstIndex { ",]}".utf8.contains($0) } ?? bytes.endIndex
      let text = String(decoding: bytes[..<end], as: UTF8.self)
      bytes = bytes[end...]
      return text
    }
  }
  return value()
}

struct OTLPTests {
  @Test("all fields of a span in the usual form")
  func usualForm() {
    let batch = decode(usual + "\n")
    #expect(batch.plainSpans.map(\.description) == [usualSpan])
    #expect(batch.spans.map(\.source.isLine) == [true])
    #expect(batch.diagnostics.isEmpty)
  }

  @Test(
    "re-spaced, re-ordered and escaped input gives the same span as the usual form",
    arguments: [
      spaced(usual, lineBreaks: false), spaced(usual, lineBreaks: true), escaped(usual), reversed(usual),
      escaped(reversed(usual)), spaced(reversed(usual), lineBreaks: true), usual + "\r\n", "\u{FEFF}" + usual,
      "\n\n" + usual, #"{"result":"# + usual + "}",
      usual.replacing("scopeSpans", with: "instrumentationLibrarySpans"),
      usual.replacing(#""kind":3"#, with: #""kind":"SPAN_KIND_CLIENT""#)
        .replacing(#""code":2"#, with: #""code":"STATUS_CODE_ERROR""#),
      usual.replacing(#""1544712660000000000""#, with: "1544712660000000000"),
      usual.replacing("5b8efff798038103d269b633813fc60c", with: "W47/95gDgQPSabYzgT/GDA=="),
      usual.replacing("5b8efff798038103d269b633813fc60c", with: "5B8EFFF798038103D269B633813FC60C"),
      usual.replacing(#""name":"GET /a""#, with: #""name":"GET /a","traceState":"a=b","droppedAttributesCount":1"#),
    ])
  func otherForms(_ json: String) {
    for piece in [1, 13, 1 << 20] {
      let batch = decode(json, piece: piece)
      #expect(batch.plainSpans.map(\.description) == [usualSpan])
      #expect(batch.recordCounts.used == 1)
      #expect(batch.recordCounts.skipped.isEmpty)
    }
  }

  /// Members that are nearly as usual: the compared bytes must take them exactly as the general reader does.
  @Test(
    "a member that differs a little from the usual form is read the same with and without white space",
    arguments: [
      (
        #""kind":3"#,
        [
          #""flags":257,"kind":3"#, #""flags":0,"kind":3"#, #""flags":-1,"kind":3"#, #""flags":1.5e3,"kind":3"#,
          #""kind":0"#, #""kind":5"#, #""kind":6"#, #""kind":9"#, #""kind":13"#, #""kind":"3""#, #""kind":null"#,
          #""kind":3,"kind":2"#,
        ]
      ),
      (
        #""parentSpanId":"eee19b7ec3c1b173""#,
        [
          #""parentSpanId":"""#, #""parentSpanId":"eee""#, #""parentSpanId":null"#,
          #""parentSpanId":"EEE19B7EC3C1B173""#,
          #""parentSpanId":"xee19b7ec3c1b173""#, #""traceState":"a","parentSpanId":"eee19b7ec3c1b173""#,
          #""parentSpanId":"eee19b7ec3c1b173","flags":1,"flags":2"#, #""parentSpanId":"eee19b7ec3c1b1730""#,
        ]
      ),
      (
        #""name":"GET /a""#,
        [
          #""name":"""#, #""name":"ö""#, #""name":"a\"b""#, #""name":"\u0041""#, #""name":17"#, #""name":null"#,
          #""flags":17,"name":"GET /a""#, #""name":"GET /a","name":"again""#,
        ]
      ),
      (
        #""1544712660000000000""#,
        [
          #""154471266000000000""#, #""15447126600000000000""#, #""9544712660000000000""#, #""8544712660123456789""#,
          #""154471266000000000x""#, #""+544712660000000000""#, #""1544712660999999999""#, #""1544712660000001999""#,
          "1544712660000000000", #""""#, #""1234567890123456789""#,
        ]
      ),
      (#""1544712661000000000""#, [#""1544712661987654321""#, #""1544712660000000000""#, #""1544712659999999999""#]),
      (
        #"{"intValue":"503"}"#,
        [
          #"{"intValue":503}"#, #"{"intValue":"0503"}"#, #"{"intValue":""}"#, #"{"intValue":"5\u0030\u0033"}"#,
          #"{"stringValue":"503"}"#, #"{"stringValue":"ö"}"#, #"{"stringValue":"x","intValue":"500"}"#,
          #"{"intValue":"x"}"#, #"{"boolValue":true}"#, #"{"doubleValue":503}"#, "{}", "null",
        ]
      ),
      (#""status":{"code":2,"message":"boom"}"#, [#""status":{}"#, #""status":{"code":1}"#, #""status":null"#]),
    ] as [(String, [String])])
  func nearlyUsual(_ member: String, _ others: [String]) {
    for other in others {
      let json = usual.replacing(member, with: other)
      let (compact, general) = (decode(json), decode(spaced(json, lineBreaks: false)))
      #expect(compact.plainSpans == general.plainSpans, "\(other)")
      #expect(compact.recordCounts.repaired == general.recordCounts.repaired, "\(other)")
      #expect(compact.plainSpans.count == 1, "\(other)")
    }
  }

  @Test(
    "a broken span is broken with and without white space",
    arguments: [
      #""flags":01,"kind":3"#, #""kind":03"#, #""kind":3x"#, #""kind":3,,"x":1"#, #""kind":3 "x":1"#,
      #""flags":,"kind":3"#,
    ])
  func broken(_ member: String) {
    let json = usual.replacing(#""kind":3"#, with: member)
    for text in [json, spaced(json, lineBreaks: false)] {
      let batch = decode(text + "\n" + usual)
      #expect(batch.recordCounts.skipped == ["malformedJSON": 1])
      #expect(batch.plainSpans.map(\.description) == [usualSpan])
    }
  }

  @Test("old and new names of one thing: the newer wins whatever the order")
  func conventions() throws {
    func span(_ attributes: [(String, String)]) throws -> (RecordBatch, TraceSpan) {
      let list = attributes.map { #"{"key":"\#($0.0)","value":{"stringValue":"\#($0.1)"}}"# }.joined(separator: ",")
      let batch = decode(
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"1","spanId":"2","startTimeUnixNano":1544712660000000000,"#
          + #""attributes":["# + list + "]}]}]}]}")
      return (batch, try #require(batch.spans.first))
    }
    let pairs: [[(String, String)]] = [
      [("net.peer.ip", "10.0.0.1"), ("net.peer.name", "a"), ("server.address", "b")],
      [("db.system", "mysql"), ("db.system.name", "postgresql")],
      [("db.name", "x"), ("db.namespace", "y")],
      [("exception.type", "E"), ("error.type", "timeout")],
      [("rpc.status_code", "UNAVAILABLE")],
      [("rpc.grpc.status_code", "14")],
    ]
    for list in pairs {
      let (one, a) = try span(list)
      let (two, b) = try span(list.reversed())
      #expect(one.plainSpans == two.plainSpans)
      for (batch, span) in [(one, a), (two, b)] {
        switch list[0].0 {
        case "net.peer.ip": #expect(batch.text(span.serverAddress) == "b")
        case "db.system": #expect(batch.text(span.peerSystem) == "postgresql")
        case "db.name": #expect(batch.text(span.peerResource) == "y")
        case "exception.type": #expect(batch.text(span.errorType) == "timeout")
        default: #expect(span.grpcStatus == 14)
        }
      }
    }
  }

  @Test("a resource behind its spans names them all the same, in one piece or many")
  func lateResource() {
    let late = reversed(usual) + "\n" + usual.replacing("cart", with: "other") + "\n"
    for piece in [1, 50, 1 << 20] { #expect(decode(late, piece: piece).spans.count == 2) }
    let batch = decode(late)
    #expect(batch.spans.map { batch.text($0.service) } == ["cart", "other"])
  }

  @Test("spans without ids or times, or ending before they start, are used and named")
  func flaws() {
    let line =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"","spanId":"","name":"a"},"#
      + #"{"traceId":"0a","spanId":"0b","startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712650000000000"}]}]}]}"#
    let batch = decode(line)
    #expect(batch.recordCounts.used == 2)
    #expect(batch.recordCounts.repaired == ["invalidID": 1, "noTime": 1, "negativeDuration": 1])
    #expect(batch.spans.map(\.duration) == [-1, -1])
    #expect(batch.diagnostics.sorted.allSatisfy { $0.severity == .note })
  }

  @Test(
    "a span that stands for others is told aloud, and counted as one",
    arguments: [
      (#""traceState":"ot=th:c""#, true), (#""traceState":"dd=s:1,ot=rv:abc;th:fd70a""#, true),
      (#""traceState":"ot=p:8;r:62""#, true),
      (#""trace_state":"ot=th:8""#, true), (#""traceState":"ot=th:0""#, false), (#""traceState":"ot=p:0""#, false),
      (#""traceState":"ot=rv:abc""#, false), (#""traceState":"dd=s:1;p:0123""#, false), (#""traceState":"""#, false),
      (#""traceState":"ot=""#, false), (#""traceState":"rot=th:8""#, false), (#""traceState":"ot=th:""#, false),
      (#""attributes":[{"key":"SampleRate","value":{"intValue":"20"}}]"#, true),
      (#""attributes":[{"key":"SampleRate","value":{"intValue":"1"}}]"#, false),
    ])
  func sampling(_ member: String, _ isTold: Bool) {
    let line =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0a","spanId":"0b","startTimeUnixNano":"1544712660000000000","#
      + #""endTimeUnixNano":"1544712660100000000","# + member + "}]}]}]}"
    let batch = decode(line)
    #expect(batch.recordCounts.used == 1)
    #expect(batch.recordCounts.repaired.isEmpty)
    #expect(batch.diagnostics.sorted.contains { $0.code == "sampledTraces" && $0.severity == .warning } == isTold)
  }

  @Test(
    "integers and times at the edges do not trap",
    arguments: [
      "0", "-1", "18446744073709551615", "9223372036854775807", "1.5", #""x""#, "null", #""""#, "1e400", "[]",
    ])
  func edges(_ value: String) {
    let line =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0a","spanId":"0b","startTimeUnixNano":"# + value
      + #","endTimeUnixNano":"# + value + #"}]}]}]}"#
    #expect(decode(line).recordCounts.used == 1)
  }

  @Test("log records: body text or object, severity by number, name or text")
  func logs() {
    let line =
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeLogs":[{"logRecords":["#
      + #"{"timeUnixNano":"1544712660300000000","severityNumber":17,"severityText":"oops","body":{"stringValue":"a\nb"},"traceId":"0a","spanId":"0b"},"#
      + #"{"observedTimeUnixNano":1544712660300000000,"severityText":"WARN","body":{"kvlistValue":{"values":[ {"key":"k"} ]}},"traceId":"","spanId":""},"#
      + #"{"severityNumber":"SEVERITY_NUMBER_DEBUG","eventName":"clicked"}]}]}]}"#
    #expect(
      decode(line).plainLogs == [
        "1544712660300000 s 0000000000000000000000000000000a  000000000000000b error a\nb",
        "1544712660300000 s 00000000000000000000000000000000  0000000000000000 warning {\"k\":null}",
        "\(Int64.min) s 00000000000000000000000000000000  0000000000000000 debug clicked",
      ])
  }

  @Test("data points are the records; those without time or finite value are skipped")
  func metrics() {
    let line =
      #"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeMetrics":[{"metrics":["#
      + #"{"gauge":{"dataPoints":[{"timeUnixNano":"1544712660300000000","asInt":"7"},{"asInt":"8"},"#
      + #"{"timeUnixNano":"1544712660300000000","asDouble":"NaN"}]},"name":"queue.depth"}]}]}]}"#
    let batch = decode(line)
    #expect(
      batch.metrics.map { "\(batch.text($0.component)) \(batch.text($0.metric)) \($0.value)" } == ["s queue.depth 7.0"])
    #expect((batch.recordCounts.records, batch.recordCounts.used, batch.recordCounts.skipped["noValue"]) == (3, 1, 2))
  }
}
