// One line of the Test Anything Protocol, versions 12 to 14 (testanything.org).

internal import Support

/// What a line says, without its indentation.
enum TAPLine {
  case version
  case plan(Int, skip: String?)
  case point(TAPPoint)
  case bailOut(String)
  case subtest(String)
  case comment(String)
  case yamlStart
  case other

  init(_ text: Substring) {
    if let point = TAPPoint(text) {
      self = .point(point)
    } else if text.hasPrefix("# Subtest") {
      self = .subtest(text.dropFirst(9).drop { $0 == ":" || $0 == " " }.trimmingSpace())
    } else if text.hasPrefix("#") {
      self = .comment(String(text.dropFirst()))
    } else if text.hasPrefix("TAP version ") {
      self = .version
    } else if text.hasPrefix("Bail out!") {
      self = .bailOut(text.dropFirst(9).trimmingSpace())
    } else if text.hasPrefix("---") {
      self = .yamlStart
    } else if let plan = Self.plan(text) {
      self = plan
    } else {
      self = .other
    }
  }

  private static func plan(_ text: Substring) -> TAPLine? {
    guard text.hasPrefix("1..") else { return nil }
    let digits = text.dropFirst(3).prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits) else { return nil }
    let rest = text.dropFirst(3 + digits.count).trimmingSpace()
    guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
    return .plan(count, skip: rest.isEmpty ? nil : rest.dropFirst().trimmingSpace())
  }

  /// Whether the first bytes of a text are TAP: a version, a plan with test points, or mostly test points.
  static func recognize(_ head: Span<UInt8>, from start: Int) -> Bool {
    var (plans, points, others) = (0, 0, 0)
    var i = start
    for _ in 0..<64 where i < head.count {
      let end = ByteScan.lineEnd(head, i)
      // Lines of other formats are long and begin otherwise: few are looked at in earnest.
      var first = i
      while first < end, Sniffer.isSpace(head[first]) { first += 1 }
      if first < end {
        switch head[first] {
        case 0x6F, 0x6E, 0x31, 0x54, 0x42:
          let text = String(copying: head.extracting(first..<min(end, first + 200)))
          switch TAPLine(text[...]) {
          case .version: return first == i && points + others == 0
          case .plan(_, let skip):
            plans += 1
            if skip != nil { points += 1 }
          case .point(let point): if point.isNumbered { points += 1 } else { others += 1 }
          default: others += 1
          }
        case 0x23, 0x2D, 0x2E: break
        default: if points == 0 { others += 1 }
        }
      }
      if others > 8, points == 0 { return false }
      i = end + 1
    }
    return (plans > 0 && points > 0 && others <= points * 4) || (points >= 2 && points > others)
  }
}

/// `not ok 3 - the cart empties # TODO later`.
struct TAPPoint {
  var isOK = true
  var number = 0
  var description = ""
  var directive = Directive.none
  var reason = ""
  /// Microseconds, -1 where the line tells none (`# time=5ms`, bats' ` in 5ms`).
  var duration: Int64 = -1
  /// Whether it is beyond doubt a test point and no text that begins with `ok`.
  var isNumbered = false

  enum Directive { case none, skip, todo }

  init?(_ text: Substring) {
    var rest = text
    if rest.hasPrefix("not ok") {
      isOK = false
      rest = rest.dropFirst(6)
    } else if rest.hasPrefix("ok") {
      rest = rest.dropFirst(2)
    } else {
      return nil
    }
    guard rest.first.map({ $0 == " " || $0 == "\t" || $0 == "\r" }) ?? true else { return nil }
    rest = rest.drop { $0 == " " || $0 == "\t" }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    if let found = Int(digits), rest.dropFirst(digits.count).first.map({ $0 == " " || $0 == "\r" || $0 == "-" }) ?? true
    {
      number = found
      isNumbered = true
      rest = rest.dropFirst(digits.count).drop { $0 == " " }
    }
    if rest.hasPrefix("- ") || rest == "-" {
      isNumbered = true
      rest = rest.dropFirst(1)
    }
    take(rest)
  }

  /// `ok 3 - the cart empties`, as most points are: a number, a dash, a description without anything to unescape, to read
  /// as a directive or as a duration.
  init?(plain b: Span<UInt8>, _ start: Int, _ end: Int) {
    var i = start
    if i + 4 < end, b[i] == 0x6E, b[i + 1] == 0x6F, b[i + 2] == 0x74, b[i + 3] == 0x20 {
      isOK = false
      i += 4
    }
    guard i + 3 < end, b[i] == 0x6F, b[i + 1] == 0x6B, b[i + 2] == 0x20 else { return nil }
    i += 3
    let digits = i
    while i < end, b[i] >= 0x30, b[i] <= 0x39 {
      number = number &* 10 &+ Int(b[i] &- 0x30)
      i += 1
    }
    guard i > digits, i - digits <= 9, i + 3 < end, b[i] == 0x20, b[i + 1] == 0x2D, b[i + 2] == 0x20 else { return nil }
    i += 3
    var mayBeTimed = false
    var end = end
    for place in i..<end {
      let byte = b[place]
      if byte == 0x23, let time = Self.time(b, place, end) {
        duration = time
        end = place
        break
      }
      if byte == 0x23 || byte == 0x5C || byte == 0x1B { return nil }
      // bats' ` in 12ms`.
      if byte == 0x20, place + 3 < end, b[place + 1] == 0x69, b[place + 2] == 0x6E, b[place + 3] == 0x20 {
        mayBeTimed = true
      }
    }
    if mayBeTimed { return nil }
    var last = end
    while i < last, Sniffer.isSpace(b[i]) { i += 1 }
    while last > i, Sniffer.isSpace(b[last - 1]) { last -= 1 }
    description = String(copying: b.extracting(i..<last))
    isNumbered = true
  }

