import Model
import Testing

@testable import Decoders

/// A record of a shape that was read before says what it says when its keys are looked up.
@Suite struct JSONLogShapeTests {
  private static let lines = [
    #"{"time":"2026-01-01T00:00:01Z","level":"INFO","service":"a","n":1,"ok":true,"none":null,"message":"one"}"#,
    #"{"time":"2026-01-01T00:00:02Z","level":"WARN","service":"b","n":-2.5e3,"ok":false,"none":null,"message":"two \"q\""}"#,
    // Another kind of value; another order; one more and one fewer key; a blank; an escaped key.
    #"{"time":1767225603,"level":40,"service":"a","n":"1","ok":"yes","none":{"x":1},"message":"three"}"#,
    #"{"level":"INFO","time":"2026-01-01T00:00:04Z","service":"a","n":1,"ok":true,"none":null,"message":"four"}"#,
    #"{"time":"2026-01-01T00:00:05Z","level":"INFO","service":"a","n":1,"ok":true,"none":null,"message":"five","x":""}"#,
    #"{"time":"2026-01-01T00:00:06Z","level":"INFO","service":"a","n":1,"ok":true,"none":null}"#,
    #"{ "time": "2026-01-01T00:00:07Z", "level": "INFO", "service": "a", "message": "seven" }"#,
    #"{"time":"2026-01-01T00:00:08Z","level":"INFO","service":"a","n":1,"ok":true,"none":null,"m\u0065ssage":"eight"}"#,
    // What makes another record of the same keys: an event's kind, a request's line, a line in a container's record.
    #"{"time":"2026-01-01T00:00:09Z","component":"a","kind":"note","message":"nine"}"#,
    #"{"time":"2026-01-01T00:00:10Z","component":"a","kind":"childCrashed","message":"ten"}"#,
    #"{"log":"{\"level\":\"error\",\"msg\":\"inside\"}\n","stream":"stderr","time":"2026-01-01T00:00:11Z"}"#,
    #"{"log":"plain\n","stream":"stdout","time":"2026-01-01T00:00:12Z"}"#,
    #"{"time":"2026-01-01T00:00:13Z","level":"INFO","level":"ERROR","message":"twice"}"#,
    #"{"time":"2026-01-01T00:00:14Z","level":"INFO","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","message":"é"}"#,
    #"{"time":"2026-01-01T00:00:15Z","method":"GET","status":200,"message":"request"}"#,
    #"{"time":"2026-01-01T00:00:16Z","attrs":"x","message":"known to nobody"}"#,
    #"{"message":"{\"time\":\"2026-01-01T00:00:17Z\",\"message\":\"deep\"}"}"#,
  ]

  /// Blanks that each record has in another number keep it from having a known shape, and change nothing else.
  @Test(arguments: lines) func asWithoutAShape(_ line: String) {
    for other in Self.lines {
      let texts = [other, line, line, other, line]
      let apart = texts.enumerated().map { "{" + String(repeating: " ", count: 1 + $0) + $1.dropFirst() }
      let (known, unknown) = (decode(texts.joined(separator: "\n")), decode(apart.joined(separator: "\n")))
      #expect(known.plainLogs == unknown.plainLogs, "beside \(other)")
      #expect(known.plainSpans == unknown.plainSpans)
      #expect(known.events.map(\.kind) == unknown.events.map(\.kind))
      #expect(known.codes == unknown.codes)
      #expect(known.recordCounts.used == unknown.recordCounts.used && known.isBalanced)
    }
  }

  @Test func brokenRecordsOfAKnownShape() {
    let whole = Self.lines[0]
    for end in 1..<whole.utf8.count {
      let cut = String(decoding: Array(whole.utf8).prefix(end), as: UTF8.self)
      let batch = decode([whole, whole, cut].joined(separator: "\n"))
      #expect(batch.logs.count == 2 && !batch.codes.isEmpty)
    }
  }
}
