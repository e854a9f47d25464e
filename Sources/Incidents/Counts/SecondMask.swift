internal import Support

/// The seconds of a fine slot in which a component wrote lines of its own, and those in which one of them failed: bit 0 is the first.
///
/// What is down for some seconds again and again is up in every slot; only the seconds tell that it never answered while others failed.
struct SecondMask: CellValue {
  private(set) var served: UInt16 = 0
  private(set) var failed: UInt16 = 0

  /// One line that ended at a time, microseconds.
  init(_ time: Int64, failed: Bool) {
    let second = time &- IncidentPartial.start(IncidentPartial.slot(time, IncidentPartial.fine), IncidentPartial.fine)
    let bit = UInt16(1) << UInt16(truncatingIfNeeded: second / 1_000_000)
    served = bit
    self.failed = failed ? bit : 0
  }

  mutating func merge(_ other: SecondMask) {
    served |= other.served
    failed |= other.failed
  }

  static var columns: Int { 2 }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].int(Int(served))
    columns[1].int(Int(failed))
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    served = UInt16(truncatingIfNeeded: try columns[0].tally()) & Self.all
    failed = UInt16(truncatingIfNeeded: try columns[1].tally()) & Self.all
  }

  private static let all: UInt16 = 0x3FF
}
