// What lies between delimiters: chunks, and the atoms that they are made of.

internal import Support

extension LogMask {
  /// Masks a stretch without delimiters in which these classes of bytes were seen; returns where to go on, past a port
  /// number where the chunk is an address.
  mutating func chunk(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, wordEnd: Int, seen: UInt8, to out: inout [UInt8]
  ) -> Int {
    if seen & (ByteClass.joint | ByteClass.slash) == 0 {
      // One atom by itself, most often a number or a name.
      if seen == ByteClass.digit || isVariable(line, start, end) {
        mark(start, end, &out)
        return end
      }
      return literal(line, start, end, &out)
    }
    var stop = end
    while stop > start, line[stop &- 1] == 0x2E { stop &-= 1 }
    var dots = 0
    var slashes = 0
    var hyphens = 0
    var uppers = 0
    var digits = 0
    var letters = 0
    var others = 0
    var pathDot = false
    for i in start..<stop {
      let byte = line[i]
      switch byte {
      case 0x2E:
        dots &+= 1
        if i &+ 1 < stop, classes[line[i &+ 1]] & ByteClass.letter != 0 { pathDot = true }
      case 0x2F: slashes &+= 1
      case 0x2D: hyphens &+= 1
      case 0x30...0x39: digits &+= 1
      case 0x41...0x5A: uppers &+= 1
      case 0x61...0x7A: letters &+= 1
      case 0x5F: break
      default: others &+= 1
      }
    }
    if stop &- start == 36, hyphens == 4, digits > 0, isUUID(line, start) {
      mark(start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if dots > 0, slashes == 0, others == 0, uppers == 0, letters > 0, isHost(line, start, stop, dots) {
      let port = stop == end ? portEnd(line, stop, wordEnd) : nil
      mark(start, port ?? stop, &out)
      return port ?? literal(line, stop, end, &out)
    }
    if stop == end, slashes == 0, letters > 0, dots >= 2 || hyphens > 0 && dots == 0 && uppers == 0,
      let port = portEnd(line, stop, wordEnd)
    {
      mark(start, port, &out)
      return port
    }
    if slashes > 0, letters &+ uppers > 0, pathDot || slashes >= 3 || slashes >= 2 && digits > 0 {
      mark(start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if dots >= 3, slashes == 1, endsWithAddress(line, start, stop) {
      mark(start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if slashes == 0, letters &+ uppers > 0, isValue(line, start), dots >= 2 || hyphens >= 1 && digits >= 3 {
      mark(start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if digits == 0, letters &+ uppers < 4 {
      return literal(line, start, end, &out)
    }
    atoms(line, start, stop, &out)
    return literal(line, stop, end, &out)
  }

  /// Whether what begins here is a value: behind `=` (and one blank), or between bars.
  func isValue(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start > 0 else { return false }
    let before = line[start &- 1] == 0x20 && start > 1 ? line[start &- 2] : line[start &- 1]
    return before == 0x3D || line[start &- 1] == 0x7C
  }

  /// `name/10.0.0.1`, as Java prints addresses.
  func endsWithAddress(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, line[i] != 0x2F { i &+= 1 }
    var dots = 0
    i &+= 1
    while i < end {
      if line[i] == 0x2E { dots &+= 1 } else if line[i] < 0x30 || line[i] > 0x39 { return false }
      i &+= 1
    }
    return dots == 3
  }

  func literal(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ out: inout [UInt8]) -> Int {
    Self.write(line, start..<end, &out)
    return end
  }

  /// Masks the atoms of a chunk: what lies between `.-+@#$%&/`.
  mutating func atoms(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ out: inout [UInt8]) {
    var cursor = start
    while cursor < end {
      var (stop, seen) = classes.scan(line, cursor, end, until: ByteClass.joint)
      if stop == cursor {
        // A sign belongs to the number behind it where the chunk begins with it.
        let signed =
          cursor == start && (line[cursor] == 0x2D || line[cursor] == 0x2B) && cursor &+ 1 < end
          && line[cursor &+ 1] >= 0x30 && line[cursor &+ 1] <= 0x39
        if signed {
          var last = cursor &+ 1
          while last < end, classes[line[last]] & ByteClass.joint == 0 { last &+= 1 }
          mark(cursor, last, &out)
          cursor = last
        } else {
          let place = sourcePlaceEnd(line, start, cursor, end)
          for i in cursor..<place { out.append(line[i]) }
          cursor = place
        }
        continue
      }
      // An underscore glues the sign of a number behind it: `blk_-1608999687919862906`.
      if line[stop &- 1] == 0x5F, stop &+ 1 < end, line[stop] == 0x2D, line[stop &+ 1] >= 0x30, line[stop &+ 1] <= 0x39
      {
        seen = 0
        stop = classes.scan(line, stop &+ 1, end, until: ByteClass.joint).end
      }
      // `v6` of `v6.1.7601`.
      while stop &+ 1 < end, line[stop] == 0x2E, line[stop &- 1] >= 0x30, line[stop &- 1] <= 0x39,
        line[stop &+ 1] >= 0x30, line[stop &+ 1] <= 0x39
      {
        seen = 0
        stop = classes.scan(line, stop &+ 1, end, until: ByteClass.joint).end
      }
      if seen == ByteClass.digit || isVariable(line, cursor, stop) {
        mark(cursor, stop, &out)
      } else {
        Self.write(line, cursor..<stop, &out)
      }
      cursor = stop
    }
  }

  /// Whether an atom varies by its form: a number, an identifier, hex letters, a boolean.
  ///
  /// A short name with at most two digits behind its letters (`eth0`, `ssh2`, `IPv6`) stays: whether its digits vary is
  /// for the learner to see.
  func isVariable(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var digits = 0
    var hex = 0
    var lowers = 0
    var before = 0
    var runs = 0
    var after = 0
    var foreign = false
    var underscoreDigit = false
    for i in start..<end {
      let byte = line[i]
      if byte >= 0x30, byte <= 0x39 {
        if i > start, line[i &- 1] == 0x5F { underscoreDigit = true }
        if i == start || line[i &- 1] < 0x30 || line[i &- 1] > 0x39 { runs &+= 1 }
        digits &+= 1
        hex &+= 1
        continue
      }
      if hexDigit(byte) < 16 { hex &+= 1 }
      if byte >= 0x61 { lowers &+= 1 }
      if byte == 0x5F || byte == 0x2E { continue }
      if classes[byte] & ByteClass.letter == 0 { foreign = true }
      if digits == 0 { before &+= 1 } else { after &+= 1 }
    }
    let count = end &- start
    if digits == 0 {
      return count >= 8 && hex == count && (lowers == 0 || lowers == count) || isBoolean(line, start, end)
    }
    // Digits alone, a number with its unit, hex digits.
    if before == 0 || hex == count && count >= 6 { return true }
    return foreign || underscoreDigit || digits > 2 || runs > 1 || before > 10 || after > 12
  }

  func isBoolean(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end &- start == 4 || end &- start == 5 else { return false }
    var key: UInt64 = 0
    for i in start..<end { key = key << 8 | UInt64(line[i] | 0x20) }
    switch key {
    case 0x74_7275_65, 0x66_616C_7365, 0x6E_756C_6C, 0x72_6F6F_74: return true  // true, false, null, root
    default: return false
    }
  }
}
