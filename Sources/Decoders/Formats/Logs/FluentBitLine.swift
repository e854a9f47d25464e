// Lines of Fluent Bit's stdout output and filter.

internal import Model
internal import Support

/// A record as Fluent Bit prints it: `[0] TAG: [SECONDS.NANOS, {"key"=>"value", …}]`, since version 2.1
/// `[0] TAG: [[SECONDS.NANOS, {…}], {"key"=>"value", …}]` with the record's metadata (plugins/out_stdout/stdout.c and
/// plugins/filter_stdout/stdout.c; objects as msgpack-c's `msgpack_object_print` writes them).
///
/// Texts are printed as they are, quotes and all: one ends where a quote stands before the next key or before what closes the record. What
/// comes of it is the record as JSON.
struct FluentBitLine {
  /// Where the tag lies.
  let tag: Range<Int>
  /// Microseconds since the epoch.
  let time: Int64
  /// The record as a JSON object.
  private(set) var json: [UInt8] = []

  /// Whether a line begins like such a record: a number in brackets, a tag, a colon and two brackets or one with a number.
  static func begins(_ line: Span<UInt8>) -> Bool {
    guard let (_, start) = head(line) else { return false }
    return line[start] == 0x5B ? line[start + 1] &- 0x30 <= 9 : line[start] &- 0x30 <= 9
  }

  /// The tag, and where its list begins behind the first bracket.
  private static func head(_ line: Span<UInt8>) -> (tag: Range<Int>, start: Int)? {
    guard line.count > 30, line[0] == 0x5B, line[1] &- 0x30 <= 9 else { return nil }
    var i = 1
    while i < 12, line[i] &- 0x30 <= 9 { i += 1 }
    guard line[i] == 0x5D, line[i + 1] == 0x20 else { return nil }
    let tag = i + 2
    i = tag
    while i + 4 < line.count, line[i] > 0x20, i - tag < 1024 { i += 1 }
    guard i > tag + 1, i + 4 < line.count, line[i - 1] == 0x3A, line[i] == 0x20, line[i + 1] == 0x5B else { return nil }
    return (tag..<i - 1, i + 2)
  }

  init?(_ line: Span<UInt8>) {
    guard let (tag, start) = Self.head(line) else { return nil }
    self.tag = tag
    var i = start
    let hasMetadata = line[i] == 0x5B
    if hasMetadata { i += 1 }
    let stamp = i
    while i < line.count, line[i] &- 0x30 <= 9 || line[i] == 0x2E { i += 1 }
    guard let seconds = FieldText.double(line.extracting(stamp..<i)), i - stamp >= 11, i + 2 < line.count,
      let time = Self.microseconds(line, stamp..<i), seconds > 0, line[i] == 0x2C, line[i + 1] == 0x20
    else { return nil }
    self.time = time
    i += 2
    if hasMetadata {
      guard let end = Self.behindMetadata(line, i) else { return nil }
      i = end
    }
    guard i < line.count, line[i] == 0x7B, line[line.count - 1] == 0x5D, write(line, i..<line.count - 1) else {
      return nil
    }
  }

  /// Seconds and nine digits of their fraction, which a floating-point number does not hold.
  fileprivate static func microseconds(_ line: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    guard let dot = range.first(where: { line[$0] == 0x2E }), range.upperBound - dot == 10,
      let whole = FieldText.int(line.extracting(range.lowerBound..<dot)),
      let nanos = FieldText.int(line.extracting(dot + 1..<range.upperBound))
    else { return nil }
    return FieldText.microseconds(whole, unit: .seconds).map { $0.addingSaturated(nanos / 1000) }
  }

  /// Where the record begins behind a map of metadata, which is empty as a rule.
  private static func behindMetadata(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard line[start] == 0x7B else { return nil }
    var i = start
    while i + 4 < line.count {
      if line[i] == 0x7D, JSONScanner.matches(line, i + 1, "], {") { return i + 4 }
      i += 1
    }
    return nil
  }

  // MARK: The record.

  /// So many maps and lists may lie in each other.
  private static let deepest = 32

  /// Writes a map as JSON; false where it is none.
  private mutating func write(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var open: [UInt8] = []
    var i = range.lowerBound
    let end = range.upperBound
    json.reserveCapacity(range.count + 16)
    while i < end {
      switch line[i] {
      case 0x7B, 0x5B:
        guard open.count < Self.deepest else { return false }
        open.append(line[i])
        json.append(line[i])
        i += 1
      case 0x7D, 0x5D:
        guard let last = open.popLast(), line[i] == last + 2 else { return false }
        json.append(line[i])
        i += 1
        if open.isEmpty { return i == end }
      case 0x22:
        let isKey = open.last == 0x7B && json.last != 0x3A
        let inList = open.last == 0x5B
        let close = isKey ? Self.keyEnd(line, i + 1, end) : Self.textEnd(line, i + 1, end, inList: inList)
        guard let close else { return false }
        JSONQuote.append(line.extracting(i + 1..<close), to: &json)
        i = close + 1
        guard isKey else { continue }
        json.append(0x3A)
        i += 2
      case 0x2C, 0x20:
        if line[i] == 0x2C { json.append(0x2C) }
        i += 1
      default:
        let start = i
        while i < end, line[i] != 0x2C, line[i] != 0x7D, line[i] != 0x5D { i += 1 }
        word(line.extracting(start..<i))
      }
    }
    return false
  }

