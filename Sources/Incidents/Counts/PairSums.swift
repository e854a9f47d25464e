internal import Support

/// Durations of two components in the same requests, as far as their correlation asks: in steps of a tenth (`IncidentPartial.bucket`),
/// so that no few long ones hide what all others say.
struct PairSums: CellValue {
  /// Requests, and those in which the first took longer and those in which both took the same.
  var count = 0
  var longer = 0
  var same = 0
  /// Sums over the requests: of the first, of the second, of the second squared, of the product.
  var first: Int64 = 0
  var second: Int64 = 0
  var square: Int64 = 0
  var product: Int64 = 0

  /// One request; microseconds.
  init(_ first: Int64, _ second: Int64) {
    count = 1
    longer = first > second ? 1 : 0
    same = first == second ? 1 : 0
    self.first = Int64(IncidentPartial.bucket(first))
    self.second = Int64(IncidentPartial.bucket(second))
    square = self.second * self.second
    product = self.first * self.second
  }

  mutating func merge(_ other: PairSums) {
    count += other.count
    longer += other.longer
    same += other.same
    first = first.addingSaturated(other.first)
    second = second.addingSaturated(other.second)
    square = square.addingSaturated(other.square)
    product = product.addingSaturated(other.product)
  }

  /// Pearson's coefficient, 0 where either never varies. `mirror` is the pair the other way round.
  func correlation(_ mirror: PairSums) -> Double {
    let n = Double(max(count, 1))
    let variance = Double(square) / n - (Double(second) / n) * (Double(second) / n)
    let other = Double(mirror.square) / n - (Double(first) / n) * (Double(first) / n)
    let covariance = Double(product) / n - (Double(first) / n) * (Double(second) / n)
    guard variance > 0, other > 0 else { return 0 }
    return covariance / (variance * other).squareRoot()
  }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].int(count)
    columns[1].int(longer)
    columns[2].int(same)
    for (place, sum) in [first, second, square, product].enumerated() { columns[3 + place].signed(sum) }
  }

  static var columns: Int { 7 }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = try columns[0].tally()
    longer = try columns[1].tally()
    same = try columns[2].tally()
    first = try columns[3].signed()
    second = try columns[4].signed()
    square = try columns[5].signed()
    product = try columns[6].signed()
  }
}
