// The wire format of Protocol Buffers over bytes: no message objects, every load checked against the end.

internal import Model
internal import Support

/// One field of a message: its number, its kind, and its value.
struct ProtobufField {
  enum Wire: UInt8 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  var number: Int
  var wire: Wire
  /// The number of a varint or fixed field, else 0.
  var value: UInt64
  /// Where the bytes of a length-delimited field lie, as the length says: perhaps beyond the bytes at hand.
  var bytes: Range<Int>
}

/// Walks the fields of one message (Protocol Buffers encoding guide).
///
/// Groups, which are long out of use, and reserved wire types are damage.
struct ProtobufScanner {
  var position: Int
  let end: Int
  private(set) var failure = Failure.none

  enum Failure: UInt8 {
    case none
    /// The bytes end inside a field.
    case incomplete
    case malformed
  }

  init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// Reads a base 128 number; nil where it is cut or longer than ten bytes.
  @inline(__always) mutating func varint(_ b: Span<UInt8>) -> UInt64? {
    let stop = min(end, b.count)
    if position < stop, b[position] < 0x80 {
      position &+= 1
      return UInt64(b[position &- 1])
    }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var i = position
    while i < stop {
      let byte = b[i]
      value |= UInt64(byte & 0x7F) &<< shift
      i &+= 1
      if byte < 0x80 {
        position = i
        return value
      }
      shift &+= 7
      if shift >= 70 {
        failure = .malformed
        return nil
      }
    }
    failure = end <= b.count ? .malformed : .incomplete
    return nil
  }

  /// The next field's head, and a number's value; nil at the message's end or on a failure.
  ///
  /// Of a length-delimited field only the length is read: the position is where its bytes begin.
  @inline(__always) mutating func head(_ b: Span<UInt8>) -> ProtobufField? {
    guard position < end else { return nil }
    guard let tag = varint(b) else { return nil }
    let number = Int(truncatingIfNeeded: tag &>> 3)
    guard tag &>> 3 > 0, tag &>> 3 < 1 << 29, let wire = ProtobufField.Wire(rawValue: UInt8(tag & 7)) else {
      failure = .malformed
      return nil
    }
    var field = ProtobufField(number: number, wire: wire, value: 0, bytes: position..<position)
    switch wire {
    case .varint:
      guard let value = varint(b) else { return nil }
      field.value = value
    case .fixed64:
      guard position &+ 8 <= min(end, b.count) else { return fail(cutBefore: position &+ 8) }
      field.value = JSONScanner.load8(b, position)
      position &+= 8
    case .fixed32:
      guard position &+ 4 <= min(end, b.count) else { return fail(cutBefore: position &+ 4) }
      for k in 0..<4 { field.value |= UInt64(b[position &+ k]) &<< UInt64(8 &* k) }
      position &+= 4
    case .bytes:
      guard let length = varint(b) else { return nil }
      guard length <= UInt64(max(0, end &- position)) else {
        failure = .malformed
        return nil
      }
      field.bytes = position..<position &+ Int(truncatingIfNeeded: length)
    }
    return field
  }

  /// The next field of a message that is wholly at hand; nil at its end or on a failure.
  @inline(__always) mutating func next(_ b: Span<UInt8>) -> ProtobufField? {
    guard let field = head(b) else { return nil }
    if field.wire == .bytes {
      guard field.bytes.upperBound <= b.count else {
        failure = .incomplete
        return nil
      }
      position = field.bytes.upperBound
    }
    return field
  }

  private mutating func fail(cutBefore place: Int) -> ProtobufField? {
    failure = place > end ? .malformed : .incomplete
    return nil
  }
}