  /// ` # time=12ms` up to the line's end, in microseconds; nil where the hash begins something else.
  private static func time(_ b: Span<UInt8>, _ hash: Int, _ end: Int) -> Int64? {
    let key: [UInt8] = [0x20, 0x74, 0x69, 0x6D, 0x65, 0x3D]
    guard b[hash - 1] == 0x20, hash + 1 + key.count < end else { return nil }
    for k in key.indices where b[hash + 1 + k] != key[k] { return nil }
    var i = hash + 1 + key.count
    let digits = i
    var value: Int64 = 0
    while i < end, b[i] >= 0x30, b[i] <= 0x39 {
      value = value &* 10 &+ Int64(b[i] &- 0x30)
      i += 1
    }
    guard i > digits, i - digits <= 12, i + 1 < end, b[i] == 0x6D, b[i + 1] == 0x73 else { return nil }
    i += 2
    while i < end, Sniffer.isSpace(b[i]) { i += 1 }
    return i == end ? value * 1000 : nil
  }

  private mutating func take(_ text: Substring) {
    // Most points are no more than their description.
    if !text.utf8.contains(where: { $0 == 0x23 || $0 == 0x5C }) {
      description = text.trimmingSpace()
      if description.utf8.last == 0x73 || description.utf8.last == 0x63 { takeTiming() }
      return
    }
    var bytes: [UInt8] = []
    var comment: [UInt8]?
    var isEscaped = false
    for byte in text.utf8 {
      if comment != nil {
        comment?.append(byte)
      } else if isEscaped {
        // Version 14 escapes the hash and the backslash; what else stands behind one is itself.
        if byte != 0x23, byte != 0x5C { bytes.append(0x5C) }
        bytes.append(byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x23, bytes.last.map({ $0 == 0x20 || $0 == 0x09 }) ?? true, Self.isDirective(text, after: bytes)
      {
        comment = []
      } else {
        bytes.append(byte)
      }
    }
    if isEscaped { bytes.append(0x5C) }
    description = String(decoding: bytes, as: UTF8.self)[...].trimmingSpace()
    if let comment { takeComment(String(decoding: comment, as: UTF8.self)[...].trimmingSpace()) }
    takeTiming()
  }

  /// A hash begins a directive; any other one belongs to the description.
  private static func isDirective(_ text: Substring, after bytes: [UInt8]) -> Bool {
    var rest = text
    // Behind the last hash that could begin one.
    while let hash = rest.firstIndex(of: "#") {
      rest = rest[rest.index(after: hash)...]
      let word = rest.drop { $0 == " " }.prefix { $0.isLetter }.lowercased()
      if word.hasPrefix("skip") || word.hasPrefix("todo") || word == "time" { return true }
    }
    return false
  }

  private mutating func takeComment(_ text: String) {
    let word = text.prefix { $0.isLetter }.lowercased()
    let rest = text.dropFirst(word.count).drop { $0 == ":" || $0 == " " }.trimmingSpace()
    if word.hasPrefix("skip") {
      (directive, reason) = (.skip, rest)
    } else if word.hasPrefix("todo") {
      (directive, reason) = (.todo, rest)
    } else if word == "time" {
      duration = ReportValues.duration(String(rest.drop { $0 == "=" }), unit: 1000)
    } else {
      description += " #" + text
    }
  }

  /// bats writes ` in 12ms` behind a description where it is asked for timings.
  private mutating func takeTiming() {
    guard let cut = description.range(of: " in ", backwards: true) else { return }
    let tail = description[cut.upperBound...]
    guard tail.hasSuffix("ms") || tail.hasSuffix("sec"), tail.first?.isNumber == true, !tail.contains(" ") else {
      return
    }
    let found = ReportValues.duration(String(tail))
    guard found >= 0 else { return }
    duration = found
    description = String(description[..<cut.lowerBound])
  }
}

extension String {
  /// The last occurrence of a short text.
  fileprivate func range(of text: String, backwards: Bool) -> Range<String.Index>? {
    let bytes = Array(utf8)
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return nil }
    var i = bytes.count - wanted.count
    while i >= 0 {
      if bytes[i..<i + wanted.count].elementsEqual(wanted) {
        let start = utf8.index(startIndex, offsetBy: i)
        return start..<utf8.index(start, offsetBy: wanted.count)
      }
      i -= 1
    }
    return nil
  }
}
