// Events of Windows behind the numbers of their records.

internal import Model

/// `Record 12` on a line in front of each event, whose JSON may go over lines: what evtx_dump prints with `-o json`
/// (github.com/omerbenamram/evtx; its `jsonl` has no such lines).
enum NumberedRecords {
  /// Whether a member begins so.
  static func recognizes(_ head: Span<UInt8>, from start: Int) -> Bool {
    guard var i = number(head, at: start) else { return false }
    guard skipSpace(head, &i), head[i] == 0x7B else { return false }
    i += 1
    return skipSpace(head, &i) && JSONScanner.matches(head, i, "\"Event\"")
  }

  /// Where the line ends that is a record's number; nil for any other line.
  static func number(_ b: Span<UInt8>, at start: Int) -> Int? {
    guard JSONScanner.matches(b, start, "Record ") else { return nil }
    var i = start + 7
    while i < b.count, b[i] &- 0x30 <= 9 { i += 1 }
    guard i > start + 7 else { return nil }
    if i < b.count, b[i] == 0x0D { i += 1 }
    return i == b.count || b[i] == 0x0A ? i : nil
  }

  private static func skipSpace(_ b: Span<UInt8>, _ i: inout Int) -> Bool {
    while i < b.count, Sniffer.isSpace(b[i]) { i += 1 }
    return i < b.count
  }
}
