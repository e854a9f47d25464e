// Prefixes that name a service in front of a bar: Compose's, Swarm's and podman-compose's.

internal import Model
internal import Support

extension LineUnwrapper {
  func compose(_ line: Span<UInt8>) -> LineLayer? {
    if !line.isEmpty, line[0] == 0x5B { return podmanCompose(line) }
    let end = Self.serviceEnd(line, from: 0)
    guard end > 0, let bar = Self.bar(line, behind: end), bar > end else { return nil }
    // A client's address: fields between bars (Bitbucket's access log).
    if end >= 7, (0..<end).allSatisfy({ line[$0] &- 0x30 <= 9 || line[$0] == 0x2E }) { return nil }
    // `INFO  | 2026-11-25 …`: a layout whose columns end with bars begins with its level as well as with a service.
    if end >= 3, line[0] &- 0x41 < 26, line[1] &- 0x41 < 26, !Model.severity(of: line.extracting(0..<end)).isUnknown {
      return nil
    }
    let start = min(bar + 2, line.count)
    // `SERVICE.REPLICA.TASK@NODE`: `docker service logs`.
    if let task = (1..<max(end, 1)).last(where: { line[$0] == 0x40 }) {
      var dots: [Int] = []
      for i in 0..<task where line[i] == 0x2E { dots.append(i) }
      guard dots.count >= 2, dots[dots.count - 2] > 0 else { return nil }
      return LineLayer(name: 0..<dots[dots.count - 2], rank: .container, start: start)
    }
    // The replica's number is no part of the service.
    var name = end
    while name > 0, line[name - 1] &- 0x30 <= 9 { name -= 1 }
    let hasNumber = name < end && name > 1 && (line[name - 1] == 0x2D || line[name - 1] == 0x5F)
    return LineLayer(name: 0..<(hasNumber ? name - 1 : end), rank: .container, start: start)
  }

  /// `[SERVICE]  | LINE` (podman_compose.py, `Podman.run`). Layouts of loggers begin with brackets and have bars, too: a level, a thread,
  /// or another column behind is none of it.
  private func podmanCompose(_ line: Span<UInt8>) -> LineLayer? {
    let end = Self.serviceEnd(line, from: 1)
    guard line.count > 4, end > 1, end + 1 < line.count, line[end] == 0x5D, line[end + 1] == 0x20,
      let bar = Self.bar(line, behind: end + 1)
    else { return nil }
    let name = line.extracting(1..<end)
    if name.count > 1, !Model.severity(of: name).isUnknown { return nil }
    if Self.isThread(name) || isColumns(line, from: bar + 2) { return nil }
    return LineLayer(name: 1..<end, rank: .container, start: min(bar + 2, line.count))
  }

  /// Where a service's name ends, perhaps with its replica's number, task and node.
  private static func serviceEnd(_ line: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < line.count, end < 160,
      isLabel(line[end]) || line[end] == 0x5F || line[end] == 0x2E || line[end] == 0x40
    {
      end += 1
    }
    return end
  }

  /// The bar behind blanks at a place.
  private static func bar(_ line: Span<UInt8>, behind end: Int) -> Int? {
    var bar = end
    while bar < line.count, line[bar] == 0x20 { bar += 1 }
    let isBar = bar < line.count && line[bar] == 0x7C && (bar + 1 == line.count || line[bar + 1] == 0x20)
    return isBar ? bar : nil
  }

  /// Whether a name in brackets is a thread's, as layouts write it: `main`, `MainThread`, `pool-1-thread-2`, `nio-8080-exec-3`.
  private static func isThread(_ name: Span<UInt8>) -> Bool {
    if FieldText.isWord(name, "main") || FieldText.isWord(name, "mainthread") { return true }
    var end = name.count
    while end > 0, name[end - 1] &- 0x30 <= 9 { end -= 1 }
    guard end < name.count else { return false }
    for (mark, count) in [("thread-", 7), ("-exec-", 6)] as [(StaticString, Int)] where end >= count {
      if FieldText.isWord(name.extracting(end - count..<end), mark) { return true }
    }
    return false
  }

  /// Whether a date and another bar stand at a place: the columns of a layout, of which those before it are others.
  private func isColumns(_ line: Span<UInt8>, from start: Int) -> Bool {
    guard start < line.count, line[start] &- 0x30 <= 9, let time = times.parse(line, start), time.isPlaced else {
      return false
    }
    var i = time.end
    while i < line.count, line[i] != 0x7C { i += 1 }
    return i + 1 < line.count && line[i - 1] == 0x20 && line[i + 1] == 0x20
  }
}
