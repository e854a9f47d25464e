/// The rows of the next few requests, copied side by side.
///
/// Requests are visited by time and rows lie as they were read, file after file, so that nearly every row is a line that is in no
/// cache. Fetched one by one between the work on two requests, each is waited for; fetched in one tight loop, the processor waits
/// for a dozen at once (memory-level parallelism: Chou, Fahs and Abraham, ISCA 2004).
struct RowWindow<Row> {
  /// Rows of a window: a few hundred kilobytes, which the second-level cache holds.
  static var limit: Int { 2_048 }

  private let groups: RowGroups
  private let all: [Row]
  private var rows: [Row] = []
  private var requests = 0..<0

  /// - Parameters:
  ///   - groups: of the rows by request, numbered in the order of the visits.
  ///   - all: the rows.
  init(_ groups: RowGroups, _ all: [Row]) {
    self.groups = groups
    self.all = all
  }

  /// Appends the rows of a request; requests are asked for one after the other.
  mutating func append(of request: Int, to own: inout [Row]) {
    let range = groups.range(of: request)
    guard !range.isEmpty else { return }
    guard range.count <= Self.limit else {
      // They are many enough to be fetched side by side as they are.
      for place in range { own.append(all[Int(groups.order[place])]) }
      return
    }
    if !requests.contains(request) { slide(to: request) }
    let start = range.lowerBound - Int(groups.starts[requests.lowerBound])
    // Most requests have a row or two: a block copy costs more than they do.
    for place in start..<start + range.count { own.append(rows[place]) }
  }

  private mutating func slide(to request: Int) {
    var end = request + 1
    let start = Int(groups.starts[request])
    while end < groups.starts.count - 1, Int(groups.starts[end + 1]) - start <= Self.limit { end += 1 }
    requests = request..<end
    rows.removeAll(keepingCapacity: true)
    for place in start..<Int(groups.starts[end]) { rows.append(all[Int(groups.order[place])]) }
  }
}
