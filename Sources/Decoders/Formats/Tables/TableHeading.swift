// Text that is a table under a heading whose columns no name tells, and other files of rows that nobody logged.

internal import Model
internal import Support

/// Tells a table from lines of a log by its heading.
///
/// Its rows read as lines would be records without a level, named after whichever column looks like a name: no reading is better. A
/// heading has names in all its columns; all rows of the sample have as many columns, and in at least one of them nothing but numbers or
/// times, which a first line among others of a log has not above them.
enum TableHeading {
  private static let sampledRows = 64
  private static let longestName = 64

  /// What a sample of text is, where it is no log.
  static func describe(_ b: Span<UInt8>) -> MessageText? {
    if isSimulation(b) {
      return "looks like the simulation log of Gatling: the requests of a load test are not read"
    }
    if isHeadless(b) {
      return
        "looks like the rows of a W3C extended log (IIS) without their #Fields line: put the line back in front of them"
    }
    for delimiter: UInt8 in [0x2C, 0x09, 0x3B, 0x7C] where isTable(b, delimiter) {
      return
        "looks like a table whose columns no name tells: map them in the pipeline file, formats: [{ match, records, table }]"
    }
    return nil
  }

  private static func isTable(_ b: Span<UInt8>, _ delimiter: UInt8) -> Bool {
    var row = DelimitedRow()
    guard case .row(let first) = row.read(b, from: 0, delimiter: delimiter, quotes: true, isFinal: false),
      row.fields.count >= 2, !row.isTooWide
    else { return false }
    let count = row.fields.count
    for field in row.fields where !isName(b.extracting(field.start..<field.end)) { return false }
    var i = first
    var rows = 0
    // Columns of nothing but numbers, and of nothing but times.
    var numbers = Array(repeating: true, count: count)
    var times = numbers
    while i < b.count, rows < sampledRows {
      guard case .row(let next) = row.read(b, from: i, delimiter: delimiter, quotes: true, isFinal: false) else {
        break
      }
      i = next
      if row.fields.count == 1, row.fields[0].start == row.fields[0].end { continue }
      guard row.fields.count == count else { return false }
      rows += 1
      for (column, field) in row.fields.enumerated() {
        let cell = b.extracting(field.start..<field.end)
        if numbers[column], !isNumber(cell) { numbers[column] = false }
        if times[column], !isTime(cell) { times[column] = false }
      }
    }
    guard rows >= 2 else { return false }
    // Two columns are little: a time in front of what was measured.
    return count == 2 ? times[0] : times.contains(true) || numbers.contains(true)
  }

  /// Whether a cell may name a column: words, few digits, no mark of a log line.
  private static func isName(_ cell: Span<UInt8>) -> Bool {
    let range = FieldText.trimmed(cell)
    guard !range.isEmpty, range.count <= longestName else { return false }
    let first = cell[range.lowerBound]
    guard first | 0x20 >= 0x61 && first | 0x20 <= 0x7A || first == 0x40 || first == 0x5F || first >= 0x80 else {
      return false
    }
    var digits = 0
    var words = 1
    for i in range {
      switch cell[i] {
      case 0x30...0x39: digits += 1
      case 0x20: words += 1
      case 0x3D, 0x5B, 0x5D, 0x7B, 0x7D, 0x3C, 0x3E, 0x3A, 0x21, 0x3B, 0x5C: return false
      default: break
      }
    }
    return digits <= 3 && words <= 5 && cell[range.upperBound - 1] != 0x2E
  }

  private static func isNumber(_ cell: Span<UInt8>) -> Bool {
    let range = FieldText.trimmed(cell)
    guard !range.isEmpty, range.count <= 32 else { return false }
    return FieldText.double(cell.extracting(range)) != nil
  }

  /// Whether a cell holds a time and nothing else, as far as that needs no clock: digits and colons, or a number since 1970.
  private static func isTime(_ cell: Span<UInt8>) -> Bool {
    let range = FieldText.trimmed(cell)
    guard range.count >= 8, range.count <= 40 else { return false }
    if let number = FieldText.double(cell.extracting(range)) { return number > 1e8 }
    var digits = 0
    var colons = 0
    for i in range {
      if cell[i] &- 0x30 <= 9 { digits += 1 }
      if cell[i] == 0x3A { colons += 1 }
    }
    return digits >= 10 && colons >= 1
  }

  /// Gatling's `simulation.log`: a run, and its users, groups and requests between tabs.
  private static func isSimulation(_ b: Span<UInt8>) -> Bool {
    guard JSONScanner.matches(b, 0, "RUN\t") else { return false }
    var lines = 0
    var i = ByteScan.lineEnd(b, 0) + 1
    while i < b.count, lines < 8 {
      guard
        JSONScanner.matches(b, i, "USER\t") || JSONScanner.matches(b, i, "REQUEST\t")
          || JSONScanner.matches(b, i, "GROUP\t")
          || JSONScanner.matches(b, i, "ERROR\t") || JSONScanner.matches(b, i, "ASSERTION\t")
      else { return false }
      lines += 1
      i = ByteScan.lineEnd(b, i) + 1
    }
    return lines > 0
  }

  /// Whether all lines are rows of IIS' log as it is set up at first, or with columns more: a date, a time, perhaps the site, the server's
  /// address, a method, a path; dashes for what there is none of; and nowhere their `#Fields`.
  private static func isHeadless(_ b: Span<UInt8>) -> Bool {
    var lines = 0
    var columns = 0
    var i = 0
    while i < b.count, lines < 64 {
      let end = ByteScan.lineEnd(b, i)
      // The last line may be cut.
      if end == b.count, lines > 0 { break }
      if end > i, b[i] == 0x23 { return false }
      if end > i + 1 {
        guard let count = columnsOfIIS(b.extracting(i..<end)), columns == 0 || count == columns else { return false }
        columns = count
        lines += 1
      }
      i = end + 1
    }
    return lines >= 2
  }

  private static func columnsOfIIS(_ line: Span<UInt8>) -> Int? {
    guard line.count > 40, line[0] &- 0x30 <= 9, line[4] == 0x2D, line[10] == 0x20, line[13] == 0x3A, line[16] == 0x3A,
      line[19] == 0x20
    else { return nil }
    var count = 0
    var dashes = 0
    var address = -1
    var method = -1
    var path = -1
    var start = 0
    while start < line.count {
      var end = start
      while end < line.count, line[end] != 0x20 { end += 1 }
      let field = start..<end
      if field.count == 1, line[start] == 0x2D { dashes += 1 }
      if count > 1, address < 0, !field.isEmpty, AccessShapes.isNumericHost(line, field) { address = count }
      if method < 0, address >= 0, count == address + 1, !field.isEmpty, field.allSatisfy({ line[$0] &- 0x41 < 26 }) {
        method = count
      }
      if method >= 0, count == method + 1, !field.isEmpty, line[start] == 0x2F { path = count }
      count += 1
      start = end + 1
    }
    return count >= 12 && dashes >= 1 && path >= 0 && address <= 4 ? count : nil
  }
}
