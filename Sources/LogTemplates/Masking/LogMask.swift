internal import Support

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
  /// Where in the line the variable ends that was replaced last.
  private var markEnd = 0

  let classes = ByteClasses.shared
  /// Where in `out` the word in work begins, so that folding never crosses a blank.
  private(set) var wordStart = 0

  package init() {}

  /// Appends the masked form of a message to `out`. Input and output need not be UTF-8; bytes above 0x7F are letters.
  package mutating func mask(_ line: Span<UInt8>, into out: inout [UInt8]) {
    markEnd = 0
    let origin = out.count
    var cursor = 0
    var previous = 0..<0
    var followsUser = false
    // Words that stay as they are, with single spaces between them: written together when something else comes.
    var plain = 0..<0
    while cursor < line.count {
      if classes[line[cursor]] & ByteClass.blank != 0 {
        cursor &+= 1
        continue
      }
      let start = cursor
      let seen: UInt8
      (cursor, seen) = classes.scan(line, start, line.count, until: ByteClass.blank)
      let isGlued = start > 0 && classes[line[start &- 1]] & ByteClass.blank == 0
      let isName = followsUser
      let isPlain = isPlain(line, start, cursor, seen)
      // Days and months begin with a capital.
      let date = line[start] &- 0x41 < 26 ? calendarDate(line, start, cursor) : nil
      if !isName, isPlain, date == nil {
        followsUser = isUser(line, start, cursor, behind: previous)
        previous = start..<cursor
        if !plain.isEmpty, start == plain.upperBound &+ 1, line[start &- 1] == 0x20 {
          plain = plain.lowerBound..<cursor
          continue
        }
        Self.write(line, plain, &out)
        if out.count > origin, !isGlued { out.append(0x20) }
        plain = start..<cursor
        continue
      }
      Self.write(line, plain, &out)
      plain = 0..<0
      if out.count > origin, !isGlued { out.append(0x20) }
      wordStart = out.count
      if isName, let end = nameEnd(line, start, cursor) {
        mark(start, end, &out)
        cursor = end
        followsUser = false
        previous = 0..<0
        continue
      }
      followsUser = isUser(line, start, cursor, behind: previous)
      previous = start..<cursor
      if let end = date {
        mark(start, end, &out)
        cursor = end
      } else if isPlain {
        Self.write(line, start..<cursor, &out)
      } else {
        word(line, start, cursor, seen: seen, to: &out)
      }
    }
    Self.write(line, plain, &out)
  }

  /// Appends a stretch of the line as it is.
  static func write(_ line: Span<UInt8>, _ range: Range<Int>, _ out: inout [UInt8]) {
    if range.isEmpty { return }
    out.append(copying: line.extracting(range))
  }
}

// MARK: words

extension LogMask {
  /// Whether a word stays as it is by its form alone. Most words are nothing but letters: they vary as a boolean or as hex letters,
  /// and as nothing else.
  @inline(__always) func isPlain(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ seen: UInt8) -> Bool {
    guard seen != ByteClass.letter else {
      switch end &- start {
      case 4, 5: return !isBoolean(line, start, end)
      case 8...:
        for i in start..<end where hexDigit(line[i]) >= 16 { return true }
        return false
      default: return true
      }
    }
    return seen & (ByteClass.digit | ByteClass.slash) == 0 && !canBeSpecial(line, start, end, seen)
  }

  /// Whether a word without digits or slashes may still hold something variable: a boolean, a host, hex letters.
  func canBeSpecial(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ seen: UInt8) -> Bool {
    if seen & ByteClass.dot != 0 { return true }
    var run = 0
    for i in start...end {
      if i < end, classes[line[i]] & ByteClass.letter != 0 {
        run &+= 1
        continue
      }
      if run == 4 || run == 5 || run >= 8 { return true }
      run = 0
    }
    return false
  }

