// Lines of OpenStack's oslo.log, and which of them go on with the one before.

internal import Model
internal import Support

/// `TIME PID LEVEL LOGGER [CONTEXT] MESSAGE` of OpenStack's oslo.log, whose lines of a trace repeat the header without the context.
///
/// The formats are the defaults of its options `logging_context_format_string`
/// (`%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [%(global_request_id)s …] %(instance)s%(message)s`),
/// `logging_default_format_string` (`[-]`) and `logging_exception_prefix` (`… ERROR %(name)s %(instance)s`).
struct OsloLine {
  var severity: Severity
  var name: Range<Int>
  /// Where the message begins: behind the context where the line has one.
  var start: Int
  var hasContext: Bool
  /// Of the time, the process and the logger, which all lines of a record have in common; never 0.
  var key: UInt64

  init?(_ line: Span<UInt8>) {
    guard line.count > 30, line[23] == 0x20, line[19] == 0x2E, line[24] &- 0x30 <= 9 else { return nil }
    var i = 24
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    let process = i
    i &+= 1
    let level = i
    while i < line.count, line[i] &- 0x41 < 26 { i &+= 1 }
    guard i > level, process < level, line[process] == 0x20, i &+ 1 < line.count, line[i] == 0x20 else { return nil }
    severity = Model.severity(of: line.extracting(level..<i))
    i &+= 1
    let first = i
    while i < line.count,
      line[i] | 0x20 >= 0x61 && line[i] | 0x20 <= 0x7A || line[i] &- 0x30 <= 9 || line[i] == 0x2E || line[i] == 0x5F
    {
      i &+= 1
    }
    guard !severity.isUnknown, i > first, i == line.count || line[i] == 0x20 else { return nil }
    name = first..<i
    key = StableHash.hash(line.extracting(0..<process)) ^ (StableHash.hash(line.extracting(name)) &* 31) | 1
    // An empty line of a trace is nothing but the header.
    start = min(i &+ 1, line.count)
    hasContext = start < line.count && line[start] == 0x5B
    guard hasContext else { return }
    let close = ByteScan.find(0x5D, in: line, from: start)
    guard close &+ 2 < line.count, line[close &+ 1] == 0x20 else { return nil }
    start = close &+ 2
  }
}
