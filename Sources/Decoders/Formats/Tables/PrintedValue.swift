// Values of several parts as databases and languages print them into a cell.

internal import Support

/// Writes maps and lists as JSON that are printed with single quotes, bare keys and Python's words: `{'a':'b'}` (ClickHouse, Map),
/// `[{key: 'a', value_bool: True}]` (Cassandra's COPY, user-defined types), `{'a': None}` (Python's repr).
enum PrintedValue {
  /// The value as JSON; what is JSON already stays as it is. Nothing is checked: a reader of JSON does that.
  static func json(_ b: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(b.count + 16)
    var i = 0
    while i < b.count {
      let byte = b[i]
      if byte == 0x22 || byte == 0x27 {
        quoted(b, &i, &out)
      } else if (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte &- 0x30 <= 9 {
        word(b, &i, &out)
      } else {
        out.append(byte)
        i += 1
      }
    }
    return out
  }

  private static func quoted(_ b: Span<UInt8>, _ i: inout Int, _ out: inout [UInt8]) {
    let mark = b[i]
    out.append(0x22)
    i += 1
    while i < b.count, b[i] != mark {
      if b[i] == 0x5C, i + 1 < b.count {
        // JSON knows no escape of a single quote.
        if b[i + 1] != 0x27 { out.append(0x5C) }
        out.append(b[i + 1])
        i += 2
        continue
      }
      if b[i] == 0x22 { out.append(0x5C) }
      out.append(b[i])
      i += 1
    }
    out.append(0x22)
    i += 1
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5F || byte == 0x2E
  }

  /// A number, a word that is a value of JSON, or a text without quotes, like CQL's bytes (`0x7b0c…`).
  private static func word(_ b: Span<UInt8>, _ i: inout Int, _ out: inout [UInt8]) {
    let start = i
    while i < b.count, isOfWord(b[i]) || i > start && (b[i] == 0x2B || b[i] == 0x2D) && b[i - 1] | 0x20 == 0x65 {
      i += 1
    }
    let text = b.extracting(start..<i)
    if text[0] &- 0x30 <= 9, text.count < 2 || text[1] | 0x20 != 0x78, FieldText.double(text) != nil {
      out.append(copying: text)
      return
    }
    for (name, value): (StaticString, StaticString) in [
      ("true", "true"), ("false", "false"), ("null", "null"), ("none", "null"),
    ] where FieldText.isWord(text, name) {
      for k in 0..<value.utf8CodeUnitCount { out.append(unsafe value.utf8Start[k]) }
      return
    }
    out.append(0x22)
    out.append(copying: text)
    out.append(0x22)
  }
}
