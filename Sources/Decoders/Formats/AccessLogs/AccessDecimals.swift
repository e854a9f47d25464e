// Which of an access line's decimal numbers is the request's time, and which are its tries'.

internal import Support

/// Gives the numbers with a fraction that stand behind a request without names their places.
///
/// nginx writes one time for the request (`$request_time`) and one for each try (`$upstream_response_time`), between `, ` for the next
/// server and ` : ` for an internal redirect: only a single number is the request's. No request takes less than its tries do.
/// Its times have three decimals, the only other number with a fraction that it knows (`$gzip_ratio`, ngx_http_gzip_module) has two.
enum AccessDecimals {
  /// Places the numbers; a record that has its time already keeps it.
  static func place(_ b: Span<UInt8>, _ decimals: [Range<Int>], hasAddress: Bool, into record: inout AccessRecord) {
    var rest = decimals
    if rest.count > 1 {
      if rest.contains(where: { places(b, $0) == 3 }) {
        // What has other decimals than nginx's times is none of them: a ratio, a place on the map.
        rest.removeAll { places(b, $0) != 3 }
      } else if rest.contains(where: { !isTwoPlaces(b, $0) }) {
        rest.removeAll { isTwoPlaces(b, $0) }
      }
    }
    if record.latency < 0, let found = request(b, rest, takesLast: hasAddress && record.times.isEmpty) {
      record.latency = AccessShapes.seconds(b, rest[found])
      record.latencyField = rest[found]
      record.mayBeRatio = rest.count == 1 && isTwoPlaces(b, rest[found])
      rest.remove(at: found)
    }
    if record.times.isEmpty, let found = tries(b, rest, record.addresses) { record.times = found }
  }

  /// The place of the longest single time: of equal ones the first or the last.
  private static func request(_ b: Span<UInt8>, _ fields: [Range<Int>], takesLast: Bool) -> Int? {
    var found: Int?
    var longest: Int64 = -1
    for (place, field) in fields.enumerated() where AccessList.count(b, field) == 1 {
      let time = AccessShapes.seconds(b, field)
      if time > longest || takesLast && time == longest { (found, longest) = (place, time) }
    }
    return found
  }

  /// The times of the tries: connecting and waiting for the header are within them.
  private static func tries(_ b: Span<UInt8>, _ fields: [Range<Int>], _ addresses: Range<Int>) -> Range<Int>? {
    let fitting = fields.filter {
      addresses.isEmpty || AccessList.count(b, $0) == AccessList.count(b, addresses)
    }
    var found = fitting.first
    for field in fitting.dropFirst() { if let best = found, sum(b, field) > sum(b, best) { found = field } }
    return found
  }

  /// All times of a list together, microseconds; `-` is a try without one.
  static func sum(_ b: Span<UInt8>, _ field: Range<Int>) -> Int64 {
    var list = AccessList(field)
    var sum: Int64 = 0
    while let one = list.next(b) { sum = sum.addingSaturated(max(AccessShapes.seconds(b, one), 0)) }
    return sum
  }

  /// How many decimals a number has, of a list the last one that has any.
  private static func places(_ b: Span<UInt8>, _ field: Range<Int>) -> Int {
    var places = 0
    for i in field.reversed() {
      if b[i] == 0x2E { return places }
      places = b[i] &- 0x30 <= 9 ? places &+ 1 : 0
    }
    return 0
  }

  /// Whether a number has just two decimals.
  static func isTwoPlaces(_ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
    field.count >= 4 && b[field.upperBound &- 3] == 0x2E
  }
}
