// What makes two result records records of the same test.

package import Core

/// The name of a test that stays the same from attempt to attempt, file to file and night to night.
package struct TestIdentity: Hashable, Sendable {
  /// `class > name`; without a class the innermost suite stands for it.
  package var text: String
  /// The attempt that the name itself tells of (`… (attempt 2 of 3)`), 0 where it tells nothing.
  package var attempt: Int

  package init(_ record: TestRecord) {
    var name = record.name
    attempt = 0
    if let suffix = Self.attemptSuffix(name) {
      attempt = suffix.number
      name = String(name.dropLast(suffix.length))
    }
    var owner = record.className
    if owner.isEmpty { owner = Self.withoutStamp(record.suites.last ?? "") }
    if owner == name { owner = "" }
    if !owner.isEmpty, name.hasPrefix(owner + "."), name.utf8.count > owner.utf8.count + 1 {
      name = String(name.dropFirst(owner.count + 1))
    }
    if !record.parameters.isEmpty, !name.contains(record.parameters) { name += " [" + record.parameters + "]" }
    let joined = owner.isEmpty ? name : owner + " > " + name
    text = joined.utf8.count <= 600 ? joined : String(decoding: joined.utf8.prefix(600), as: UTF8.self)
  }

  /// ` (attempt 2 of 3)`, ` (retry 1)`, ` [attempt 2]` at the end of a name: its number and its length in characters.
  static func attemptSuffix(_ name: String) -> (number: Int, length: Int)? {
    guard let last = name.last, last == ")" || last == "]",
      let start = name.lastIndex(of: last == ")" ? "(" : "["), start > name.startIndex
    else { return nil }
    let inner = name[name.index(after: start)...].dropLast().lowercased()
    let words = inner.split { $0 == " " || $0 == "#" || $0 == "/" }
    guard words.count >= 2, words[0] == "attempt" || words[0] == "retry" || words[0] == "rerun",
      let number = Int(words[1])
    else { return nil }
    var length = name.distance(from: start, to: name.endIndex)
    if name[name.index(before: start)] == " " { length += 1 }
    return (words[0] == "attempt" ? number : number + 1, length)
  }

  /// The class or suite of a test's name: what stands before the first ` > `, else the whole name.
  static func owner(of test: String) -> Substring {
    let bytes = test.utf8
    var i = bytes.startIndex
    while let blank = bytes[i...].firstIndex(of: 0x20) {
      if bytes[blank...].starts(with: [0x20, 0x3E, 0x20]) { return test[..<blank] }
      i = bytes.index(after: blank)
    }
    return test[...]
  }

  /// A suite's name without the time of the run that some runners append (`test_u.A-20261121074438`).
  static func withoutStamp(_ name: String) -> String {
    guard let dash = name.lastIndex(of: "-") else { return name }
    let tail = name[name.index(after: dash)...]
    return tail.utf8.count >= 12 && tail.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? String(name[..<dash]) : name
  }
}
