import Model
import Support
import Testing

@testable import Decoders

/// Spans of X-Ray's daemon and of Elastic APM whose lines need other lines.
struct ForeignDocumentTests {
  private let segment = #""name":"seats","id":"5e6f708192a3b4c5","trace_id":"1-6a161960-0badc0de0badc0de0badc0de""#

  @Test("a complete segment overwrites the one in progress, and one that never ended is kept")
  func overwritten() {
    let batch = decode(
      """
      {"format": "json", "version": 1}
      {\(segment),"start_time":1795572000.5,"in_progress":true}
      {"format": "json", "version": 1}
      {\(segment),"start_time":1795572000.5,"end_time":1795572001.5}
      {"name":"seats","id":"5e6f708192a3b4c6","trace_id":"1-6a161960-0badc0de0badc0de0badc0de","start_time":1795572002,"in_progress":true}

      """)
    #expect(batch.spans.map(\.duration) == [1_000_000, -1])
    #expect(batch.codes.isEmpty && batch.isBalanced)
  }

  @Test("who calls in a subsegment by itself, its parent's line tells")
  func alone() {
    let batch = decode(
      #"{"type":"subsegment","name":"DynamoDB","id":"aa11bb22cc33dd44","parent_id":"5e6f708192a3b4c5","namespace":"aws","#
        + #""trace_id":"1-6a161960-0badc0de0badc0de0badc0de","start_time":1795572000.6,"end_time":1795572000.9,"#
        + #""subsegments":[{"name":"wait","id":"aa11bb22cc33dd45","start_time":1795572000.7,"end_time":1795572000.8}]}"#
        + "\n"
        + #"{\#(segment),"start_time":1795572000.5,"end_time":1795572001.5}"# + "\n")
    #expect(batch.spans.map { $0.flags.contains(.maybeCallee) } == [true, true, false])
    #expect(batch.spans.map { batch.text($0.peerService) } == ["DynamoDB", "", ""])
  }

  private let metadata = #"{"metadata":{"service":{"name":"seats"}}}"#
  private let transaction =
    #"{"transaction":{"id":"1122334455667788","trace_id":"0af7651916cd43dd8448eb211c80319c","name":"GET /s","type":"request","#
    + #""duration":50,"timestamp":1795572000000000,"result":"HTTP 5xx"}}"#
  private let span =
    #"{"span":{"id":"99aabbccddeeff00","trace_id":"0af7651916cd43dd8448eb211c80319c","parent_id":"1122334455667788","#
    + #""transaction_id":"1122334455667788","name":"GET tax","type":"external.http","start":12.5,"duration":20}}"#

  @Test("a span's start is told from its transaction's, whichever line comes first", arguments: [true, false])
  func offsets(spanFirst: Bool) {
    let batch = decode(([metadata] + (spanFirst ? [span, transaction] : [transaction, span])).joined(separator: "\n"))
    let byKind = batch.spans.sorted { $0.start < $1.start }
    #expect(byKind.map(\.start) == [1_795_572_000_000_000, 1_795_572_000_012_500])
    #expect(byKind.map(\.kind) == [.server, .client] && byKind.map(\.status) == [.error, .unset])
    #expect(batch.codes.isEmpty && batch.isBalanced)
  }

  @Test("a span whose transaction never comes is handed on without a time")
  func lostTransaction() {
    let batch = decode(metadata + "\n" + span + "\n")
    #expect(batch.spans.map(\.start) == [0])
    #expect(batch.codes == ["noTime"])
  }

  @Test("APM Server 6 has service and status under the context, and no outcome")
  func serverSix() {
    let batch = decode(
      #"{"_index":"apm-6","_source":{"context":{"service":{"name":"seats"},"response":{"status_code":503}},"processor":{"event":"transaction"},"#
        + #""timestamp":{"us":1795572000000000},"trace":{"id":"0af7651916cd43dd8448eb211c80319c"},"transaction":{"id":"1122334455667788","#
        + #""name":"GET /s","duration":{"us":9},"result":"HTTP 5xx"}}}"#)
    #expect(batch.services == ["seats"])
    #expect(batch.spans.map(\.httpStatus) == [503] && batch.spans.map(\.status) == [.error])
  }
}
