import Decoders
import Model
import Testing

private func line(_ i: Int) -> String {
  #"{"timestamp":"2026-01-01T00:00:\#(i < 10 ? "0" : "")\#(i)Z","level":"INFO","service":"a","message":"m\#(i)"}"#
}

private let good = (0..<10).map(line).joined(separator: "\n") + "\n"

struct JSONMemberTests {
  @Test(
    "a bad line costs only itself, and is named",
    arguments: [
      #"{"timestamp":"2026-01-01T00:00:00Z","message":"x"#, #"{"message":"x",}"#, "{'message':'x'}",
      #"{"message":"x","v":NaN}"#, #"{"message":"x","v":-Infinity}"#, #"{"message":"x",/*c*/"a":1}"#, #"{message:"x"}"#,
      "null", "42", "{}", "[]", #"{"message":"x","v":01}"#,
      #"{"message":"x","v":+1}"#, #"{"message":"x","v":1.}"#, #"{"message":"x","v":0x1F}"#, #"{"message":"x\q"}"#,
      #"{"message":"x\u12"}"#, #"{"message" "x"}"#, #"{"message":"x"]"#, #"{,}"#,
      #"{"message":"x","v":tru}"#, #"{"message":"x","v":1e}"#, #"{"message":"x","v":-}"#, "]",
      String(repeating: "[", count: 1000), String(repeating: #"{"a":"#, count: 1000),
    ])
  func badLine(_ bad: String) {
    for piece in [1, 7, 1 << 20] {
      let batch = decode(good + bad + "\n" + good, piece: piece)
      #expect(batch.logs.count == 20)
      #expect(batch.isBalanced)
      #expect(batch.recordCounts.skippedTotal == 1)
      let named = batch.diagnostics.sorted
      #expect(named.map(\.location.position) == [.line(11)])
      #expect(named.allSatisfy { $0.severity > .note })
    }
  }

  @Test("what follows a whole value on its line is named, the value is used")
  func secondValue() {
    let extra = #"{"time":1767225600,"message":"x"}"#
    #expect(decode(good + extra + extra + "\n" + good).logs.count == 22)
    let batch = decode(good + extra + "}\n" + good)
    #expect(batch.logs.count == 21)
    #expect(batch.recordCounts.skipped == ["malformedJSON": 1])
  }

  @Test(
    "bytes that are no UTF-8 and bare controls are repaired, counted and noted",
    arguments: [
      [0xFF, 0xFE, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0xBD], [0x00], [0x01, 0x1F], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func badBytes(_ bad: [UInt8]) {
    let prefix = Array(#"{"timestamp":"2026-01-01T00:00:00Z","message":"x"#.utf8)
    let bytes = Array(good.utf8) + prefix + bad + Array("\"}\n".utf8) + Array(good.utf8)
    let batch = decode(bytes)
    #expect(batch.logs.count == 21)
    #expect(batch.recordCounts.repairedTotal == 1)
    #expect(batch.diagnostics.sorted.map(\.severity) == [.note])
  }

  @Test(
    "valid forms that look odd are no problem",
    arguments: [
      good.replacing("\n", with: "\r\n"), "\u{FEFF}" + good, String(good.dropLast()),
      good.replacing("\n", with: "\n\n \n"),
      good.replacing("\n", with: "\r"), "[\n" + good.split(separator: "\n").joined(separator: ",\n") + "\n]\n",
      good.replacing("{", with: "{\n  ").replacing(",", with: ",\n  ").replacing("}", with: "\n}"),
      good.replacing("m1", with: "a\u{2028}b"), good.replacing("m1", with: #"\ud83d\ude00"#),
    ])
  func oddForms(_ text: String) {
    for piece in [1, 7, 1 << 20] {
      let batch = decode(text, piece: piece)
      #expect(batch.logs.count == 10)
      #expect(batch.recordCounts.records == 10)
      #expect(batch.diagnostics.isEmpty)
    }
  }

  @Test("a pair of surrogates is one character, half a pair becomes U+FFFD and is counted")
  func surrogates() {
    let batch = decode(#"{"time":1767225600,"level":"info","msg":"\ud83d\ude00 \ud83d \ude00\u0000"}"#)
    #expect(batch.logs.map(batch.message) == ["😀 \u{FFFD} \u{FFFD}"])
    #expect(batch.recordCounts.repaired["loneSurrogate"] == 2)
  }

  @Test("UTF-16 is read in both byte orders, with and without its mark")
  func utf16() {
    let units = Array(good.utf16)
    for isBig in [false, true] {
      let bytes = units.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
      let mark: [UInt8] = isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]
      #expect(decode(bytes).logs.count == 10)
      #expect(decode(mark + bytes, piece: 3).logs.count == 10)
    }
  }

  @Test("a line over the limit is left out by name, the lines around it are read")
  func longLine() {
    var settings = DecoderSettings()
    settings.limits.line = 10_000
    let long = #"{"message":""# + String(repeating: "A", count: 400_000) + "\"}\n"
    for piece in [1000, 1 << 20] {
      let batch = decode(good + long + good, piece: piece, settings: settings)
      #expect(batch.logs.count == 20)
      #expect(batch.diagnostics.sorted.map(\.limit) == ["lineBytes"])
      #expect(batch.recordCounts.skippedTotal == 1)
    }
  }

  @Test("a document cut in the middle gives every complete element and says so")
  func cutDocument() {
    let spans = (0..<50).map {
      #"{"traceId":"1","id":"\#($0 + 1)","name":"n","timestamp":1767225600000000,"duration":10,"localEndpoint":{"serviceName":"s"}}"#
    }
    let whole = "[" + spans.joined(separator: ",") + "]"
    for cut in [0, 1, 30, 200, 1000] {
      let text = String(whole.dropLast(cut))
      let batch = decode(text, piece: 64)
      let complete = text.split(separator: "}}", omittingEmptySubsequences: false).count - 1
      #expect(batch.spans.count == complete)
      #expect(batch.codes.contains("cutOff") == (cut > 0))
      #expect(batch.isBalanced)
    }
  }

  @Test("damage inside a pretty document keeps the elements before it")
  func damagedDocument() {
    let batch = decode(
      """
      [
        {"traceId": "1", "id": "1", "timestamp": 1767225600000000, "localEndpoint": {"serviceName": "s"}},
        {"traceId": "1", "id": "2", "timestamp": oops, "localEndpoint": {"serviceName": "s"}},
        {"traceId": "1", "id": "3", "timestamp": 1767225600000000, "localEndpoint": {"serviceName": "s"}}
      ]
      """)
    #expect(batch.spans.first?.span == 1)
    #expect(batch.diagnostics.sorted.contains { $0.code == "malformedJSON" && $0.severity == .error })
  }

  @Test(
    "JSON of no record format is a note, and nothing is counted",
    arguments: [
      #"{"a":1}"#, "[]", "[1,2,3]", #""text""#, "[[[]]]", "true",
      #"{"service":"x","threshold":0.5,"severity":"critical"}"#,
    ])
  func unknown(_ text: String) {
    let batch = decode(text)
    #expect(batch.codes == ["unrecognizedFormat"] || batch.codes == ["noRecords"])
    #expect(batch.recordCounts.records == 0)
  }

  @Test("nothing at all is a note")
  func empty() {
    #expect(decode("").codes == ["emptyMember"])
  }

  @Test("a Jaeger document may name its processes before or after the spans")
  func jaegerProcesses() {
    let spans =
      #""spans":[{"traceID":"1","spanID":"2","operationName":"o","references":[],"startTime":1767225600000000,"duration":5,"processID":"p1","tags":[{"key":"error","type":"bool","value":"true"}]}]"#
    let processes = #""processes":{"p1":{"serviceName":"front"}}"#
    for body in [spans + "," + processes, processes + "," + spans] {
      for document in [#"{"data":[{"traceID":"1",\#(body)}]}"#, #"{"traceID":"1",\#(body)}"#, #"{"data":{\#(body)}}"#] {
        let batch = decode(document, piece: 5)
        #expect(batch.spans.map { batch.text($0.service) } == ["front"])
        #expect(batch.spans.map(\.status) == [.error])
        #expect(batch.recordCounts.used == 1)
      }
    }
  }

  @Test("an element that comes in pieces is counted once, with its repairs")
  func repairsInPieces() {
    let tags = (0..<60).map { #"{"key":"k\#($0)","vStr":"\ud83d"}"# }.joined(separator: ",")
    let span =
      #"{"traceId":"AAAAAAAAAABSlpqJVVcaPw==","spanId":"AAAAAABkfZg=","operationName":"\ud83d","startTime":"2017-01-26T16:46:31Z","duration":"5ns","tags":[\#(tags)],"process":{"serviceName":"s"}}"#
    let document = "{\"spans\":[\n" + Array(repeating: span, count: 40).joined(separator: ",\n") + "]}"
    let whole = decode(document)
    #expect(whole.recordCounts.repaired == ["base64ID": 80, "loneSurrogate": 40])
    for piece in [100, 5000, 70_000] { #expect(decode(document, piece: piece).recordCounts == whole.recordCounts) }
    #expect(DecoderProbe.json.brokenPromise(Array(document.utf8), piece: 700) == nil)
  }

  @Test("search-store documents: one a line with _source, or a search result")
  func searchStore() {
    let span =
      #"{"traceID":"1","spanID":"2","operationName":"o","startTime":1767225600000000,"duration":5,"process":{"serviceName":"s"},"tag":{"span@kind":"x","error":true},"references":[{"refType":"FOLLOWS_FROM","traceID":"1","spanID":"7"}]}"#
    let hit = #"{"_index":"jaeger-span","_type":"span","_id":"x","_source":\#(span)}"#
    for text in [hit + "\n" + hit, #"{"took":1,"hits":{"total":2,"hits":[\#(hit),\#(hit)]}}"#, span + "\n" + span] {
      let batch = decode(text)
      #expect(batch.spans.map(\.parent) == [7, 7])
      #expect(batch.spans.map(\.flags) == [.followsFrom, .followsFrom])
      #expect(batch.services == ["s"])
    }
  }

  @Test("a reference into another trace only is marked")
  func foreignParent() {
    let batch = decode(
      #"[{"traceID":"1","spanID":"2","operationName":"o","startTime":1767225600000000,"duration":5,"references":[{"refType":"CHILD_OF","traceID":"ff","spanID":"7"}],"process":{"serviceName":"s"}}]"#
    )
    #expect(batch.spans.map(\.flags) == [.foreignParent])
  }

  @Test("Zipkin: arrays, arrays of arrays, one span a line")
  func zipkinShapes() {
    let span =
      #"{"traceId":"1","id":"2","kind":"SERVER","timestamp":1767225600000000,"duration":5,"localEndpoint":{"serviceName":"s"},"tags":{"error":""}}"#
    for text in ["[\(span),\(span)]", "[[\(span)],[\(span)]]", "\(span)\n\(span)\n"] {
      let batch = decode(text)
      #expect(batch.spans.count == 2)
      #expect(batch.spans.allSatisfy { $0.status == .error && $0.kind == .server })
    }
  }

  @Test(
    "every attribute that a span is read for tells something",
    arguments: [
      "error", "db.name", "db.type", "span.kind", "db.system", "error.type", "error.kind", "net.peer.ip", "db.instance",
      "peer.service", "db.namespace", "net.peer.name", "peer.hostname", "error.message", "server.address",
      "db.system.name", "exception.type", "rpc.status_code", "http.status_code", "otel.status_code", "messaging.system",
      "grpc.status_code", "http.retry_count", "service.peer.name", "exception.message", "http.resend_count",
      "rpc.grpc.status_code", "messaging.destination", "otel.status_description", "message_bus.destination",
      "rpc.response.status_code", "http.response.status_code", "http.request.resend_count",
      "messaging.destination.name",
    ])
  func knownAttributes(name: String) {
    func span(_ tag: String, _ value: String) -> [PlainSpan] {
      let start = #"{"traceId":"1","id":"2","timestamp":1767225600000000,"localEndpoint":{"serviceName":"s"},"tags":{"#
      return decode(start + "\"\(tag)\":\"\(value)\"}}").plainSpans
    }
    let values = ["500", "client", "ERROR", "2"]
    #expect(values.contains { span(name, $0) != span("another.key", $0) }, "nothing told by \(name)")
  }

  @Test("Zipkin: a span that is nested too deep is refused behind a span too")
  func zipkinDepth() {
    let usual = #""traceId":"1a","id":"2","localEndpoint":{"serviceName":"s"}"#
    let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    let lines = [
      "{\(usual)}", "{\(usual),\"tags\":{\"a\":\(deep)}}", "{\(usual)}",
      "{\(usual),\"annotations\":[{\"endpoint\":{\"x\":\(deep)}}]}", "{\(usual)}",
    ]
    let batch = decode(lines.joined(separator: "\n") + "\n")
    #expect(batch.spans.count == 3)
    #expect(batch.recordCounts.skipped["jsonTooDeep"] == 2)
  }

  @Test("Zipkin: an object in a row of spans is read as it is alone", arguments: [1 << 20, 700, 61])
  func zipkinRow(piece: Int) {
    let usual =
      #""traceId":"1a","id":"2","timestamp":1767225600000000,"duration":5,"localEndpoint":{"serviceName":"s"}"#
    let odd = [
      "{\(usual)}", "{\(usual),\"debug\":true}", "{\(usual),\"other\":[1,{}]}", #"{"\u0074raceId":"3","id":"4"}"#,
      "{\(usual),\"tags\":{\"\\u0065rror\":\"x\"}}", #"{"traceId":"1a","id":"2","name":"no endpoint"}"#,
      #"{"time":"2026-01-01T00:00:00Z","level":"ERROR","message":"a log line"}"#, "{}", "7",
      "{\(usual),\"name\":\"control\u{1}\"}",
      #"{"traceID":"1a","spanID":"2","operationName":"jaeger","references":[]}"#,
      "{\(usual),\"spans\":[]}", #"{"traceId":[],"id":null,"localEndpoint":{}}"#, "{\(usual),\"parentId\":\"\\ud800\"}",
    ]
    let usualSpan = "{\(usual)}"
    let row = decode("[" + odd.map { "\(usualSpan),\n\($0),\n\(usualSpan)" }.joined(separator: ",") + "]", piece: piece)
    var (spans, logs, used) = ([PlainSpan](), [String](), 0)
    for object in odd {
      for one in [usualSpan, object, usualSpan] {
        let alone = decode("[\(one)]")
        spans += alone.plainSpans
        logs += alone.plainLogs
        used += alone.recordCounts.used
      }
    }
    #expect(row.plainSpans == spans)
    #expect(row.plainLogs == logs)
    #expect(row.recordCounts.used == used)
    #expect(row.isBalanced)
  }
}
