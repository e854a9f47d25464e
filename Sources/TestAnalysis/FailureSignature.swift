// What makes two failures failures of the same kind: the masked message, and the frame that it came from where the
// message alone says too little. After the failure triage of the Kubernetes project: normalise, then compare.

internal import Model
internal import LogTemplates
package import Support

/// Why an attempt failed, short enough to be kept of every failure.
package struct FailureNote: Hashable, Sendable {
  /// Exception or failure type.
  package var type: String
  /// The message's first lines, masked.
  package var message: String
  /// The frame nearest to the failure, masked; empty where the stack is not understood.
  package var frame: String
  /// The message's first line as it stands in the report.
  package var raw = ""
  /// A hash of message and stack as they stand there.
  package var text: UInt64 = 0
  /// Where in the code it failed: a file, and a line or 0; empty where the report does not tell.
  package var file = ""
  package var line = 0
  /// What declares that the failure lies elsewhere: a dependency, a fixture, a suite's set-up. Empty where nothing does.
  package var cause: String

  /// Whether the message is an assertion's: about the values of one test, not about a trouble that tests can share.
  package private(set) var isAssertion: Bool
  /// Whether a failure of this kind can be shared without a frame: nothing else tells two of them apart.
  package private(set) var needsFrame: Bool

  package init(type: String, message: String, frame: String, cause: String = "") {
    self.type = type
    self.message = message
    self.frame = frame
    self.cause = cause
    isAssertion = Self.isAssertion(type: type, message: message)
    needsFrame = isAssertion || Self.saysNothing(message)
  }

  private static func isAssertion(type: String, message: String) -> Bool {
    if message.isEmpty { return true }
    // Many runners call every failure an assertion: what is missing outside the test is none, whatever its type.
    let said = ByteSearch.lowered(message)
    if outsideWords.contains(where: { ByteSearch.contains($0, in: said) }) { return false }
    let lower = ByteSearch.lowered(type)
    let words = ByteSearch.lowered(message)
    return typeWords.contains { ByteSearch.contains($0, in: lower) }
      || assertionWords.contains { ByteSearch.contains($0, in: words) }
  }

  private static let outsideWords: [StaticString] = [
    "connection", "connect to", "refused", "unreachable", "unavailable", "no route", "unknown host", "name resolution",
    "resolve host", "socket", "handshake", "certificate", "broken pipe", "no space left", "out of memory",
    "too many open files", "access denied", "service is down", "gateway", "database is", "database system",
  ]
  private static let typeWords: [StaticString] = ["assert", "comparison", "expectation"]
  private static let assertionWords: [StaticString] = [
    "expected", "assert", "expectation failed", "should be", "to equal", "but was", "not equal", "require(", "check(",
    "test failure", "failed: x", "must be",
  ]

  /// The text that failures of one kind share.
  package var signature: String {
    if !cause.isEmpty { return cause }
    let kind = type.isEmpty ? "" : type + ": "
    if needsFrame { return kind + message + (frame.isEmpty ? "" : " at " + frame) }
    return kind + message
  }

  /// Whether there are fewer than two words in it.
  private static func saysNothing(_ message: String) -> Bool {
    var words = 0
    var isInWord = false
    for scalar in message.unicodeScalars {
      let isLetter = scalar.isASCII ? (0x61...0x7A).contains(scalar.value | 0x20) : scalar.properties.isAlphabetic
      if isLetter, !isInWord { words += 1 }
      if words == 2 { return false }
      isInWord = isLetter
    }
    return true
  }
}

extension FailureNote {
  /// Takes the place that the record itself names where the failure's text names none.
  mutating func locate(_ record: TestRecord) {
    if file.isEmpty {
      file = CaseCondenser.kept(record.file.cut(toBytes: 300))
      line = max(record.line, 0)
    }
  }
}

extension FailureNote: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [type, message, frame, cause, raw, file] { writer.text(text) }
    writer.fixed64(text)
    writer.int(line)
    writer.byte((isAssertion ? 1 : 0) | (needsFrame ? 2 : 0))
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    type = try reader.text()
    message = try reader.text()
    frame = try reader.text()
    cause = try reader.text()
    raw = try reader.text()
    file = try reader.text()
    text = try reader.fixed64()
    line = try reader.int()
    let flags = try reader.byte()
    isAssertion = flags & 1 != 0
    needsFrame = flags & 2 != 0
  }
}

/// Makes failure notes out of records.
struct FailureSigner {
  private var mask = LogMask()

