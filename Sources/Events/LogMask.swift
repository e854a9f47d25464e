internal import Core

/// Replaces what varies in a log message by `<*>`: numbers, identifiers, addresses, paths, dates, booleans.
///
/// A message is masked by itself, without looking at its neighbours, so any split of the input over shards masks alike.
/// Only what is variable by its form is replaced here; words that vary from line to line (users, names of services) are
/// found later by `TemplateLearner`, which compares the masked messages. Runs of blanks become one space.
///
/// What counts as one variable follows the guidelines of Khan, Shin, Bianculli and Briand ("Guidelines for Assessing
/// the Accuracy of Log Message Template Identification Techniques", ICSE 2022): a word that has a variable glued to it
/// is variable as a whole, where words end at blanks and at `,!;:=|"'[](){}.-+@#$%&`, and paths are one variable.
package struct LogMask: Sendable {
  /// What a replaced stretch of the line is.
  package enum Kind: UInt8, Sendable {
    /// Digits with sign, fraction or separators, versions and times of day among them.
    case number
    /// A word with digits in it, or a run of hex digits.
    case identifier
    case url
    case path
    case uuid
    /// A network address or a host name, with its port.
    case address
    case date
    case boolean
  }

  /// One replaced stretch.
  package struct Mark: Hashable, Sendable {
    package var kind: Kind
    /// Where it lies in the line.
    package var range: Range<Int>
  }

  /// The marks of the line masked last, in order, one for each `<*>` that the mask wrote.
  package private(set) var marks: [Mark] = []

  private let classes = ByteClass.table
  /// Where in `out` the word in work begins, so that folding never crosses a blank.
  private var wordStart = 0

  package init() {}

  /// Appends the masked form of a message to `out`. Input and output need not be UTF-8; bytes above 0x7F are letters.
  package mutating func mask(_ line: Span<UInt8>, into out: inout [UInt8]) {
    marks.removeAll(keepingCapacity: true)
    let origin = out.count
    var cursor = 0
    var previous = 0..<0
    var followsUser = false
    while cursor < line.count {
      if classes[Int(line[cursor])] & ByteClass.blank != 0 {
        cursor &+= 1
        continue
      }
      let start = cursor
      var seen: UInt8 = 0
      while cursor < line.count {
        let byteClass = classes[Int(line[cursor])]
        if byteClass & ByteClass.blank != 0 { break }
        seen |= byteClass
        cursor &+= 1
      }
      let isGlued = start > 0 && classes[Int(line[start &- 1])] & ByteClass.blank == 0
      if out.count > origin, !isGlued { out.append(0x20) }
      wordStart = out.count
      if followsUser, let end = nameEnd(line, start, cursor) {
        mark(.identifier, start, end, &out)
        cursor = end
        followsUser = false
        previous = 0..<0
        continue
      }
      followsUser = isUser(line, start, cursor, behind: previous)
      previous = start..<cursor
      if let end = calendarDate(line, start, cursor) {
        mark(.date, start, end, &out)
        cursor = end
      } else if seen & (ByteClass.digit | ByteClass.slash) == 0, !canBeSpecial(line, start, cursor, seen) {
        for i in start..<cursor { out.append(line[i]) }
      } else {
        word(line, start, cursor, &out)
      }
    }
  }
}

// MARK: words

extension LogMask {
  /// Whether a word without digits or slashes may still hold something variable: a boolean, a host, hex letters.
  private func canBeSpecial(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ seen: UInt8) -> Bool {
    if seen & ByteClass.dot != 0 { return true }
    var run = 0
    for i in start...end {
      if i < end, classes[Int(line[i])] & ByteClass.letter != 0 {
        run &+= 1
        continue
      }
      if run == 4 || run == 5 || run >= 8 { return true }
      run = 0
    }
    return false
  }

