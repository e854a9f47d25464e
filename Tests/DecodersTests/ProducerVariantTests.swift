import Model
import Support
import Testing

@testable import Decoders

/// Forms that producers write beside the one that their documents show first.
struct ProducerVariantTests {
  @Test("columns of the W3C's format may stand in any order, and change within a file")
  func columnsInAnyOrder() {
    let batch = decode(
      """
      #Software: Microsoft Internet Information Services 10.0
      #Fields: date time cs-method cs-uri-stem sc-status time-taken
      2026-11-25 02:00:00 GET /a 200 15
      #Fields: time s-computername date time-taken sc-status cs-uri-stem cs-method
      02:00:01 W1 2026-11-25 1500 500 /b POST

      """)
    #expect(batch.spans.map(\.duration) == [15_000, 1_500_000])
    #expect(batch.spans.map { $0.start + $0.duration } == [1_795_572_000_000_000, 1_795_572_001_000_000])
    #expect(batch.logs.isEmpty)
  }

  private func otlp(_ record: String) -> String {
    #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"#
      + #""scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572000500000000",\#(record)}]}]}]}"#
  }

  @Test(
    "a number by its name counts before the text, but not where it says nothing",
    arguments: [
      (#""severityText":"ERR","severityNumber":"SEVERITY_NUMBER_UNSPECIFIED""#, Severity.error),
      (#""severityNumber":"SEVERITY_NUMBER_UNSPECIFIED","severityText":"ERR""#, .error),
      (#""severityNumber":"SEVERITY_NUMBER_ERROR3","severityText":"INFO""#, .error),
      (#""severityText":"INFO","severityNumber":"SEVERITY_NUMBER_WARN""#, .warning),
    ])
  func namedNumber(fields: String, level: Severity) {
    #expect(decode(otlp(fields + #","body":{"stringValue":"x"}"#)).logs.map(\.severity) == [level])
  }

  @Test("a record without a body says what its exception says")
  func exceptionIsTheText() {
    let type = #"{"key":"exception.type","value":{"stringValue":"IOError"}}"#
    let message = #"{"key":"exception.message","value":{"stringValue":"disk \"d1\" gone"}}"#
    for body in [#""body":{"stringValue":""},"#, ""] {
      #expect(
        decode(otlp(body + #""attributes":[\#(type),\#(message)]"#)).readLogs.map(\.message)
          == [#"IOError: disk "d1" gone"#])
    }
    #expect(decode(otlp(#""body":{"stringValue":"up"},"attributes":[\#(message)]"#)).readLogs.map(\.message) == ["up"])
  }

  @Test("base64 identities need no padding, and may have the alphabet of file names (proto3's JSON)")
  func bareBase64() {
    #expect(Base64.eight(Array("_-7771Vmd4g".utf8).span) == 0xFFEE_FBEF_5566_7788)
    #expect(Base64.eight(Array("/+7771Vmd4g=".utf8).span) == 0xFFEE_FBEF_5566_7788)
    #expect(Base64.eight(Array("order-00042".utf8).span) == nil)
  }

  @Test("what stands beside one line of Loki's is its own")
  func structuredMetadata() {
    let trace = "7b0c1d2e3f405162738495a6b7c8d9e0"
    for metadata in [
      #"{"structuredMetadata":{"detected_level":"error","trace_id":"\#(trace)"},"parsed":{}}"#,
      #"{"detected_level":"error","trace_id":"\#(trace)"}"#,
    ] {
      let batch = decode(
        #"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"service_name":"cart"},"values":["#
          + #"["1795572000500000000","cart full",\#(metadata)],["1795572001500000000","cart empty"]]}]}}"#)
      #expect(batch.logs.map(\.severity) == [.error, .unknown])
      #expect(batch.logs.map(\.request.hex) == [trace, RequestID.none.hex])
    }
  }

  @Test("an event of Kubernetes happened when it was seen last")
  func eventTime() {
    let batch = decode(
      #"{"kind":"EventList","apiVersion":"events.k8s.io/v1","items":[{"metadata":{"creationTimestamp":"2026-11-25T01:00:00Z"},"#
        + #""eventTime":null,"regarding":{"kind":"Pod","name":"seats-1"},"note":"probe failed","type":"Warning","#
        + #""deprecatedFirstTimestamp":"2026-11-25T01:30:00Z","deprecatedLastTimestamp":"2026-11-25T02:00:01Z"}]}"#)
    #expect(batch.logs.map(\.time) == [1_795_572_001_000_000])
  }

  @Test("the entry type of Windows' event log is its level, whatever the message says")
  func entryType() {
    let batch = decode(
      """
      "TimeGenerated","EntryType","Source","Message"
      "11/25/2026 2:00:00 AM","Error","Schannel","fatal alert 40"
      "11/25/2026 2:00:01 AM","Warning","DCOM","slow"
      "11/25/2026 2:00:02 AM","0","DCOM","ok"

      """)
    #expect(batch.logs.map(\.severity) == [.error, .warning, .info])
  }

  @Test("numbered events of evtx_dump are events")
  func numberedEvents() {
    func record(_ number: Int) -> String {
      """
      Record \(number)
      <?xml version="1.0" encoding="utf-8"?>
      <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
        <System><Provider Name="SCM"></Provider><EventID>7031</EventID><Level>2</Level>
        <TimeCreated SystemTime="2026-11-25T02:00:0\(number).500000Z"></TimeCreated></System>
        <EventData><Data Name="p">Spooler</Data></EventData>
      </Event>

      """
    }
    let batch = decode(record(1) + record(2))
    #expect(batch.logs.map(\.severity) == [.error, .error])
    #expect(batch.logs.map { batch.text($0.component) } == ["SCM", "SCM"])
  }

  @Test("log4j's first version has a level above error")
  func log4jFatal() {
    let text = [5000, 10000, 20000, 30000, 40000, 50000].map {
      #"{"timestamp":1795572000500,"level":\#($0),"logger":"a.B","message":"p"}"# + "\n"
    }
    #expect(decode(text.joined()).logs.map(\.severity) == [.trace, .debug, .info, .warning, .error, .fatal])
  }

  @Test("the sign of microseconds may be an escape", arguments: ["350\\u00b5s", "350\\u03BCs", "350\u{B5}s"])
  func escapedMicro(duration: String) {
    let line = #"{"ts":"2026-11-25T02:00:00.5Z","method":"GET","path":"/e","status":200,"duration":"\#(duration)"}"#
    let batch = decode(Array(repeating: line, count: 4).joined(separator: "\n") + "\n")
    #expect(batch.spans.map(\.duration) == [350, 350, 350, 350])
  }

  @Test("nginx's seconds are seconds without their zeros, by the fields beside them")
  func nginxSeconds() {
    let line =
      #"{"msec":"1795572001.250","remote_addr":"203.0.113.1","request":"GET /s HTTP/1.1","status":499,"request_time":0.5,"#
      + #""upstream_addr":"10.0.1.0:80","upstream_status":"-","upstream_response_time":"-"}"#
    #expect(decode(line + "\n").spans.first?.duration == 500_000)
  }

  @Test("the gateway's epoch says when a request began, to the millisecond")
  func gatewayEpoch() {
    let line =
      #"{"requestId":"r","ip":"203.0.113.1","requestTime":"25/Nov/2026:02:00:00 +0000","requestTimeEpoch":1795572000250,"#
      + #""httpMethod":"GET","resourcePath":"/a","status":"504","responseLatency":"29000"}"#
    let span = decode(line + "\n").spans.first
    #expect(span?.start == 1_795_572_000_250_000)
    #expect(span?.duration == 29_000_000)
  }
}
