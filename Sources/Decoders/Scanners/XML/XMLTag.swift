// One start tag as the scanner hands it over.

internal import CLibXML2
internal import Glibc
internal import Support

/// A start tag: its local name and its attributes, decoded. The scanner uses one value again for every tag.
@safe struct XMLTag {
  /// Which of the known words its name is.
  private(set) var word = XMLWord.other
  private var number: Int32 = -1
  private var ownName = ""
  /// The names that libxml2 told, by number.
  private var names = XMLPointerNames()
  /// The names of attributes that the scanner told, by number.
  private var ownNames: [String] = []
  /// 1-based line of the `<`.
  var line = 1
  /// How many attributes the tag has.
  private(set) var count = 0
  /// Its attributes first; behind them may stand those of a tag before, whose places are used again.
  private var attributes: [Attribute] = []
  /// The tag as it was written: most values need no decoding.
  private var raw: [UInt8] = []
  private var decoded: [UInt8] = []
  /// Where the value that is being decoded begins.
  private var decodedStart = 0
  /// The names once there are many of them.
  private var taken: Set<String> = []

  /// Nothing in it counts references: the places of attributes are filled again with every tag.
  @safe private struct Attribute {
    /// Of its name: among libxml2's, or from -1 down among our own.
    var number: Int32
    var word: XMLWord
    /// The scanner's names of two keys differ, unless one is negative.
    var key: Int32
    /// Where the value lies: among the raw bytes, or among the decoded ones.
    var start: Int
    var end: Int
    var isDecoded: Bool
    /// Where libxml2 holds the value while it tells of the tag.
    var held: UnsafePointer<UInt8>?
  }

  /// Without its namespace prefix.
  var name: String { number >= 0 ? names.text(number) : ownName }

  /// Which of the known words the i-th attribute's name is.
  @inline(__always) func word(_ i: Int) -> XMLWord { attributes[i].word }

  /// The name of the i-th attribute.
  func name(_ i: Int) -> String {
    let number = attributes[i].number
    return number >= 0 ? names.text(number) : ownNames[Int(-1 - number)]
  }

  /// The attribute's value; nil where the tag has none of that name.
  subscript(_ name: String) -> String? {
    for i in 0..<count where self.name(i) == name { return value(i) }
    return nil
  }

  /// The bytes of the i-th attribute's value.
  @inline(__always) private func withValue<Result>(
    _ i: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if let held = unsafe attributes[i].held {
      return unsafe body(UnsafeBufferPointer(start: held, count: attributes[i].end))
    }
    let place = attributes[i].start..<attributes[i].end
    return unsafe (attributes[i].isDecoded ? decoded : raw).withUnsafeBufferPointer {
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

  /// Begins a tag that the scanner reads.
  mutating func clear(name: String, line: Int) {
    clear(line: line)
    ownName = name
    number = -1
    word = XMLWord(name)
  }

  /// Begins a tag that libxml2 has read.
  @inline(__always) mutating func clear(held name: UnsafePointer<xmlChar>, line: Int) {
    clear(line: line)
    names.beginTag()
    (number, word) = unsafe names.number(name, prefix: nil)
  }

  @inline(__always) private mutating func clear(line: Int) {
    self.line = line
    count = 0
    if attributes.count > Self.usualCount { attributes.removeLast(attributes.count - Self.usualCount) }
    if !ownNames.isEmpty { ownNames.removeAll(keepingCapacity: true) }
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
    add(name, start..<decoded.count, isDecoded: true)
    decodedStart = decoded.count
    return true
  }

  /// Adds an attribute whose value stands for itself, at this place within the tag.
  ///
  /// - Returns: false where the tag has the attribute already; then the value is dropped.
  mutating func close(attribute name: (text: String, number: Int), plain place: Range<Int>) -> Bool {
    if isTaken(name) { return false }
    add(name, place, isDecoded: false)
    return true
  }

  private mutating func add(_ name: (text: String, number: Int), _ place: Range<Int>, isDecoded: Bool) {
    ownNames.append(name.text)
    unsafe add(
      Attribute(
        number: Int32(truncatingIfNeeded: -ownNames.count), word: XMLWord(name.text),
        key: Int32(truncatingIfNeeded: name.number), start: place.lowerBound, end: place.upperBound,
        isDecoded: isDecoded))
  }

  /// Adds an attribute that libxml2 has read.
  ///
  /// - Parameters:
  ///   - name: its name; the parser has seen to it that there is one of it.
  ///   - prefix: its namespace's.
  ///   - bytes: the value.
  ///   - isComposed: whether the parser put it together: then `&` stands there as a reference to it, and nothing else does.
  @inline(__always) mutating func add(
    _ name: UnsafePointer<xmlChar>, prefix: UnsafePointer<xmlChar>?, _ bytes: UnsafeBufferPointer<UInt8>,
    isComposed: Bool
  ) {
    let (number, word) = unsafe names.number(name, prefix: prefix)
    if isComposed || bytes.isEmpty {
      unsafe addComposed(number, word, bytes)
    } else {
      unsafe add(
        Attribute(
          number: number, word: word, key: -1, start: 0, end: bytes.count, isDecoded: false, held: bytes.baseAddress))
    }
  }

  @inline(never) private mutating func addComposed(
    _ number: Int32, _ word: XMLWord, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    let start = decoded.count
    unsafe decoded.append(contentsOf: bytes)
    if unsafe bytes.contains(0x26) { restoreAmpersands(from: start) }
    unsafe add(Attribute(number: number, word: word, key: -1, start: start, end: decoded.count, isDecoded: true))
    decodedStart = decoded.count
  }

  /// Adds the declaration of a namespace.
  mutating func add(declaration name: String, _ bytes: UnsafeBufferPointer<UInt8>) {
    ownNames.append(name)
    unsafe addComposed(Int32(truncatingIfNeeded: -ownNames.count), .other, bytes)
  }

  /// `&#38;` is how a parser that replaces no entities hands an ampersand over.
  private mutating func restoreAmpersands(from start: Int) {
    let reference: [UInt8] = [0x26, 0x23, 0x33, 0x38, 0x3B]
    var to = start
    var from = start
    while from < decoded.count {
      decoded[to] = decoded[from]
      let isReference = decoded[from] == 0x26 && decoded[from...].prefix(5).elementsEqual(reference)
      from += isReference ? 5 : 1
      to += 1
    }
    decoded.removeLast(decoded.count - to)
  }

  @inline(__always) private mutating func add(_ attribute: Attribute) {
    if count < attributes.count { attributes[count] = attribute } else { attributes.append(attribute) }
    count += 1
  }

  /// Places for attributes that are kept for the next tag, and attributes up to which they are looked through one by one.
  private static let usualCount = 16

  /// Keeps the tag's bytes, from its `<` on: the tag is read.
  mutating func keep(_ span: Span<UInt8>) {
    raw.removeAll(keepingCapacity: true)
    if count == 0 { return }
    raw.append(copying: span)
  }

  /// Whether the tag has an attribute: few are looked through, many have a set, so that a tag of a hundred thousand stays
  /// linear.
  private mutating func isTaken(_ name: (text: String, number: Int)) -> Bool {
    if count < Self.usualCount {
      let key = Int32(truncatingIfNeeded: name.number)
      for i in 0..<count where attributes[i].key == key && self.name(i) == name.text { return true }
      return false
    }
    if taken.isEmpty { taken = Set((0..<count).map { self.name($0) }) }
    return !taken.insert(name.text).inserted
  }
}
