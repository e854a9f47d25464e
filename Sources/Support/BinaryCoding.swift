/// A value with a binary form that is the same bytes for the same value, on every machine.
package protocol BinaryCodable {
  func encode(to writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(DecodeFailure)
}

/// Why a binary form could not be read.
@usableFromInline package struct DecodeFailure: Error, Hashable, Sendable {
  package var message: String
  /// Byte offset in the form.
  package var offset: Int
  package init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }
}

/// Writes integers as LEB128 varints (signed ones zigzag), texts with their length in front.
@usableFromInline package struct ByteWriter: Sendable {
  @usableFromInline package internal(set) var bytes: [UInt8] = []

  package init() {}

  /// Makes room for as many more bytes.
  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  @inlinable package mutating func byte(_ value: UInt8) { bytes.append(value) }

  @inlinable package mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable package mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  @inlinable package mutating func int(_ value: Int) { signed(Int64(value)) }

  package mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Eight bytes, little endian.
  package mutating func fixed64(_ value: UInt64) {
    let word = InlineArray<8, UInt8> { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    bytes.append(copying: word.span)
  }

  /// Four bytes, little endian.
  package mutating func fixed32(_ value: UInt32) {
    var rest = value
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Writes a record of at most so many bytes: one look at the room for all its fields, where rows come by the million.
  @inlinable package mutating func record(upTo limit: Int, _ fields: (inout OutputSpan<UInt8>) -> Void) {
    bytes.append(addingCapacity: limit, initializingWith: fields)
  }

  /// Bytes without their length.
  package mutating func raw(_ value: Span<UInt8>) { bytes.append(copying: value) }

  /// Forgets the bytes and keeps the room.
  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func blob(_ value: [UInt8]) {
    unsigned(UInt64(value.count))
    bytes += value
  }

  package mutating func text(_ value: String) {
    unsigned(UInt64(value.utf8.count))
    bytes += value.utf8
  }

  package mutating func array<Element>(_ values: [Element], _ element: (inout ByteWriter, Element) -> Void) {
    unsigned(UInt64(values.count))
    for value in values { element(&self, value) }
  }

  package mutating func array<Element: BinaryCodable>(_ values: [Element]) {
    array(values) { $1.encode(to: &$0) }
  }

  /// Pairs in key order, so that equal dictionaries give equal bytes.
  package mutating func dictionary<Key: Comparable, Value>(
    _ values: [Key: Value], _ pair: (inout ByteWriter, Key, Value) -> Void
  ) {
    unsigned(UInt64(values.count))
    for (key, value) in values.sorted(by: { $0.key < $1.key }) { pair(&self, key, value) }
  }
}

/// The fields of a record, in the same form.
extension OutputSpan where Element == UInt8 {
  @inlinable package mutating func byte(_ value: UInt8) { append(value) }

  @inlinable package mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable package mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  @inlinable package mutating func fixed64(_ value: UInt64) {
    precondition(freeCapacity >= 8)
    unsafe withUnsafeMutableBufferPointer { room, count in
      let bytes = UnsafeMutableRawBufferPointer(room)
      unsafe bytes.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
      count += 8
    }
  }
}

/// Reads what `ByteWriter` wrote; every length is checked against what is left before anything is reserved.
@usableFromInline package struct ByteReader: Sendable {
  @usableFromInline let bytes: [UInt8]
  /// Where reading ends.
  @usableFromInline let end: Int
  @usableFromInline package internal(set) var offset: Int

  package init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    end = bytes.count
    self.offset = min(max(offset, 0), bytes.count)
  }

  /// Reads a part of the bytes, which stay where they are; offsets count from their beginning.
  package init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    end = min(max(range.upperBound, 0), bytes.count)
    offset = min(max(range.lowerBound, 0), end)
  }

  package var remaining: Int { end - offset }

  /// The bytes that are left.
  package var rest: [UInt8] { Array(bytes[offset..<end]) }

  /// The hash of the next bytes, so many of them or all that are left.
  package func hash(_ count: Int) -> UInt64 {
    StableHash.hash(bytes.span.extracting(offset..<offset + min(max(count, 0), remaining)))
  }

  /// The next bytes, so many of them or all that are left, by a reader of their own; they are stepped over.
  package mutating func part(_ count: Int) -> ByteReader {
    let part = ByteReader(bytes, in: offset..<offset + min(max(count, 0), remaining))
    offset += part.remaining
    return part
  }

  @usableFromInline package func failure(_ message: String) -> DecodeFailure { DecodeFailure(message, at: offset) }

  @inlinable package mutating func byte() throws(DecodeFailure) -> UInt8 {
    guard offset < end else { throw failure("ends too early") }
    let byte = bytes[offset]
    offset &+= 1
    return byte
  }

  /// Most numbers take one byte.
  @inlinable package mutating func unsigned() throws(DecodeFailure) -> UInt64 {
    let first = try byte()
    return first < 0x80 ? UInt64(first) : try longer(than: first)
  }

  /// A number of several bytes, after its first.
  @usableFromInline mutating func longer(than first: UInt8) throws(DecodeFailure) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw failure("integer too long") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  @inlinable package mutating func signed() throws(DecodeFailure) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  @inlinable package mutating func int() throws(DecodeFailure) -> Int { Int(try signed()) }

  /// A count as a partial holds it: so far from the largest number that no sum over partials overflows.
  package mutating func tally() throws(DecodeFailure) -> Int {
    let count = try int()
    guard (0...1 << 40).contains(count) else { throw failure("count out of range") }
    return count
  }

  package mutating func bool() throws(DecodeFailure) -> Bool { try byte() != 0 }

  package mutating func fixed64() throws(DecodeFailure) -> UInt64 {
    guard remaining >= 8 else { throw failure("ends too early") }
    // The bytes are there, as was just seen.
    let value = unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    offset += 8
    return value
  }

  package mutating func fixed32() throws(DecodeFailure) -> UInt32 {
    guard remaining >= 4 else { throw failure("ends too early") }
    var value: UInt32 = 0
    for i in 0..<4 { value |= UInt32(bytes[offset + i]) << UInt32(8 * i) }
    offset += 4
    return value
  }

  /// A count of things that take at least `minimumBytes` each.
  package mutating func count(minimumBytes: Int = 1) throws(DecodeFailure) -> Int {
    let value = try unsigned()
    guard value <= UInt64(remaining / max(minimumBytes, 1)) else {
      throw failure("count \(value) is more than is there")
    }
    return Int(value)
  }

  package mutating func blob() throws(DecodeFailure) -> [UInt8] {
    let length = try count()
    defer { offset += length }
    return Array(bytes[offset..<offset + length])
  }

  /// Where a blob or a text lies in the bytes; it is stepped over.
  package mutating func range() throws(DecodeFailure) -> Range<Int> {
    let length = try count()
    defer { offset += length }
    return offset..<offset + length
  }

  package mutating func text() throws(DecodeFailure) -> String {
    let length = try count()
    defer { offset += length }
    return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
  }

  package mutating func array<Element>(
    _ element: (inout ByteReader) throws(DecodeFailure) -> Element
  ) throws(DecodeFailure) -> [Element] {
    let length = try count()
    var values: [Element] = []
    values.reserveCapacity(min(length, 4096))
    for _ in 0..<length { values.append(try element(&self)) }
    return values
  }

  package mutating func array<Element: BinaryCodable>(
    of type: Element.Type = Element.self
  ) throws(DecodeFailure) -> [Element] {
    try array { reader throws(DecodeFailure) in try Element(from: &reader) }
  }

  package mutating func dictionary<Key: Hashable, Value>(
    _ pair: (inout ByteReader) throws(DecodeFailure) -> (Key, Value)
  ) throws(DecodeFailure) -> [Key: Value] {
    let length = try count()
    var values: [Key: Value] = [:]
    for _ in 0..<length {
      let (key, value) = try pair(&self)
      values[key] = value
    }
    return values
  }
}
