// The Test Anything Protocol: points, directives, subtests, diagnostics of several producers, what is none.

import Model
import Support
import Testing

@testable import Decoders

private func tap(_ text: String, piece: Int = 1 << 20) -> (records: [TestRecord], batch: RecordBatch) {
  let batch = decode(text, piece: piece)
  return (batch.reports.flatMap(\.records), batch)
}

struct TAPTests {
  @Test("points, directives, YAML, a bail-out", arguments: [1, 9, 1 << 20])
  func points(_ piece: Int) {
    let (records, batch) = tap(
      """
      TAP version 13
      1..5
      ok 1 - cart sums
      not ok 2 - cart \\# empties
        ---
        message: 'expected 0 got 1'
        duration_ms: 12.5
        at:
          file: t/cart.js
          line: 7
        stack: |-
          one
          two
        ...
      ok 3 - imports # SKIP no network
      not ok 4 - exports # TODO later
      Bail out! database gone

      """, piece: piece)
    #expect(records.map(\.outcome) == [.passed, .failed, .skipped, .skipped])
    #expect(records[1].name == "cart # empties" && records[1].message == "expected 0 got 1")
    #expect(records[1].duration == 12_500 && records[1].stack == "t/cart.js:7\none\ntwo")
    #expect(records[3].marks.contains(.expectedFailure))
    #expect(batch.reports.last?.complete == false)
    #expect(batch.codes == ["bailOut", "declaredCount"])
  }

  @Test("what sums up subtests is a record only where it failed by itself")
  func subtests() {
    let (records, _) = tap(
      """
      TAP version 14
      # Subtest: cart
          ok 1 - adds
          not ok 2 - pays
          1..2
      not ok 1 - cart
      # Subtest: ship
          ok 1 - sends
          1..1
      not ok 2 - ship
        ---
        failureType: 'hookFailed'
        error: 'no db'
        ...
      1..2

      """)
    #expect(
      records.map { "\($0.className)|\($0.name)|\($0.outcome.name)" } == [
        "cart|adds|passed", "cart|pays|failed", "ship|sends|passed", "|ship|failed",
      ])
    #expect(records[3].marks.contains(.setup) && records[3].message == "no db")
  }

  @Test("perl and bats say in comments what failed and where; bats' timings are none of the name")
  func comments() {
    let (records, batch) = tap(
      """
      1..3
      ok 1 adds in 12ms
      not ok 2 pays in 7ms
      # (in test file test/cart.bats, line 9)
      #   `[ "$total" -eq 3 ]' failed
      not ok 3 - ships
      #   Failed test 'ships'
      #   at t/cart.t line 5.
      #          got: '1'
      #     expected: '2'
      """)
    #expect(records.map(\.name) == ["adds", "pays", "ships"] && records[0].duration == 12_000)
    #expect(records[1].stack.hasPrefix("test/cart.bats:9\n"))
    #expect(records[1].message == "`[ \"$total\" -eq 3 ]' failed")
    #expect(records[2].stack.hasPrefix("t/cart.t:5\n") && records[2].message == "got: '1'; expected: '2'")
    #expect(batch.codes.isEmpty && batch.reports.last?.complete == true)
  }

  @Test(
    "no TAP",
    arguments: [
      "ok so we begin\nnot ok for me\n", "1..2..3\nhello\n", "TAP is nice\nok\n",
      "2026-01-01 00:00:00 INFO ok 1 - started\n2026-01-01 00:00:01 INFO ok 2 - ended\n",
    ])
  func isNone(_ text: String) {
    let bytes = Array(text.utf8)
    let isTAP = TAPLine.recognize(bytes.span, from: 0)
    #expect(!isTAP)
  }
}
