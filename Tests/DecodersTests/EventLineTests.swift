import Support
import Model
import Testing

struct EventLineTests {
  @Test("written and read again, every kind of event is the same")
  func roundTrip() {
    var batch = RecordBatch()
    var events: [StructuralEvent] = []
    for (i, kind) in EventKind.allCases.enumerated() {
      var event = StructuralEvent(
        time: 1_767_225_600_000_000 + Int64(i), component: batch.symbols.intern("cart \"1\"\n"), kind: kind)
      if i % 2 == 0 {
        event.request = RequestID(high: 1, low: UInt64(i) + 1)
      } else {
        event.requestText = batch.symbols.intern("req-\(i)")
        event.request = RequestID.parse("req-\(i)".utf8Span.span).id
      }
      event.span = UInt64(i) + 5
      event.parent = UInt64(i) + 4
      event.succeeded = i % 3 != 0
      event.failure = i % 3 == 0 ? .timeout : nil
      event.attempt = UInt8(1 + i % 4)
      event.latency = Int64(i) - 1
      event.subject = kind == .heartbeat ? .none : batch.symbols.intern("subject \(i)")
      event.operation = batch.symbols.intern("GET /é\u{202E}")
      event.message = batch.symbols.intern("user <*> failed")
      event.value = kind == .queueDepth || kind == .resourceSpike ? Double(i) + 0.25 : 0
      events.append(event)
    }
    var bytes: [UInt8] = []
    for event in events { EventLine.append(event, batch.symbols, to: &bytes) }
    let read = decode(bytes, piece: 11)
    #expect(read.events.count == events.count)
    #expect(read.codes.isEmpty)
    var again: [UInt8] = []
    for event in read.events { EventLine.append(event, read.symbols, to: &again) }
    #expect(String(decoding: again, as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
    for (a, b) in zip(events, read.events) {
      #expect((a.time, a.kind, a.request, a.span, a.parent) == (b.time, b.kind, b.request, b.span, b.parent))
      #expect(
        (a.succeeded, a.failure, a.attempt, a.latency, a.value) == (
          b.succeeded, b.failure, b.attempt, b.latency, b.value
        ))
      #expect(batch.text(a.subject) == read.text(b.subject))
      #expect(batch.text(a.operation) == read.text(b.operation))
      #expect(batch.text(a.message) == read.text(b.message))
      #expect(batch.text(a.requestText) == read.text(b.requestText))
    }
  }

  @Test("an event without a readable time is skipped by name")
  func noTime() {
    let batch = decode(#"{"time":"soon","component":"a","kind":"heartbeat"}"#)
    #expect(batch.events.isEmpty)
    #expect(batch.recordCounts.skipped == ["noTime": 1])
  }
}
