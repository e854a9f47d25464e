// Walks the JSON of a test report token by token, so that a document of any size takes the memory of one token.

internal import Support

struct JSONReportWalker {
  private struct Frame {
    var node: JSONReportNode
    var isObject: Bool
    var isFirst = true
  }

  private let depthLimit: Int
  /// Bytes of a string from which only its beginning is read.
  private let stringLimit: Int
  private var frames: [Frame] = []
  /// Reads the bytes at hand; made anew for each stretch of them.
  private var scanner = JSONScanner(at: 0)
  /// Open containers of a part that nobody wants, one bit each, the innermost lowest: 1 for an object.
  private var skipped: [Bool] = []
  /// Whether the next byte lies in a string that is stepped over, and whether it is escaped.
  private var isInString = false
  private var isEscaped = false
  /// 1-based line at `linePosition` of the bytes at hand.
  private(set) var line = 1
  private var linePosition = 0
  /// Strings that were cut to their beginning.
  private(set) var cutStrings = 0
  private(set) var sawBadUTF8 = false

  init(depthLimit: Int, stringLimit: Int) {
    self.depthLimit = depthLimit
    self.stringLimit = stringLimit
  }

  /// Whether the last value has ended and the next one has not begun.
  var isBetweenValues: Bool { frames.isEmpty && skipped.isEmpty && !isInString }

  /// Gives up the value at hand.
  mutating func abandon() {
    frames.removeAll(keepingCapacity: true)
    skipped.removeAll(keepingCapacity: true)
    isInString = false
    isEscaped = false
  }

  mutating func moveLine(to position: Int, in b: Span<UInt8>) {
    guard position > linePosition else { return }
    line += ByteScan.lineEnds(b, linePosition, position)
    linePosition = position
  }

  /// The bytes at hand are used up to a place: the next ones begin there.
  mutating func rebase(_ used: Int, _ b: Span<UInt8>) {
    moveLine(to: used, in: b)
    linePosition = 0
  }

  /// Reads on inside a value, or begins one, as far as the bytes go.
  ///
  /// - Returns: the place up to which everything was taken, and why it stopped: `none` at the value's end.
  mutating func walk(
    _ b: Span<UInt8>, from start: Int, isFinal: Bool, _ reader: inout any JSONReportReader,
    on sheet: inout ReportBuilder
  ) -> (Int, JSONScanner.Failure) {
    scanner = JSONScanner(at: start, depthLimit: depthLimit, isFinal: isFinal)
    var done = start
    repeat {
      if isInString || !skipped.isEmpty {
        var i = done
        guard skipOn(b, &i) else { return (i, i == b.count ? .incomplete : .syntax) }
        done = i
        scanner.position = i
        continue
      }
      guard token(b, &reader, on: &sheet) else {
        if scanner.failure == .none { scanner.failure = .syntax }
        return (done, scanner.failure)
      }
      if scanner.sawBadUTF8 { sawBadUTF8 = true }
      done = scanner.position
    } while !isBetweenValues
    return (done, .none)
  }

  /// Takes one step: an element, a key with its value, or an end. False on the scanner's failure.
  private mutating func token(
    _ b: Span<UInt8>, _ reader: inout any JSONReportReader, on sheet: inout ReportBuilder
  ) -> Bool {
    let none = JSONStringSlice(start: scanner.position, end: scanner.position, isEscaped: false)
    guard let frame = frames.last else {
      return value(.element, none, in: .top, b, &reader, on: &sheet)
    }
    let top = frames.count - 1
    var isFirst = frame.isFirst
    var key = JSONReportKey.element
    var name = none
    if frame.isObject {
      guard let found = scanner.nextKey(b, &isFirst) else {
        return scanner.failure == .none && pop(&reader, on: &sheet)
      }
      name = found
      key = JSONReportKeys.key(b, found)
    } else if !scanner.nextElement(b, &isFirst) {
      return scanner.failure == .none && pop(&reader, on: &sheet)
    }
    guard value(key, name, in: frame.node, b, &reader, on: &sheet) else { return false }
    frames[top].isFirst = false
    return true
  }