  /// The quote behind a key: an arrow follows.
  private static func keyEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var i = start
    while i + 2 < end {
      if line[i] == 0x22, line[i + 1] == 0x3D, line[i + 2] == 0x3E { return i }
      i += 1
    }
    return nil
  }

  /// The quote that ends a text: behind it the next key follows, the next text of a list, or nothing but what closes the record.
  private static func textEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int, inList: Bool) -> Int? {
    var i = start
    while i < end {
      if line[i] == 0x22, endsText(line, i + 1, end) || inList && endsElement(line, i + 1) { return i }
      i += 1
    }
    return nil
  }

  /// Whether the next text of a list follows, or its end.
  private static func endsElement(_ line: Span<UInt8>, _ start: Int) -> Bool {
    line[start] == 0x5D || JSONScanner.matches(line, start, ", \"")
  }

  private static func endsText(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, line[i] == 0x7D || line[i] == 0x5D { i += 1 }
    if i == end { return true }
    guard i + 3 < end, line[i] == 0x2C, line[i + 1] == 0x20, line[i + 2] == 0x22 else { return false }
    // A key is short, and has no quote in it.
    i += 3
    let key = i
    while i < end, i - key < 256, line[i] != 0x22 { i += 1 }
    return i + 2 < end && line[i] == 0x22 && line[i + 1] == 0x3D && line[i + 2] == 0x3E
  }

  /// A number, or a word that JSON knows; `nil` and anything else is no value.
  private mutating func word(_ text: Span<UInt8>) {
    var reader = JSONScanner(at: 0)
    if reader.skipValue(text), reader.position == text.count {
      json.append(copying: text)
    } else {
      json += Array("null".utf8)
    }
  }
}

/// A record as Fluent Bit writes it into a file, `TAG: [SECONDS.NANOS, {"key":"value", …}]` (plugins/out_file/file.c, the default
/// format): the record is JSON already.
struct FluentBitFileLine {
  let tag: Range<Int>
  let time: Int64
  let object: Range<Int>

  /// Few lines end with these two bytes.
  static func mayBe(_ line: Span<UInt8>) -> Bool {
    line.count > 20 && line[line.count - 1] == 0x5D && line[line.count - 2] == 0x7D && line[0] != 0x5B
      && line[0] != 0x7B
  }

  init?(_ line: Span<UInt8>) {
    guard Self.mayBe(line) else { return nil }
    var i = 0
    while i < line.count, line[i] > 0x20, i < 1024 { i += 1 }
    guard i > 1, line[i - 1] == 0x3A, JSONScanner.matches(line, i, " [") else { return nil }
    tag = 0..<i - 1
    let stamp = i + 2
    i = stamp
    while i < line.count, line[i] &- 0x30 <= 9 || line[i] == 0x2E { i += 1 }
    guard JSONScanner.matches(line, i, ", {"), let time = FluentBitLine.microseconds(line, stamp..<i)
    else { return nil }
    self.time = time
    object = i + 2..<line.count - 1
  }
}

extension JSONRecords {
  /// Takes a line of a file that Fluent Bit wrote as the record inside of it; nil where it is none.
  mutating func takeFiled(
    _ line: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    guard let filed = FluentBitFileLine(line), depth < Self.mostLayers else { return nil }
    var inner = around
    (inner.time, inner.hasZone) = (filed.time, true)
    name(&inner, byTag: line.extracting(filed.tag), into: &batch)
    depth += 1
    defer { depth -= 1 }
    return takeObject(line.extracting(filed.object), inner, opensDocuments: false, at: place, into: &batch)
  }

  /// Names a program by the tag of its records. That of a container's file is the path with full stops for its slashes,
  /// `kube.var.log.containers.POD_NAMESPACE_CONTAINER-ID.log` (in_tail, "Tag"; the manual's page on Kubernetes).
  private func name(_ inner: inout LineEnvelope, byTag tag: Span<UInt8>, into batch: inout RecordBatch) {
    if let container = Self.container(ofTag: tag) {
      inner.name(batch.symbols.intern(tag.extracting(container)), .container)
    } else {
      inner.name(batch.symbols.intern(tag), .logger)
    }
  }

  private static func container(ofTag tag: Span<UInt8>) -> Range<Int>? {
    guard tag.count > 32,
      let folder = tag.indices.first(where: { tag[$0] == 0x6C && JSONScanner.matches(tag, $0, "log.containers.") })
    else { return nil }
    let pod = folder + 15
    let namespace = ByteScan.find(0x5F, in: tag, from: pod) + 1
    let start = ByteScan.find(0x5F, in: tag, from: namespace) + 1
    guard namespace > pod + 1, start < tag.count, let id = (start..<tag.count).last(where: { tag[$0] == 0x2D }),
      id > start
    else { return nil }
    return LogOrigin.program(tag, container: start..<id, pod: pod..<namespace - 1)
  }

  /// Takes a line of Fluent Bit's as the record that it prints; nil where it is none.
  mutating func takePrinted(
    _ line: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    guard FluentBitLine.begins(line), let printed = FluentBitLine(line), depth < Self.mostLayers else { return nil }
    var inner = around
    (inner.time, inner.hasZone) = (printed.time, true)
    name(&inner, byTag: line.extracting(printed.tag), into: &batch)
    depth += 1
    defer { depth -= 1 }
    return takeObject(printed.json.span, inner, opensDocuments: false, at: place, into: &batch)
  }
}
