/// Writes Protocol Buffers, as little of them as OTLP needs.
struct ProtobufMessage {
  var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  mutating func number(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3)
    varint(value)
  }

  mutating func fixed(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3 | 1)
    for k in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
  }

  mutating func data(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  static func of(_ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    var message = ProtobufMessage()
    write(&message)
    return message.bytes
  }

  static func attribute(_ key: String, _ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    of { pair in
      pair.text(1, key)
      pair.data(2, of(write))
    }
  }

  /// One resource with records in one scope, the resource first or last.
  static func resource(_ records: [[UInt8]], service: String = "pay", resourceLast: Bool = false) -> [UInt8] {
    let resource = of { $0.data(1, attribute("service.name") { $0.text(1, service) }) }
    let scope = of { scope in for record in records { scope.data(2, record) } }
    return of { message in
      message.data(
        1,
        of { element in
          if !resourceLast { element.data(1, resource) }
          element.data(2, scope)
          if resourceLast { element.data(1, resource) }
        })
    }
  }
}
