// Which members of an input some rows come of.

internal import Model

extension Rows {
  /// The numbers of the members that the rows come of, from the lowest to the highest; empty where there is no row.
  package var members: Range<Int> {
    var bounds = MemberBounds()
    for row in spans { bounds.take(row.source) }
    for row in logs { bounds.take(row.source) }
    for row in metrics { bounds.take(row.source) }
    for row in events { bounds.take(row.source) }
    for row in reports { bounds.take(row.source) }
    return bounds.range
  }
}

private struct MemberBounds {
  private var low = Int.max
  private var high = -1

  @inline(__always) mutating func take(_ source: SourceRef) {
    low = min(low, source.member)
    high = max(high, source.member)
  }

  var range: Range<Int> { high < 0 ? 0..<0 : low..<high + 1 }
}
