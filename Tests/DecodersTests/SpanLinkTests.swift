import Decoders
import Model
import Support
import Testing

/// Spans that follow from others in another trace, in the forms of other producers than OTLP.
struct SpanLinkTests {
  private let linked = "a1a1a1a1a1a1a1a1"

  private func parent(_ text: String, at place: Testing.SourceLocation = #_sourceLocation) -> String {
    let batch = decode(text + "\n", member: "m")
    #expect(batch.isBalanced, sourceLocation: place)
    return batch.spans.last.map { hexText($0.parent) } ?? "-"
  }

  @Test("a segment of X-Ray follows from the segment that it is linked to, if that caused it")
  func xray() {
    func segment(_ kind: String) -> String {
      #"{"name":"till","id":"70de5b6f19ff9a0a","trace_id":"1-6a163e61-7b0c1d2e3f405162738495a6","start_time":1795572001.0,"end_time":1795572002.0,"links":[{"trace_id":"1-6a163e60-7b0c1d2e3f405162738495a6","id":"\#(linked)","attributes":{"reserved":{"reference_type":"\#(kind)"}}}]}"#
    }
    #expect(parent(segment("parent")) == linked)
    #expect(parent(segment("child")) == hexText(0))
  }

  @Test("links of stores and agents")
  func documents() {
    let id = String(repeating: "a7", count: 16)
    let span = #""spanId":"b1b1b1b1b1b1b1b1","startTime":"2026-11-25T02:00:01Z","endTime":"2026-11-25T02:00:02Z""#
    #expect(
      parent(
        #"{"traceId":"b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9",\#(span),"name":"sell","kind":"SPAN_KIND_CONSUMER","durationInNanos":1000000000,"serviceName":"till","links":[{"traceId":"\#(id)","spanId":"\#(linked)"}]}"#
      ) == linked)
    #expect(
      parent(
        #"{"name":"projects/p/traces/b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9/spans/b1b1b1b1b1b1b1b1",\#(span),"displayName":{"value":"sell"},"spanKind":"CONSUMER","links":{"link":[{"traceId":"\#(id)","spanId":"\#(linked)","type":"PARENT_LINKED_SPAN"}]}}"#
      ) == linked)
    let datadog =
      #"{"trace_id":7615128178830110017,"span_id":3234567890123456789,"parent_id":0,"name":"kafka.consume","resource":"sell","service":"till","start":1795572001000000000,"duration":1000000000,"meta":{"span.kind":"consumer"LINKS}}"#
    #expect(
      parent(
        datadog.replacing(
          "LINKS",
          with:
            #","_dd.span_links":"[{\"trace_id\": \"0000000000000000778f156f09a06d41\", \"span_id\": \"\#(linked)\"}]""#)
      ) == linked)
    #expect(parent(datadog.replacing("LINKS", with: #","_dd.span_links":"none""#)) == hexText(0))
  }

  @Test("ClickHouse's own spans have decimal ids")
  func clickHouse() {
    let table = decode(
      """
      hostname,trace_id,span_id,parent_span_id,operation_name,kind,start_time_us,finish_time_us
      ch-0,7b0c1d2e-3f40-5162-7384-95a6b7c8d9e0,11072869122414935808,1234605616436508552,read,INTERNAL,1795572000200000,1795572001600000

      """, member: "m.csv")
    let row = decode(
      #"{"trace_id":"7b0c1d2e-3f40-5162-7384-95a6b7c8d9e0","span_id":"11072869122414935808","parent_span_id":"1234605616436508552","operation_name":"read","kind":"INTERNAL","start_time_us":"1795572000200000","finish_time_us":"1795572001600000"}"#
        + "\n", member: "m")
    for batch in [table, row] {
      #expect(batch.spans.map { hexText($0.parent) } == ["1122334455667788"])
      #expect(batch.spans.map { hexText($0.span) } == ["99aabbccddeeff00"])
      #expect(batch.spans.map(\.duration) == [1_400_000])
      #expect(batch.spans.map(\.trace.hex) == ["7b0c1d2e3f405162738495a6b7c8d9e0"])
    }
  }
}
