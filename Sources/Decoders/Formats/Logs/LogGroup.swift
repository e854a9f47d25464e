// Groups of CloudWatch Logs.

/// What a log group behind the number of its account is called: `cart` of `123456789012:/ecs/cart`, `@log` of CloudWatch Logs Insights
/// ("Supported logs and discovered fields").
enum LogGroup {
  /// Where the name lies; nil for any other field.
  static func name(_ b: Span<UInt8>, _ field: Range<Int>) -> Range<Int>? {
    let colon = field.lowerBound &+ 12
    guard field.count > 14, b[field.lowerBound] &- 0x30 <= 9, b[colon] == 0x3A,
      (field.lowerBound..<colon).allSatisfy({ b[$0] &- 0x30 <= 9 })
    else { return nil }
    let group = colon &+ 1..<field.upperBound
    guard b[group.lowerBound] == 0x2F, let slash = group.last(where: { b[$0] == 0x2F }), slash &+ 1 < group.upperBound
    else { return group }
    return slash &+ 1..<group.upperBound
  }
}
