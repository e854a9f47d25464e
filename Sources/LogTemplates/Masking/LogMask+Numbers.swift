// Numbers on which the masked form of a message does not depend.

internal import Support

extension LogMask {
  /// Finds the numbers of a message that are masked whatever their digits are: with other digits in their places, more of them or
  /// fewer, the message has the same form.
  ///
  /// These are runs of digits that begin a stretch between blanks and delimiters (`for 41 rows`, `took=41ms`), and the decimal places
  /// behind one. Where a word has a colon or a slash in it, what its digits mean depends on how many they are (a port, an address, a
  /// time of day); where a day or month is named, so does what follows.
  ///
  /// - Parameters:
  ///   - line: the message.
  ///   - ranges: where to append the runs of digits, in order.
  /// - Returns: how many variables these numbers are in the masked form; nil where the form may depend on numbers in another way.
  package func numbers(in line: Span<UInt8>, into ranges: inout [Range<Int>]) -> Int? {
    var variables = 0
    var cursor = 0
    while cursor < line.count {
      if classes[line[cursor]] & ByteClass.blank != 0 {
        cursor &+= 1
        continue
      }
      let start = cursor
      let seen: UInt8
      (cursor, seen) = classes.scan(line, start, line.count, until: ByteClass.blank)
      if isCalendar(line, start, cursor) { return nil }
      if seen & ByteClass.digit == 0 || seen & ByteClass.slash != 0 || hasColon(line, start, cursor) { continue }
      var chunk = start
      while chunk < cursor {
        let (end, inside) = classes.scan(line, chunk, cursor, until: ByteClass.delimiter)
        if end > chunk, number(line, chunk, end, seen: inside, into: &ranges) { variables &+= 1 }
        chunk = end &+ 1
      }
    }
    return variables
  }

  /// The digits that a stretch between delimiters begins with, and the decimal places behind them.
  private func number(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, seen: UInt8, into ranges: inout [Range<Int>]
  ) -> Bool {
    let whole = digitsEnd(line, start, end)
    guard whole > start else { return false }
    guard seen & ByteClass.joint != 0 else {
      ranges.append(start..<whole)
      return true
    }
    guard whole < end, line[whole] == 0x2E else { return false }
    let places = digitsEnd(line, whole &+ 1, end)
    guard places > whole &+ 1, classes.scan(line, places, end, until: ByteClass.joint).end == end else { return false }
    ranges.append(start..<whole)
    ranges.append(whole &+ 1..<places)
    return true
  }

  private func digitsEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = start
    while i < end, line[i] &- 0x30 <= 9 { i &+= 1 }
    return i
  }

  private func isCalendar(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard line[start] &- 0x41 < 26, end &- start == 3 || end &- start == 4 && line[end &- 1] == 0x2C else {
      return false
    }
    let name = line.extracting(start..<start &+ 3)
    return Calendar.day(name) || Calendar.month(name) != nil
  }

  private func hasColon(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for i in start..<end where line[i] == 0x3A { return true }
    return false
  }
}
