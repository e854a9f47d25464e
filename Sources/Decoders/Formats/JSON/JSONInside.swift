// Records inside of an object that is none itself: answers of APIs, exports of stores, envelopes of queues.

internal import Model

/// Looks for records under the keys of an object of no known shape.
///
/// Only what cannot be mistaken counts: spans, requests, and log records with a time. An object with a message alone may be
/// anything (a finding of a linter, a translation).
enum JSONInside {
  /// So deep records are looked for.
  private static let deepest = 6

  /// The members' values of the object at a place, checked before, in which records were found.
  static func values(_ b: Span<UInt8>, at start: Int, _ classifier: JSONClassifier) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, _ in
      reader.skipSpace(b)
      let at = reader.position
      guard reader.skipValue(b) else { return false }
      if b[at] == 0x7B || b[at] == 0x5B, holdsRecords(b, at, classifier) { found.append(at..<reader.position) }
      return true
    }
    return found
  }

  /// Of an array the first element speaks for all.
  static func holdsRecords(_ b: Span<UInt8>, _ start: Int, _ classifier: JSONClassifier) -> Bool {
    var work: [(at: Int, depth: Int)] = [(start, 0)]
    while let (at, depth) = work.popLast() {
      var reader = JSONScanner(at: at)
      if b[at] == 0x5B {
        reader.position &+= 1
        guard depth < deepest, let byte = reader.peek(b), byte == 0x7B || byte == 0x5B else { continue }
        work.append((reader.position, depth + 1))
        continue
      }
      switch classifier.classify(b, &reader) {
      case .failed: continue
      case .descend: return true
      case .unit(.log, _):
        if hasTime(b, at, classifier) { return true }
      case .unit(.unknown, _), .unit(.mapped, _), .unit(.eventLine, _):
        if depth < deepest { pushMembers(b, at, depth + 1, &work) }
      case .unit: return true
      }
    }
    return false
  }

  private static func pushMembers(_ b: Span<UInt8>, _ at: Int, _ depth: Int, _ work: inout [(at: Int, depth: Int)]) {
    var reader = JSONScanner(at: at)
    _ = reader.eachMember(b) { reader, _ in
      reader.skipSpace(b)
      if b[reader.position] == 0x7B || b[reader.position] == 0x5B { work.append((reader.position, depth)) }
      return reader.skipValue(b)
    }
  }

  private static func hasTime(_ b: Span<UInt8>, _ at: Int, _ classifier: JSONClassifier) -> Bool {
    var reader = JSONScanner(at: at)
    var found = false
    _ = reader.eachMember(b) { reader, key in
      if classifier.logKeys.role(b, key)?.role == .time { found = true }
      return reader.skipValue(b)
    }
    return found
  }
}
