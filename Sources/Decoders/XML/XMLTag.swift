// One start tag as the scanner hands it over.

internal import Core
internal import Glibc

/// A start tag: its local name and its attributes, decoded. The scanner uses one value again for every tag.
struct XMLTag {
  /// Without its namespace prefix.
  var name = ""
  /// 1-based line of the `<`.
  var line = 1
  private(set) var names: [String] = []
  /// A number for each name: names of two numbers differ, unless one is negative.
  private var numbers: [Int] = []
  private var values: [Value] = []
  /// The tag as it was written: most values need no decoding.
  private var raw: [UInt8] = []
  private var decoded: [UInt8] = []
  /// Where the value that is being decoded begins.
  private var decodedStart = 0
  /// The names once there are many of them.
  private var taken: Set<String> = []

  /// Where a value lies: among the raw bytes, or among the decoded ones.
  private struct Value {
    var start: Int
    var end: Int
    var isDecoded: Bool
  }

  /// How many attributes the tag has.
  var count: Int { names.count }

  /// The attribute's value; nil where the tag has none of that name.
  subscript(_ name: String) -> String? {
    for i in names.indices where names[i] == name { return value(i) }
    return nil
  }

  /// The bytes of the i-th attribute's value.
  @inline(__always) private func withValue<Result>(
    _ i: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let place = values[i].start..<values[i].end
    return unsafe (values[i].isDecoded ? decoded : raw).withUnsafeBufferPointer {
      unsafe body(UnsafeBufferPointer(rebasing: $0[place]))
    }
  }

  /// The value of the i-th attribute.
  func value(_ i: Int) -> String { unsafe withValue(i) { unsafe String(decoding: $0, as: UTF8.self) } }

  /// The value of the i-th attribute; where a text that was made before is equal to it, that text.
  func value(_ i: Int, sameAs known: String) -> String {
    let isSame = unsafe withValue(i) { bytes in
      let held = known.utf8Span.span
      guard held.count == bytes.count else { return false }
      guard let base = bytes.baseAddress else { return true }
      return unsafe held.withUnsafeBufferPointer { held in
        guard let other = held.baseAddress else { return true }
        return unsafe memcmp(base, other, bytes.count) == 0
      }
    }
    return isSame ? known : value(i)
  }

  /// The i-th attribute's value as microseconds, where it is a plain number of seconds.
  func plainSeconds(_ i: Int) -> Int64? { unsafe withValue(i) { unsafe ReportValues.plainSeconds($0) } }

  mutating func clear(name: String, line: Int) {
    self.name = name
    self.line = line
    names.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    if !decoded.isEmpty { decoded.removeAll(keepingCapacity: true) }
    decodedStart = 0
    if !taken.isEmpty { taken.removeAll() }
  }

  mutating func append(_ byte: UInt8) { decoded.append(byte) }

  mutating func append(_ span: Span<UInt8>) { decoded.append(copying: span) }

  mutating func append(scalar: UInt32) { UTF8Check.append(scalar, to: &decoded) }

  /// Ends the value collected by `append` and gives it its name.
  ///
  /// - Returns: false where the tag has the attribute already; then the value is dropped.
  mutating func close(attribute name: (text: String, number: Int)) -> Bool {
    let start = decodedStart
    if isTaken(name) {
      decoded.removeLast(decoded.count - start)
      return false
    }
    names.append(name.text)
    numbers.append(name.number)
    values.append(Value(start: start, end: decoded.count, isDecoded: true))
    decodedStart = decoded.count
    return true
  }

  /// Adds an attribute whose value stands for itself, at this place within the tag.
  ///
  /// - Returns: false where the tag has the attribute already; then the value is dropped.
  mutating func close(attribute name: (text: String, number: Int), plain place: Range<Int>) -> Bool {
    if isTaken(name) { return false }
    names.append(name.text)
    numbers.append(name.number)
    values.append(Value(start: place.lowerBound, end: place.upperBound, isDecoded: false))
    return true
  }

  /// Keeps the tag's bytes, from its `<` on: the tag is read.
  mutating func keep(_ span: Span<UInt8>) {
    raw.removeAll(keepingCapacity: true)
    if values.isEmpty { return }
    raw.append(copying: span)
  }

  /// Whether the tag has an attribute: few are looked through, many have a set, so that a tag of a hundred thousand stays
  /// linear.
  private mutating func isTaken(_ name: (text: String, number: Int)) -> Bool {
    if names.count < 16 {
      for i in numbers.indices where numbers[i] == name.number && names[i] == name.text { return true }
      return false
    }
    if taken.isEmpty { taken = Set(names) }
    return !taken.insert(name.text).inserted
  }
}