  /// Masks one word (no blanks inside) in which these classes of bytes were seen.
  mutating func word(_ line: Span<UInt8>, _ start: Int, _ end: Int, seen: UInt8, to out: inout [UInt8]) {
    // What reaches over delimiters needs a slash or a colon.
    let mayReach = seen & (ByteClass.slash | ByteClass.delimiter) != 0
    var cursor = start
    while cursor < end {
      if classes[line[cursor]] & ByteClass.delimiter != 0 {
        // An IPv6 address may begin with colons: `::ffff:10.0.0.1`.
        if line[cursor] == 0x3A, cursor == start || !isNameByte(line[cursor &- 1]),
          let stop = colonGroups(line, cursor, end)
        {
          mark(cursor, stop, &out)
          cursor = stop
          continue
        }
        out.append(line[cursor])
        cursor &+= 1
        continue
      }
      let inner = line[cursor] == 0x3C && cursor &+ 1 < end ? cursor &+ 1 : cursor
      if mayReach, let stop = special(line, inner, end) {
        mark(cursor, stop, &out)
        cursor = stop
        continue
      }
      let (stop, inside) = classes.scan(line, cursor, end, until: ByteClass.delimiter)
      cursor = chunk(line, cursor, stop, wordEnd: end, seen: inside, to: &out)
    }
  }

  /// Whether a word is `user` in `for user`, `by user`, `invalid user` and their like: what follows is a name.
  func isUser(_ line: Span<UInt8>, _ start: Int, _ end: Int, behind previous: Range<Int>) -> Bool {
    guard end &- start == 4, line[start] == 0x75, line[start &+ 1] == 0x73, line[start &+ 2] == 0x65,
      line[start &+ 3] == 0x72
    else { return false }
    return UserWords.precede(line.extracting(previous))
  }

  /// The end of a name: a word without delimiters, but for one behind it.
  func nameEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var stop = start
    while stop < end, classes[line[stop]] & ByteClass.delimiter == 0 { stop &+= 1 }
    while stop > start, line[stop &- 1] == 0x2E { stop &-= 1 }
    return stop > start && (stop == end || stop &+ 1 == end) ? stop : nil
  }

  /// The end of a delimiter, and of the line number behind it where the two close a place in the source (`CartView#42`):
  /// that number says which statement wrote the line, it does not vary.
  func sourcePlaceEnd(_ line: Span<UInt8>, _ start: Int, _ cursor: Int, _ end: Int) -> Int {
    guard line[cursor] == 0x23 else { return cursor &+ 1 }
    var name = cursor
    var upper = false
    var lower = false
    while name > start, classes[line[name &- 1]] & ByteClass.letter != 0 {
      name &-= 1
      if line[name] >= 0x41, line[name] <= 0x5A { upper = true }
      if line[name] >= 0x61, line[name] <= 0x7A { lower = true }
    }
    var stop = cursor &+ 1
    while stop < end, line[stop] >= 0x30, line[stop] <= 0x39 { stop &+= 1 }
    let digits = stop &- cursor &- 1
    let closes = stop == end || classes[line[stop]] & ByteClass.delimiter != 0
    return upper && lower && cursor &- name >= 4 && (1...5).contains(digits) && closes ? stop : cursor &+ 1
  }
}

// MARK: marks

extension LogMask {
  /// Writes a mark; one that follows another in the same word, with nothing or one of `.:-/` between, becomes one with it.
  mutating func mark(_ start: Int, _ end: Int, _ out: inout [UInt8]) {
    let count = out.count
    var joined = -1
    if count &- 3 >= wordStart, endsWithMark(out, count) {
      joined = count
    } else if count &- 4 >= wordStart, classes[out[count &- 1]] & ByteClass.fold != 0,
      endsWithMark(out, count &- 1)
    {
      joined = count &- 1
    }
    if joined >= 0, markEnd &+ (count &- joined) == start {
      out.removeLast(count &- joined)
    } else {
      out.append(0x3C)
      out.append(0x2A)
      out.append(0x3E)
    }
    markEnd = end
  }

  func endsWithMark(_ out: [UInt8], _ count: Int) -> Bool {
    out[count &- 1] == 0x3E && out[count &- 2] == 0x2A && out[count &- 3] == 0x3C
  }
}
