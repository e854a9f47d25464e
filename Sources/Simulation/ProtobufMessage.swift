// A message of Protocol Buffers.

/// Writes Protocol Buffers, as little of them as OTLP needs.
package struct ProtobufMessage {
  /// What was written.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  package mutating func number(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3)
    varint(value)
  }

  package mutating func fixed(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3 | 1)
    for k in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
  }

  package mutating func data(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  package mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  package mutating func message(_ field: Int, _ write: (inout ProtobufMessage) -> Void) { data(field, Self.of(write)) }

  /// An attribute of OTLP: a key, and a value that is written as its message.
  package mutating func attribute(_ field: Int, _ key: String, _ write: (inout ProtobufMessage) -> Void) {
    data(field, Self.attribute(key, write))
  }

  /// The bytes of a message.
  package static func of(_ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    var message = ProtobufMessage()
    write(&message)
    return message.bytes
  }

  /// The bytes of an attribute of OTLP.
  package static func attribute(_ key: String, _ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    of { pair in
      pair.text(1, key)
      pair.message(2, write)
    }
  }
}
