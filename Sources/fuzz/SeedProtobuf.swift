// Seeds of binary OTLP: one message of each signal in each framing.

internal import Simulation

enum SeedProtobuf {
  static var all: [[UInt8]] {
    var seeds: [[UInt8]] = []
    for message in [spans, logs, metrics] {
      seeds.append(message)
      seeds.append(message + message)
      let length: [UInt8] = [0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)]
      seeds.append(length + message)
      var delimited = ProtobufMessage()
      delimited.varint(UInt64(message.count))
      seeds.append(delimited.bytes + message)
    }
    return seeds
  }

  private static let id = [UInt8](1...16)
  private static let start: UInt64 = 1_795_572_000_000_000_000

  /// One resource with records in one scope.
  private static func resource(_ record: (inout ProtobufMessage) -> Void) -> [UInt8] {
    ProtobufMessage.of { whole in
      whole.message(1) { element in
        element.message(1) { $0.attribute(1, "service.name") { $0.text(1, "pay") } }
        element.message(2) { scope in
          scope.message(1) { $0.text(1, "scope") }
          scope.message(2, record)
        }
      }
    }
  }

  /// A failed call with attributes of every kind, an event and a link.
  private static var spans: [UInt8] {
    resource { span in
      span.data(1, id)
      span.data(2, Array(id.prefix(8)))
      span.text(3, "ot=th:8")
      span.data(4, Array(id.suffix(8)))
      span.text(5, "charge")
      span.number(6, 3)
      span.fixed(7, start)
      span.fixed(8, start + 250_000_000)
      span.attribute(9, "http.response.status_code") { $0.number(3, 503) }
      span.attribute(9, "server.address") { $0.text(1, "bank") }
      span.attribute(9, "ratio") { $0.fixed(4, 0.5.bitPattern) }
      span.attribute(9, "list") { value in value.message(5) { list in list.message(1) { $0.text(1, "a") } } }
      span.attribute(9, "map") { value in value.message(6) { map in map.attribute(1, "k") { $0.number(2, 1) } } }
      span.attribute(9, "raw") { $0.data(7, [0, 255]) }
      span.message(11) { event in
        event.fixed(1, start)
        event.text(2, "exception")
        event.attribute(3, "exception.type") { $0.text(1, "E") }
      }
      span.message(13) { link in
        link.data(1, id)
        link.data(2, Array(id.suffix(8)))
      }
      span.message(15) { status in
        status.text(2, "gone")
        status.number(3, 2)
      }
    }
  }

  private static var logs: [UInt8] {
    resource { log in
      log.fixed(1, start)
      log.number(2, 17)
      log.text(3, "ERROR")
      log.message(5) { $0.text(1, "db down") }
      log.data(9, id)
      log.fixed(11, start)
    }
  }

  /// A gauge, a sum, a histogram, an exponential one, a summary: fields 5, 7, 9, 10 and 11 of a metric.
  private static var metrics: [UInt8] {
    var bytes: [UInt8] = []
    for field in [5, 7, 9, 10, 11] {
      bytes += resource { metric in
        metric.text(1, "queue")
        metric.message(field) { kind in
          kind.message(1) { point in
            point.fixed(3, start)
            if field == 5 || field == 7 { point.fixed(4, 4.5.bitPattern) } else { point.fixed(4, 3) }
            if field > 7 { point.fixed(5, 1.5.bitPattern) }
          }
          if field > 5, field < 11 { kind.number(2, 2) }
        }
      }
    }
    return bytes
  }
}