  private mutating func pop(_ reader: inout any JSONReportReader, on sheet: inout ReportBuilder) -> Bool {
    if let frame = frames.popLast() { reader.close(frame.node, on: &sheet) }
    return true
  }

  private mutating func value(
    _ key: JSONReportKey, _ name: JSONStringSlice, in node: JSONReportNode, _ b: Span<UInt8>,
    _ reader: inout any JSONReportReader, on sheet: inout ReportBuilder
  ) -> Bool {
    guard let byte = scanner.peek(b) else { return false }
    var field = JSONField(key: key, name: name, kind: .string, value: name)
    switch byte {
    case 0x7B, 0x5B: return container(key, in: node, b, &reader, on: &sheet)
    case 0x22:
      let quote = scanner.position
      scanner.position += 1
      if let text = scanner.stringBody(b) {
        field.value = text
      } else {
        guard scanner.failure == .incomplete, !scanner.isFinal, b.count - quote > stringLimit else { return false }
        // Only the beginning is read; the rest is stepped over, however long.
        field.value = beginning(b, quote + 1)
        scanner.failure = .none
        scanner.position = field.value.end
        isInString = true
        cutStrings += 1
      }
    case 0x2D, 0x30...0x39:
      field.kind = .number
      guard let text = scanner.number(b) else { return false }
      field.value = text
    default:
      field.kind = byte == 0x74 ? .yes : byte == 0x66 ? .no : .null
      guard scanner.literal(b) else { return false }
    }
    if node != .top { reader.field(field, b, in: node, on: &sheet) }
    return true
  }

  /// As much of a long string as is kept of one, not cut inside an escape or a character.
  private func beginning(_ b: Span<UInt8>, _ start: Int) -> JSONStringSlice {
    var i = start
    var isEscaped = false
    let end = min(b.count, start + stringLimit)
    while i < end {
      if b[i] == 0x5C {
        let length = i + 1 < b.count && b[i + 1] == 0x75 ? 6 : 2
        guard i + length <= end else { break }
        isEscaped = true
        i += length
      } else {
        let length = max(UTF8Check.sequenceLength(b, i), 1)
        guard i + length <= end else { break }
        i += length
      }
    }
    return JSONStringSlice(start: start, end: i, isEscaped: isEscaped)
  }

  private mutating func container(
    _ key: JSONReportKey, in node: JSONReportNode, _ b: Span<UInt8>,
    _ reader: inout any JSONReportReader, on sheet: inout ReportBuilder
  ) -> Bool {
    let isObject = b[scanner.position] == 0x7B
    guard frames.count < depthLimit else { return scanner.fail(.depth, at: scanner.position) }
    if isObject { moveLine(to: scanner.position, in: b) }
    if let inner = reader.open(key, isObject: isObject, in: node, line: line, on: &sheet) {
      scanner.position += 1
      frames.append(Frame(node: inner, isObject: isObject))
      return true
    }
    var whole = scanner
    whole.depthLimit = depthLimit - frames.count
    if whole.skipValue(b) {
      scanner.position = whole.position
      return true
    }
    guard whole.failure == .incomplete, !scanner.isFinal else {
      scanner.failure = whole.failure
      return false
    }
    scanner.position += 1
    skipped = [isObject]
    return true
  }

  /// Steps over what nobody wants and the bytes at hand do not hold whole.
  ///
  /// - Returns: whether it has ended; else the bytes did, or it is no JSON where `i` stands.
  private mutating func skipOn(_ b: Span<UInt8>, _ i: inout Int) -> Bool {
    while i < b.count {
      let byte = b[i]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
          if skipped.isEmpty {
            i += 1
            return true
          }
        }
        i += 1
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case 0x7B, 0x5B:
        guard skipped.count + frames.count < depthLimit else { return false }
        skipped.append(byte == 0x7B)
      case 0x7D, 0x5D:
        guard skipped.last == (byte == 0x7D) else { return false }
        skipped.removeLast()
        if skipped.isEmpty {
          i += 1
          return true
        }
      default: break
      }
      i += 1
    }
    return false
  }
}
