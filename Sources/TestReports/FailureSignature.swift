// What makes two failures failures of the same kind: the masked message, and the frame that it came from where the
// message alone says too little. After the failure triage of the Kubernetes project: normalise, then compare.

internal import Events

internal import Core

/// Why an attempt failed, short enough to be kept of every failure.
package struct FailureNote: Hashable, Sendable {
  /// Exception or failure type.
  package var type: String
  /// The message's first lines, masked.
  package var message: String
  /// The frame nearest to the failure, masked; empty where the stack is not understood.
  package var frame: String
  /// What declares that the failure lies elsewhere: a dependency, a fixture, a suite's set-up. Empty where nothing does.
  package var cause: String

  package init(type: String, message: String, frame: String, cause: String = "") {
    self.type = type
    self.message = message
    self.frame = frame
    self.cause = cause
  }

  /// Whether the message is an assertion's: about the values of one test, not about a trouble that tests can share.
  package var isAssertion: Bool {
    let lower = type.lowercased()
    if lower.contains("assert") || lower.contains("comparison") || lower.contains("expectation") { return true }
    let words = message.lowercased()
    return message.isEmpty || Self.assertionWords.contains { words.contains($0) }
  }

  private static let assertionWords = [
    "expected", "assert", "expectation failed", "should be", "to equal", "but was", "not equal", "require(", "check(",
    "test failure", "failed: x", "must be",
  ]

  /// The text that failures of one kind share.
  package var signature: String {
    if !cause.isEmpty { return cause }
    let kind = type.isEmpty ? "" : type + ": "
    if isAssertion || Self.saysNothing(message) { return kind + message + (frame.isEmpty ? "" : " at " + frame) }
    return kind + message
  }

  /// Whether a failure of this kind can be shared without a frame: nothing else tells two of them apart.
  package var needsFrame: Bool { isAssertion || Self.saysNothing(message) }

  private static func saysNothing(_ message: String) -> Bool {
    let words = message.split { !$0.isLetter }
    return words.count < 2
  }
}

/// Makes failure notes out of records.
struct FailureSigner {
  private var mask = LogMask()

  mutating func note(type: String, message: String, stack: String, cause: String) -> FailureNote {
    let source = message.isEmpty ? stack : message
    return FailureNote(
      type: Self.bounded(type.isEmpty ? Self.type(in: source) : type, 160), message: masked(Self.head(source)),
      frame: masked(Self.frame(in: stack)), cause: cause.isEmpty ? "" : masked(cause))
  }

  /// The masked form of a short text.
  mutating func masked(_ text: String) -> String {
    if text.isEmpty { return "" }
    var out: [UInt8] = []
    let bytes = Array(Self.withoutEscapes(text).utf8)
    mask.mask(bytes.span, into: &out)
    return Self.bounded(String(decoding: out, as: UTF8.self), 300)
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
    return bounded(lines.joined(separator: " "), 400)
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
    for line in stack.split(separator: "\n").prefix(200) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.hasPrefix("at ") {
        if !frameworks.contains(where: { trimmed.dropFirst(3).hasPrefix($0) }) { return bounded(String(trimmed), 200) }
      } else if trimmed.hasPrefix("File \"") {
        python = bounded(String(trimmed), 200)
      } else if trimmed.prefix(while: { $0 != " " }).contains(".py:") {
        python = bounded(String(trimmed), 200)
      }
    }
    if !python.isEmpty { return python }
    let first = stack.prefix { $0 != "\n" && $0 != " " }
    return first.contains(":") && first.contains(".") ? bounded(String(first), 200) : ""
  }

  private static let frameworks = [
    "java.", "javax.", "jdk.", "sun.", "org.junit", "junit.", "org.testng", "org.assertj", "org.hamcrest",
    "org.opentest4j",
    "org.apache.maven", "Xunit.", "NUnit.Framework", "System.", "Microsoft.",
  ]

  /// Escape characters as the runners write them into XML: pytest `#x1B[31m`, CTest `[NON-XML-CHAR-0x1B][31m`.
  private static func withoutEscapes(_ text: String) -> String {
    guard text.contains("#x") || text.contains("[NON-") else { return text }
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

  static func bounded(_ text: String, _ bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var kept = Array(text.utf8.prefix(bytes + 1))
    while let last = kept.popLast(), last & 0xC0 == 0x80 {}
    return String(decoding: kept, as: UTF8.self)
  }
}
