// What makes two result records records of the same test.

internal import Support
package import Model

/// The name of a test that stays the same from attempt to attempt, file to file and night to night. One value reads record
/// after record and uses its room again.
package struct TestIdentity: Sendable {
  /// `class > name` in UTF-8; without a class the innermost suite stands for it.
  package private(set) var text: [UInt8] = []
  /// The attempt that the name itself tells of (`… (attempt 2 of 3)`), 0 where it tells nothing.
  package private(set) var attempt = 0
  /// The name with what varies from run to run masked; empty where nothing in it may vary.
  package private(set) var masked: [UInt8] = []
  private var name: [UInt8] = []
  private var owner: [UInt8] = []

  /// Bytes of a name that are kept.
  static let longest = 600

  package init() {}

  package mutating func read(_ record: borrowing TestRecord) {
    Self.fill(&name, record.name)
    attempt = 0
    if let suffix = Self.attemptSuffix(name) {
      attempt = suffix.number
      name.removeLast(suffix.length)
    }
    Self.fill(&owner, record.className)
    if owner.isEmpty, let suite = record.suites.last { Self.fill(&owner, Self.withoutStamp(suite)) }
    if owner == name { owner.removeAll(keepingCapacity: true) }
    var start = 0
    if !owner.isEmpty, name.count > owner.count + 1, name[owner.count] == 0x2E, name.starts(with: owner) {
      start = owner.count + 1
    }
    text.removeAll(keepingCapacity: true)
    if !owner.isEmpty {
      text += owner
      text += Self.separator
    }
    text += name[start...]
    let parameters = record.parameters
    if !parameters.isEmpty, parameters.utf8.count > Self.longest || !ByteSearch.contains(parameters, in: name) {
      text += [0x20, 0x5B]
      text += parameters.utf8
      text.append(0x5D)
    }
    text.cutText(to: Self.longest)
    masked = NameMask.masked(text) ?? []
    masked.cutText(to: Self.longest)
  }

  private static let separator: [UInt8] = [0x20, 0x3E, 0x20]

  private static func fill(_ room: inout [UInt8], _ text: String) {
    room.removeAll(keepingCapacity: true)
    room += text.utf8
  }

  /// ` (attempt 2 of 3)`, ` (retry 1)`, ` [attempt 2]` at the end of a name: its number and its length in bytes.
  static func attemptSuffix(_ name: [UInt8]) -> (number: Int, length: Int)? {
    guard let last = name.last, last == 0x29 || last == 0x5D,
      let start = name.lastIndex(of: last == 0x29 ? 0x28 : 0x5B), start > 0, start + 1 < name.count
    else { return nil }
    let first = name[start + 1] | 0x20
    guard first == 0x61 || first == 0x72 || first == 0x69 || first == 0x74 else { return nil }
    let words = name[(start + 1)...].dropLast().split { $0 == 0x20 || $0 == 0x23 || $0 == 0x2F || $0 == 0x3D }
    guard words.count >= 2, let number = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
    let isAttempt: Bool
    switch String(decoding: words[0], as: UTF8.self).lowercased() {
    case "attempt", "try", "invcount": isAttempt = true
    case "retry", "rerun", "re-run": isAttempt = false
    default: return nil
    }
    let length = name.count - start + (name[start - 1] == 0x20 ? 1 : 0)
    return (isAttempt ? number : number.addingReportingOverflow(1).partialValue, length)
  }

  /// How many bytes of a test's name are its class or suite: what stands before the first ` > `, else all.
  static func ownerLength(of test: Span<UInt8>) -> Int {
    var i = 0
    while i + 2 < test.count {
      if test[i] == 0x20, test[i + 1] == 0x3E, test[i + 2] == 0x20 { return i }
      i += 1
    }
    return test.count
  }

  /// A suite's name without the time of the run that some runners append (`test_u.A-20261121074438`).
  static func withoutStamp(_ name: String) -> String {
    guard let dash = name.utf8.lastIndex(of: 0x2D) else { return name }
    let tail = name.utf8[name.utf8.index(after: dash)...]
    return tail.count >= 12 && tail.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? String(name[..<dash]) : name
  }
}
