// What reaches over delimiters or is told by its form alone: URLs, paths, addresses, hosts, dates.

internal import Support

extension LogMask {
  /// The end of a URL, a path, a clock time, a network or hardware address that begins here: these reach over delimiters.
  func special(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    let first = line[start]
    let firstClass = classes[first]
    let next: UInt8 = start &+ 1 < end ? line[start &+ 1] : 0
    if firstClass & ByteClass.letter != 0 {
      if next == 0x3A, start &+ 2 < end, line[start &+ 2] == 0x5C { return pathEnd(line, start &+ 3, end) }
      var i = start
      while i < end, i &- start <= 16, classes[line[i]] & (ByteClass.letter | ByteClass.digit) != 0 { i &+= 1 }
      if i &+ 3 < end, i &- start >= 2, line[i] == 0x3A, line[i &+ 1] == 0x2F, line[i &+ 2] == 0x2F {
        return urlEnd(line, i &+ 3, end)
      }
    } else if first == 0x2F || first == 0x5C || first == 0x7E && next == 0x2F
      || first == 0x2E && isRelative(line, start, end)
    {
      let stop = pathEnd(line, start, end)
      var letters = 0
      var backslashes = 0
      for i in start..<stop {
        if classes[line[i]] & (ByteClass.letter | ByteClass.digit) != 0 { letters &+= 1 }
        if line[i] == 0x5C { backslashes &+= 1 }
      }
      if stop &- start >= 2, letters > 0, first != 0x5C || backslashes > 1 { return stop }
      return nil
    }
    return colonGroups(line, start, end)
  }

  func isNameByte(_ byte: UInt8) -> Bool {
    classes[byte] & (ByteClass.letter | ByteClass.digit) != 0 || byte == 0x5F
  }

  func isRelative(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, line[i] == 0x2E { i &+= 1 }
    return i &- start <= 2 && i < end && line[i] == 0x2F
  }

  func pathEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = start
    while i < end, classes[line[i]] & ByteClass.delimiter == 0, line[i] != 0x3C, line[i] != 0x3E {
      if line[i] == 0x3F, isQuery(line, i &+ 1, end) { return urlEnd(line, i, end) }
      i &+= 1
    }
    while i > start, line[i &- 1] == 0x2E { i &-= 1 }
    return i
  }

  /// `name=` behind a question mark: the path goes on with its query.
  private func isQuery(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, isNameByte(line[i]) || line[i] == 0x2D || line[i] == 0x2E || line[i] == 0x5B || line[i] == 0x5D {
      i &+= 1
    }
    return i > start && i < end && line[i] == 0x3D
  }

  func urlEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
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

  /// The end of groups of hex digits between colons: a time of day, a MAC address, an IPv6 address.
  func colonGroups(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard hexDigit(line[start]) < 16 || line[start] == 0x3A else { return nil }
    var i = start
    var colons = 0
    var group = 0
    var longest = 0
    var digits = false
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
      while i < end, classes[line[i]] & ByteClass.delimiter == 0 { i &+= 1 }
    }
    if i < end, classes[line[i]] & (ByteClass.letter | ByteClass.digit) != 0 || line[i] == 0x5F { return nil }
    return i
  }
}

extension LogMask {
  /// `:` and two to five digits, then a border.
  func portEnd(_ line: Span<UInt8>, _ colon: Int, _ end: Int) -> Int? {
    guard colon < end, line[colon] == 0x3A else { return nil }
    var i = colon &+ 1
    while i < end, line[i] >= 0x30, line[i] <= 0x39 { i &+= 1 }
    guard i &- colon >= 3, i &- colon <= 6 else { return nil }
    if i < end, classes[line[i]] & ByteClass.letter != 0 || line[i] == 0x5F { return nil }
    return i
  }

  func isUUID(_ line: Span<UInt8>, _ start: Int) -> Bool {
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
  func isHost(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ dots: Int) -> Bool {
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
  func calendarDate(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard end &- start == 3 || end &- start == 4 && line[end &- 1] == 0x2C else { return nil }
    var cursor = start
    var stop = end
    func next() -> Bool {
      cursor = stop
      while cursor < line.count, line[cursor] == 0x20 { cursor &+= 1 }
      stop = cursor
      while stop < line.count, classes[line[stop]] & ByteClass.blank == 0 { stop &+= 1 }
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

  func yearEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard end &- start >= 4, isDigits(line, start, start &+ 4) else { return nil }
    if end &- start > 4, classes[line[start &+ 4]] & (ByteClass.digit | ByteClass.letter) != 0 { return nil }
    return start &+ 4
  }

  func isDigits(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if start >= end { return false }
    for i in start..<end where line[i] < 0x30 || line[i] > 0x39 { return false }
    return true
  }
}
