// Objects with escapes that are none of JSON's: `\x22`.

internal import Model
internal import Support

extension JSONEscapes {
  /// Two digits behind `\x`, at a place.
  private static func hexByte(_ b: Span<UInt8>, _ i: Int) -> UInt8? {
    guard i &+ 3 < b.count, b[i &+ 1] == 0x78 else { return nil }
    let (high, low) = (hexDigit(b[i &+ 2]), hexDigit(b[i &+ 3]))
    return high < 16 && low < 16 ? high << 4 | low : nil
  }

  /// The bytes with each `\xHH` as JSON has it; nil where there is none.
  ///
  /// nginx writes `"`, `\`, and what is below 32 or above 126 so where its `log_format` has no `escape=json` (ngx_http_log_module,
  /// "log_format"): bytes of UTF-8 one by one, which stand for themselves again.
  static func withoutHex(_ b: Span<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var done = 0
    var i = ByteScan.find(0x5C, in: b, from: 0)
    while i < b.count {
      if let byte = hexByte(b, i) {
        out.append(copying: b.extracting(done..<i))
        if byte < 0x80 {
          let digits = Array("0123456789abcdef".utf8)
          out += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        } else {
          out.append(byte)
        }
        i += 4
        done = i
      } else {
        // What is escaped is no beginning of an escape.
        i += 2
      }
      i = ByteScan.find(0x5C, in: b, from: min(i, b.count))
    }
    if out.isEmpty { return nil }
    out.append(copying: b.extracting(min(done, b.count)..<b.count))
    return out
  }
}

extension JSONRecords {
  /// Takes a line that is an object but for escapes of nginx's; nil where it is none.
  mutating func takeRepaired(
    _ line: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    guard line[line.count - 1] == 0x7D, let plain = JSONEscapes.withoutHex(line),
      let outcome = takeObject(plain.span, around, at: place, into: &batch)
    else { return nil }
    noteHex(place.position, into: &batch)
    return outcome
  }

  mutating func noteHex(_ place: SourceLocation.Position, into batch: inout RecordBatch) {
    batch.recordCounts.repair("hexEscape")
    context.report(
      "hexEscape", .note, at: place, "an escape \\xHH, which JSON has not, was read as its byte: set escape=json",
      into: &batch)
  }
}

extension JSONMemberDecoder {
  /// Reads a line that is no valid JSON again without the escapes that JSON has not; false where that is no help.
  mutating func takesRepaired(
    _ b: Span<UInt8>, _ before: Int, into batch: inout RecordBatch
  ) -> Bool {
    // What was read of a document before the bad place stays read.
    guard records.recognized == before, !b.isEmpty, b[0] == 0x7B, let plain = JSONEscapes.withoutHex(b) else {
      return false
    }
    stack.removeAll(keepingCapacity: true)
    let (_, outcome) = walk(plain.span, from: 0, isFinal: true, line: line, into: &batch)
    guard outcome == .none else { return false }
    records.noteHex(.line(line), into: &batch)
    return true
  }
}