  /// Masks one word (no blanks inside).
  private mutating func word(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ out: inout [UInt8]) {
    var cursor = start
    while cursor < end {
      if classes[Int(line[cursor])] & ByteClass.delimiter != 0 {
        // An IPv6 address may begin with colons: `::ffff:10.0.0.1`.
        if line[cursor] == 0x3A, cursor == start || !isNameByte(line[cursor &- 1]),
          let (kind, stop) = colonGroups(line, cursor, end)
        {
          mark(kind, cursor, stop, &out)
          cursor = stop
          continue
        }
        out.append(line[cursor])
        cursor &+= 1
        continue
      }
      let inner = line[cursor] == 0x3C && cursor &+ 1 < end ? cursor &+ 1 : cursor
      if let (kind, stop) = special(line, inner, end) {
        mark(kind, cursor, stop, &out)
        cursor = stop
        continue
      }
      var stop = cursor
      while stop < end, classes[Int(line[stop])] & ByteClass.delimiter == 0 { stop &+= 1 }
      cursor = chunk(line, cursor, stop, end, &out)
    }
  }

  /// Whether a word is `user` in `for user`, `by user`, `invalid user` and their like: what follows is a name.
  private func isUser(_ line: Span<UInt8>, _ start: Int, _ end: Int, behind previous: Range<Int>) -> Bool {
    guard end &- start == 4, line[start] == 0x75, line[start &+ 1] == 0x73, line[start &+ 2] == 0x65,
      line[start &+ 3] == 0x72
    else { return false }
    return UserWords.precede(line.extracting(previous))
  }

  /// The end of a name: a word without delimiters, but for one behind it.
  private func nameEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var stop = start
    while stop < end, classes[Int(line[stop])] & ByteClass.delimiter == 0 { stop &+= 1 }
    while stop > start, line[stop &- 1] == 0x2E { stop &-= 1 }
    return stop > start && (stop == end || stop &+ 1 == end) ? stop : nil
  }

  /// The end of a delimiter, and of the line number behind it where the two close a place in the source (`CartView#42`):
  /// that number says which statement wrote the line, it does not vary.
  private func sourcePlaceEnd(_ line: Span<UInt8>, _ start: Int, _ cursor: Int, _ end: Int) -> Int {
    guard line[cursor] == 0x23 else { return cursor &+ 1 }
    var name = cursor
    var upper = false
    var lower = false
    while name > start, classes[Int(line[name &- 1])] & ByteClass.letter != 0 {
      name &-= 1
      if line[name] >= 0x41, line[name] <= 0x5A { upper = true }
      if line[name] >= 0x61, line[name] <= 0x7A { lower = true }
    }
    var stop = cursor &+ 1
    while stop < end, line[stop] >= 0x30, line[stop] <= 0x39 { stop &+= 1 }
    let digits = stop &- cursor &- 1
    let closes = stop == end || classes[Int(line[stop])] & ByteClass.delimiter != 0
    return upper && lower && cursor &- name >= 4 && (1...5).contains(digits) && closes ? stop : cursor &+ 1
  }

  /// A URL, a path, a clock time, a network or hardware address that begins here: these reach over delimiters.
  private func special(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> (Kind, Int)? {
    let first = line[start]
    let firstClass = classes[Int(first)]
    let next: UInt8 = start &+ 1 < end ? line[start &+ 1] : 0
    if firstClass & ByteClass.letter != 0 {
      if next == 0x3A, start &+ 2 < end, line[start &+ 2] == 0x5C { return (.path, pathEnd(line, start &+ 3, end)) }
      var i = start
      while i < end, i &- start <= 16, classes[Int(line[i])] & (ByteClass.letter | ByteClass.digit) != 0 { i &+= 1 }
      if i &+ 3 < end, i &- start >= 2, line[i] == 0x3A, line[i &+ 1] == 0x2F, line[i &+ 2] == 0x2F {
        return (.url, urlEnd(line, i &+ 3, end))
      }
    } else if first == 0x2F || first == 0x5C || first == 0x7E && next == 0x2F
      || first == 0x2E && isRelative(line, start, end)
    {
      let stop = pathEnd(line, start, end)
      var letters = 0
      var backslashes = 0
      for i in start..<stop {
        if classes[Int(line[i])] & (ByteClass.letter | ByteClass.digit) != 0 { letters &+= 1 }
        if line[i] == 0x5C { backslashes &+= 1 }
      }
      if stop &- start >= 2, letters > 0, first != 0x5C || backslashes > 1 { return (.path, stop) }
      return nil
    }
    return colonGroups(line, start, end)
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    classes[Int(byte)] & (ByteClass.letter | ByteClass.digit) != 0 || byte == 0x5F
  }

  private func isRelative(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, line[i] == 0x2E { i &+= 1 }
    return i &- start <= 2 && i < end && line[i] == 0x2F
  }

  private func pathEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = start
    while i < end, classes[Int(line[i])] & ByteClass.delimiter == 0, line[i] != 0x3C, line[i] != 0x3E { i &+= 1 }
    while i > start, line[i &- 1] == 0x2E { i &-= 1 }
    return i
  }

  private func urlEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = start
    loop: while i < end {
      switch line[i] {
      case 0x22, 0x27, 0x3C, 0x3E, 0x28, 0x29, 0x5B, 0x5D, 0x7B, 0x7D, 0x2C, 0x3B, 0x7C: break loop
      default: i &+= 1
      }
    }
    while i > start, line[i &- 1] == 0x2E || line[i &- 1] == 0x3A || line[i &- 1] == 0x21 { i &-= 1 }
    return i
  }

  /// Groups of hex digits between colons: a time of day, a MAC address, an IPv6 address.
  private func colonGroups(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> (Kind, Int)? {
    guard hexDigit(line[start]) < 16 || line[start] == 0x3A else { return nil }
    var i = start
    var colons = 0
    var group = 0
    var longest = 0
    var digits = false
    var letters = false
    var isDecimal = true
    while i < end {
      let byte = line[i]
      if byte == 0x3A {
        colons &+= 1
        group = 0
        isDecimal = true
      } else if hexDigit(byte) < 16 {
        group &+= 1
        longest = max(longest, group)
        if byte <= 0x39 {
          digits = true
        } else {
          letters = true
          isDecimal = false
        }
      } else if byte == 0x2E, digits, colons >= 2, isDecimal, group != 0 {
        group = -32
      } else {
        break
      }
      i &+= 1
    }
    while i > start, line[i &- 1] == 0x3A || line[i &- 1] == 0x2E {
      if line[i &- 1] == 0x3A { colons &-= 1 }
      i &-= 1
    }
    guard colons >= 2, digits, longest <= 4 else { return nil }
    if i < end, line[i] == 0x25 {
      while i < end, classes[Int(line[i])] & ByteClass.delimiter == 0 { i &+= 1 }
    }
    if i < end, classes[Int(line[i])] & (ByteClass.letter | ByteClass.digit) != 0 || line[i] == 0x5F { return nil }
    return (letters || longest > 2 ? .address : .number, i)
  }
}