  mutating func note(type: String, message: String, stack: String, cause: String) -> FailureNote {
    let source = message.isEmpty ? stack : message
    let frame = Self.frame(in: stack)
    var note = FailureNote(
      type: (type.isEmpty ? Self.type(in: source) : type).cut(toBytes: 160), message: masked(Self.head(source)),
      frame: masked(frame), cause: cause.isEmpty ? "" : masked(cause))
    note.raw = CaseCondenser.kept(Self.line(Self.withoutEscapes(source)))
    note.text = StableHash.combine(StableHash.hash(message), StableHash.hash(stack))
    if let place = CodePlaces.first(in: [frame, stack, message]) {
      note.file = CaseCondenser.kept(place.file)
      note.line = place.line
    }
    return note
  }

  /// The masked form of a short text.
  mutating func masked(_ text: String) -> String {
    if text.isEmpty { return "" }
    var out: [UInt8] = []
    let bytes = Array(Self.withoutEscapes(text).utf8)
    mask.mask(bytes.span, into: &out)
    return String(decoding: out, as: UTF8.self).cut(toBytes: 300)
  }

  /// The first line that says something, without control characters.
  private static func line(_ text: String) -> String {
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: { $0 == "\n" || $0 == "\r\n" }).prefix(12) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.isEmpty || trimmed.hasPrefix("Traceback") || trimmed.hasPrefix("=== RUN") { continue }
      var kept = ""
      for scalar in trimmed.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
        kept.unicodeScalars.append(scalar)
        if kept.utf8.count >= 400 { break }
      }
      if !kept.isEmpty { return kept.cut(toBytes: 400) }
    }
    return ""
  }

  /// The first two lines that say something.
  private static func head(_ text: String) -> String {
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: true).prefix(12) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.isEmpty || trimmed.hasPrefix("at ") || trimmed.hasPrefix("Traceback") { continue }
      lines.append(trimmed)
      if lines.count == 2 { break }
    }
    return lines.joined(separator: " ").cut(toBytes: 400)
  }

  /// `java.net.ConnectException` of `java.net.ConnectException: refused`.
  private static func type(in text: String) -> String {
    let line = text.prefix { $0 != "\n" }
    guard let colon = line.firstIndex(of: ":") else { return "" }
    let word = line[..<colon].drop { $0 == " " }
    let isType =
      word.utf8.count <= 120 && !word.contains(" ") && (word.hasSuffix("Error") || word.hasSuffix("Exception"))
    return isType ? String(word) : ""
  }

  /// The first frame that is not the test framework's: JVM and .NET (`at …`), Python (`File "…"` or `path.py:12:`),
  /// JavaScript, C++ and Swift (`path:line`).
  private static func frame(in stack: String) -> String {
    var python = ""
    // Bytes: stacks are long, and what is looked for is ASCII.
    var rest = stack.utf8[...]
    var lines = 0
    while !rest.isEmpty, lines < 200 {
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var line = rest[..<end].drop { $0 == 0x20 || $0 == 0x09 }
      rest = rest[end...].dropFirst()
      if line.last == 0x0D { line.removeLast() }
      if line.isEmpty { continue }
      lines += 1
      if line.starts(with: "at ".utf8) {
        let place = line.dropFirst(3)
        if !frameworks.contains(where: { place.starts(with: $0.utf8) }) { return text(line) }
      } else if line.starts(with: "File \"".utf8)
        || ByteSearch.contains(".py:", in: Array(line.prefix { $0 != 0x20 }))
      {
        python = text(line)
      }
    }
    if !python.isEmpty { return python }
    let first = stack.utf8.prefix { $0 != 0x0A && $0 != 0x20 }
    return first.contains(0x3A) && first.contains(0x2E) ? text(first) : ""
  }

  private static func text(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)).cut(toBytes: 200) }

  private static let frameworks = [
    "java.", "javax.", "jdk.", "sun.", "org.junit", "junit.", "org.testng", "org.assertj", "org.hamcrest",
    "org.opentest4j", "org.apache.maven", "Xunit.", "NUnit.Framework", "System.", "Microsoft.",
  ]

  /// Escape characters as the runners write them into XML: pytest `#x1B[31m`, CTest `[NON-XML-CHAR-0x1B][31m`.
  private static func withoutEscapes(_ text: String) -> String {
    guard ByteSearch.find("#x", in: text) != nil || ByteSearch.find("[NON-", in: text) != nil else { return text }
    var out = ""
    var rest = text[...]
    while let first = rest.first {
      if rest.hasPrefix("#x1B[") || rest.hasPrefix("[NON-XML-CHAR-0x1B][") {
        rest = rest.drop { $0 != "[" }.dropFirst()
        if rest.hasPrefix("NON-") { rest = rest.drop { $0 != "]" }.dropFirst(2) }
        rest = rest.drop { $0.isNumber || $0 == ";" }.dropFirst()
      } else {
        out.append(first)
        rest.removeFirst()
      }
    }
    return out
  }
}
