// The load that a run of a replay makes at overloaded components, and how they answer to it.
internal import Support

/// What a run of a replay knows about the load of its components.
struct OverloadState: Sendable {
  // By component.
  private var ends: [BinaryHeap<Int64>]
  private var free: [[Int64]]
  private var recent: [[Int64]]
  private var head: [Int]

  init(_ overloads: [Overload?]) {
    ends = overloads.map { _ in BinaryHeap() }
    free = overloads.map { Array(repeating: .min, count: max($0?.workers ?? 1, 1)) }
    recent = overloads.map { _ in [] }
    head = overloads.map { _ in 0 }
  }

  /// The failure probability of an attempt at a time.
  mutating func failure(_ overload: Overload, at time: Int64) -> Double {
    let c = overload.component
    let load: Int
    switch overload.response {
    case .concurrency:
      while let end = ends[c].first, end <= time { _ = ends[c].pop() }
      load = ends[c].count
    case .rate:
      come(c, at: time)
      while recent[c][head[c]] <= time - 1_000_000 { head[c] += 1 }
      if head[c] > 65_536 {
        recent[c].removeFirst(head[c])
        head[c] = 0
      }
      load = recent[c].count - head[c]
    }
    return overload.dead.contains(time) ? 1 : overload.failure(under: load)
  }

  /// An attempt comes to a component that answers to a rate.
  mutating func come(_ component: Int, at time: Int64) { recent[component].append(time) }

  /// Takes a served attempt in; how long it lasts, microseconds, nil where the response does not tell.
  mutating func serve(_ overload: Overload, at time: Int64, service: Int64) -> Int64? {
    let c = overload.component
    guard case .concurrency = overload.response, let worker = free[c].indices.min(by: { free[c][$0] < free[c][$1] })
    else { return nil }
    let end = max(time, free[c][worker]).addingSaturated(service)
    free[c][worker] = end
    ends[c].push(end)
    return end - time
  }

  /// A refused attempt is under way until a time.
  mutating func hold(_ overload: Overload, until end: Int64) {
    guard case .concurrency = overload.response else { return }
    ends[overload.component].push(end)
  }
}