// MARK: chunks and atoms

extension LogMask {
  /// Masks a stretch without delimiters; returns where to go on, past a port number where the chunk is an address.
  private mutating func chunk(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, _ wordEnd: Int, _ out: inout [UInt8]
  ) -> Int {
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
        if i &+ 1 < stop, classes[Int(line[i &+ 1])] & ByteClass.letter != 0 { pathDot = true }
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
      mark(.uuid, start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if dots > 0, slashes == 0, others == 0, uppers == 0, letters > 0, isHost(line, start, stop, dots) {
      let port = stop == end ? portEnd(line, stop, wordEnd) : nil
      mark(.address, start, port ?? stop, &out)
      return port ?? literal(line, stop, end, &out)
    }
    if stop == end, slashes == 0, letters > 0, dots >= 2 || hyphens > 0 && dots == 0 && uppers == 0,
      let port = portEnd(line, stop, wordEnd)
    {
      mark(.address, start, port, &out)
      return port
    }
    if slashes > 0, letters &+ uppers > 0, pathDot || slashes >= 3 || slashes >= 2 && digits > 0 {
      mark(.path, start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if dots >= 3, slashes == 1, endsWithAddress(line, start, stop) {
      mark(.address, start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if slashes == 0, letters &+ uppers > 0, isValue(line, start), dots >= 2 || hyphens >= 1 && digits >= 3 {
      mark(.identifier, start, stop, &out)
      return literal(line, stop, end, &out)
    }
    if digits == 0, letters &+ uppers < 4 {
      return literal(line, start, end, &out)
    }
    atoms(line, start, stop, &out)
    return literal(line, stop, end, &out)
  }

  /// Whether what begins here is a value: behind `=` (and one blank), or between bars.
  private func isValue(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start > 0 else { return false }
    let before = line[start &- 1] == 0x20 && start > 1 ? line[start &- 2] : line[start &- 1]
    return before == 0x3D || line[start &- 1] == 0x7C
  }

  /// `name/10.0.0.1`, as Java prints addresses.
  private func endsWithAddress(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
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

  private func literal(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ out: inout [UInt8]) -> Int {
    for i in start..<end { out.append(line[i]) }
    return end
  }

  /// Masks the atoms of a chunk: what lies between `.-+@#$%&/`.
  private mutating func atoms(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ out: inout [UInt8]) {
    var cursor = start
    while cursor < end {
      var stop = cursor
      while stop < end, classes[Int(line[stop])] & ByteClass.joint == 0 { stop &+= 1 }
      if stop == cursor {
        // A sign belongs to the number behind it where the chunk begins with it.
        let signed =
          cursor == start && (line[cursor] == 0x2D || line[cursor] == 0x2B) && cursor &+ 1 < end
          && line[cursor &+ 1] >= 0x30 && line[cursor &+ 1] <= 0x39
        if signed {
          var last = cursor &+ 1
          while last < end, classes[Int(line[last])] & ByteClass.joint == 0 { last &+= 1 }
          mark(.number, cursor, last, &out)
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
        stop &+= 1
        while stop < end, classes[Int(line[stop])] & ByteClass.joint == 0 { stop &+= 1 }
      }
      // `v6` of `v6.1.7601`.
      while stop &+ 1 < end, line[stop] == 0x2E, line[stop &- 1] >= 0x30, line[stop &- 1] <= 0x39,
        line[stop &+ 1] >= 0x30, line[stop &+ 1] <= 0x39
      {
        stop &+= 1
        while stop < end, classes[Int(line[stop])] & ByteClass.joint == 0 { stop &+= 1 }
      }
      if let kind = kind(ofAtom: line, cursor, stop) {
        mark(kind, cursor, stop, &out)
      } else {
        for i in cursor..<stop { out.append(line[i]) }
      }
      cursor = stop
    }
  }

  /// What an atom is, nil where it stays as it is.
  ///
  /// A short name with at most two digits behind its letters (`eth0`, `ssh2`, `IPv6`) stays: whether its digits vary is
  /// for the learner to see.
  private func kind(ofAtom line: Span<UInt8>, _ start: Int, _ end: Int) -> Kind? {
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
      if classes[Int(byte)] & ByteClass.letter == 0 { foreign = true }
      if digits == 0 { before &+= 1 } else { after &+= 1 }
    }
    let count = end &- start
    if digits == 0 {
      if count >= 8, hex == count, lowers == 0 || lowers == count { return .identifier }
      return isBoolean(line, start, end) ? .boolean : nil
    }
    if before &+ after == 0 { return .number }
    if hex == count, count >= 6 { return .identifier }
    if before == 0 { return .number }
    if foreign || underscoreDigit || digits > 2 || runs > 1 || before > 10 || after > 12 { return .identifier }
    return nil
  }

  private func isBoolean(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end &- start == 4 || end &- start == 5 else { return false }
    var key: UInt64 = 0
    for i in start..<end { key = key << 8 | UInt64(line[i] | 0x20) }
    switch key {
    case 0x74_7275_65, 0x66_616C_7365, 0x6E_756C_6C, 0x72_6F6F_74: return true  // true, false, null, root
    default: return false
    }
  }
}

// MARK: hosts, identifiers, dates

extension LogMask {
  /// `:` and two to five digits, then a border.
  private func portEnd(_ line: Span<UInt8>, _ colon: Int, _ end: Int) -> Int? {
    guard colon < end, line[colon] == 0x3A else { return nil }
    var i = colon &+ 1
    while i < end, line[i] >= 0x30, line[i] <= 0x39 { i &+= 1 }
    guard i &- colon >= 3, i &- colon <= 6 else { return nil }
    if i < end, classes[Int(line[i])] & ByteClass.letter != 0 || line[i] == 0x5F { return nil }
    return i
  }

  private func isUUID(_ line: Span<UInt8>, _ start: Int) -> Bool {
    for i in 0..<36 {
      let byte = line[start &+ i]
      if i == 8 || i == 13 || i == 18 || i == 23 {
        if byte != 0x2D { return false }
      } else if hexDigit(byte) > 15 {
        return false
      }
    }
    return true
  }

  /// A name that ends in a top-level domain and does not begin with one (a reversed domain names code, not a host).
  private func isHost(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ dots: Int) -> Bool {
    var first = start
    while line[first] != 0x2E { first &+= 1 }
    var last = end &- 1
    while line[last] != 0x2E { last &-= 1 }
    if first == start || last == end &- 1 { return false }
    if Domains.isGeneric(line.extracting(start..<first)) { return false }
    let tail = line.extracting(last &+ 1..<end)
    return Domains.isGeneric(tail) || dots >= 2 && Domains.isCountry(tail)
  }

  /// `Sun Dec 04 04:47:44 [zone] 2005`, with the day's name or without it, also without the year.
  private func calendarDate(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard end &- start == 3 || end &- start == 4 && line[end &- 1] == 0x2C else { return nil }
    var cursor = start
    var stop = end
    func next() -> Bool {
      cursor = stop
      while cursor < line.count, line[cursor] == 0x20 { cursor &+= 1 }
      stop = cursor
      while stop < line.count, classes[Int(line[stop])] & ByteClass.blank == 0 { stop &+= 1 }
      return stop > cursor
    }
    if Calendar.day(line.extracting(start..<start &+ 3)) {
      guard next(), stop &- cursor == 3 else { return nil }
    }
    guard stop &- cursor == 3, Calendar.month(line.extracting(cursor..<stop)) != nil, next() else { return nil }
    guard isDigits(line, cursor, stop), stop &- cursor <= 2, next() else { return nil }
    var digits = 0
    var colons = 0
    var i = cursor
    while i < stop {
      if line[i] == 0x3A { colons &+= 1 } else if line[i] >= 0x30, line[i] <= 0x39 { digits &+= 1 } else { break }
      i &+= 1
    }
    guard colons == 2, digits >= 5 else { return nil }
    if i < stop { return i }
    let time = stop
    guard next() else { return time }
    if isDigits(line, cursor, min(cursor &+ 4, stop)), stop &- cursor >= 4 {
      return yearEnd(line, cursor, stop) ?? time
    }
    for j in cursor..<stop where line[j] < 0x41 || line[j] > 0x5A { return time }
    guard stop &- cursor <= 5, next() else { return time }
    return yearEnd(line, cursor, stop) ?? time
  }

  private func yearEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard end &- start >= 4, isDigits(line, start, start &+ 4) else { return nil }
    if end &- start > 4, classes[Int(line[start &+ 4])] & (ByteClass.digit | ByteClass.letter) != 0 { return nil }
    return start &+ 4
  }

  private func isDigits(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if start >= end { return false }
    for i in start..<end where line[i] < 0x30 || line[i] > 0x39 { return false }
    return true
  }

  /// Writes a mark; one that follows another in the same word, with nothing or one of `.:-/` between, becomes one with it.
  private mutating func mark(_ kind: Kind, _ start: Int, _ end: Int, _ out: inout [UInt8]) {
    let count = out.count
    var joined = -1
    if count &- 3 >= wordStart, endsWithMark(out, count) {
      joined = count
    } else if count &- 4 >= wordStart, classes[Int(out[count &- 1])] & ByteClass.fold != 0,
      endsWithMark(out, count &- 1)
    {
      joined = count &- 1
    }
    if joined >= 0, let last = marks.last, last.range.upperBound &+ (count &- joined) == start {
      out.removeLast(count &- joined)
      marks[marks.count &- 1].range = last.range.lowerBound..<end
      return
    }
    out.append(0x3C)
    out.append(0x2A)
    out.append(0x3E)
    marks.append(Mark(kind: kind, range: start..<end))
  }

  private func endsWithMark(_ out: [UInt8], _ count: Int) -> Bool {
    out[count &- 1] == 0x3E && out[count &- 2] == 0x2A && out[count &- 3] == 0x3C
  }
}
