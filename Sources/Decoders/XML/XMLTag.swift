// One start tag as the scanner hands it over.

/// A start tag: its local name and its attributes, decoded. The scanner uses one value again for every tag.
struct XMLTag {
  /// Without its namespace prefix.
  var name = ""
  /// 1-based line of the `<`.
  var line = 1
  private(set) var names: [String] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []
  /// The names once there are many of them.
  private var taken: Set<String> = []

  /// How many attributes the tag has.
  var count: Int { names.count }

  /// The attribute's value; nil where the tag has none of that name.
  subscript(_ name: String) -> String? {
    for i in names.indices where names[i] == name { return value(i) }
    return nil
  }

  /// The value of the i-th attribute.
  func value(_ i: Int) -> String {
    let start = i == 0 ? 0 : ends[i - 1]
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[start..<ends[i]]), as: UTF8.self)
    }
  }

  /// The value of the i-th attribute; where a text that was made before is equal to it, that text.
  func value(_ i: Int, sameAs known: String) -> String {
    let start = i == 0 ? 0 : ends[i - 1]
    guard known.utf8.count == ends[i] - start, known.utf8.elementsEqual(bytes[start..<ends[i]]) else { return value(i) }
    return known
  }

  mutating func clear(name: String, line: Int) {
    self.name = name
    self.line = line
    names.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    if !taken.isEmpty { taken.removeAll() }
  }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(scalar: UInt32) { UTF8Check.append(scalar, to: &bytes) }

  /// Ends the value collected by `append` and gives it its name.
  ///
  /// - Returns: false where the tag has the attribute already; then the value is dropped.
  mutating func close(attribute name: String) -> Bool {
    let start = ends.last ?? 0
    if isTaken(name) {
      bytes.removeLast(bytes.count - start)
      return false
    }
    names.append(name)
    ends.append(bytes.count)
    return true
  }

  /// Whether the tag has an attribute: few are looked through, many have a set, so that a tag of a hundred thousand stays
  /// linear.
  private mutating func isTaken(_ name: String) -> Bool {
    if names.count < 16 { return names.contains(name) }
    if taken.isEmpty { taken = Set(names) }
    return !taken.insert(name).inserted
  }
}
