// Ends of children that a supervisor tells of in two lines.

internal import Support

/// Units of systemd whose main process has ended, until systemd says with what result.
///
/// `Main process exited, code=…` (service_sigchld_event of src/core/service.c) is followed by one line of the unit's result when the unit
/// is dead (service_enter_dead, unit_log_result): `Failed with result '…'` or `Deactivated successfully`. The result stands alone only where
/// a process other than the main one ended the unit.
struct ToldEnds {
  /// Ends without a result yet, by the hash of the unit: several where the lines of many hosts are in one stream.
  private var open: [UInt64: Int] = [:]

  /// A stream that ends more units than this between their two lines tells some twice.
  private static let most = 4096

  /// Notes what systemd says of a unit.
  ///
  /// - Returns: whether it is the result of an end that was told of before.
  mutating func isSecond(_ report: ChildReport, _ message: Span<UInt8>) -> Bool {
    let unit = StableHash.hash(message.extracting(report.child))
    guard case .ended = report.change else {
      open[unit] = nil
      return false
    }
    let saying = report.child.upperBound &+ 10
    if JSONScanner.matches(message, saying &+ 1, "ain process exited") {
      if open.count < Self.most || open[unit] != nil { open[unit, default: 0] += 1 }
      return false
    }
    guard let count = open[unit] else { return false }
    open[unit] = count > 1 ? count - 1 : nil
    return true
  }
}
