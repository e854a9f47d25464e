// What is counted while a partition is read: its tables, which `+Callers` and `+Requests` fill and `+Partial` hands on.

internal import Model
internal import Support

/// Counts by number. Numbers come from `IndexTable`s over stable hashes; nothing here holds a text.
struct PatternState {
  /// Tables larger than this are turned into a partial.
  static let tableLimit = 65_536

  var requests = 0
  var spans = 0
  var clock: WindowClock
  var windows: [Int64] = []

  // The calling-context tree.
  var paths = IndexTable()
  var contexts: [ContextStats] = []

  // Variants.
  struct Variant {
    var failed = 0
    var count = 0
    var shape: UInt64 = 0
    /// The largest hash among the paths whose durations are kept: all requests of a variant have the same paths.
    var lastPath = UInt64.max
    var exemplar: RawExemplar
    var form: [FormNode] = []
    var slowest: [RawExemplar] = []
  }
  var variantIndex = IndexTable()
  var variants: [Variant] = []
  var windowIndex = IndexTable()
  var windowLatency = SketchArena()
  var pathIndex = IndexTable()
  var pathLatency = SketchArena()
  var pathSlowest: [RawExemplar] = []

  // Callers, their compositions, edges and pairs.
  struct Caller {
    var point: UInt64
    var kind: SpanKind
    var failed: Bool
    var count = 0
  }
  struct Composition {
    var caller: Int32
    var hash: UInt64
    var count = 0
    var members: [CompositionStats.Member] = []
    var exemplar: RawExemplar
  }
  struct Edge {
    var caller: Int32
    var point: UInt64
    var occurrences = 0
    var calls = 0
    var failures = 0
    var widest: RawExemplar
    var narrowest: RawExemplar
  }
  struct Pair {
    var caller: Int32
    var key: UInt64
    var a: UInt64
    var b: UInt64
    var before = 0
    var after = 0
    var mixed = 0
    var beforeExemplar: RawExemplar?
    var afterExemplar: RawExemplar?
  }
  var callerIndex = IndexTable()
  var callers: [Caller] = []
  var callerSelf = SketchArena()
  var compositionIndex = IndexTable()
  var compositions: [Composition] = []
  var compositionWindows = IndexTable()
  var compositionCounts: [Int] = []
  var edgeIndex = IndexTable()
  var edges: [Edge] = []
  var edgeSketches = SketchArena()
  var pairIndex = IndexTable()
  var pairs: [Pair] = []
  var window = 0

  init(shift: UInt8 = 20) {
    clock = WindowClock(shift: shift)
  }

  var isFull: Bool {
    windows.count > 4 * WindowClock.limit || paths.count > Self.tableLimit || variants.count > 4_096
      || callers.count > 16_384 || compositions.count > Self.tableLimit || pairs.count > Self.tableLimit
      || pathIndex.count > 8 * Self.tableLimit || edges.count > Self.tableLimit
  }

  /// The number of a path: the path above and one more call point.
  mutating func path(_ above: Int, point: UInt64) -> Int {
    let parent = above < 0 ? 0 : paths.keys[above]
    let index = paths.index(of: StableHash.combine(parent, point))
    if index == contexts.count {
      var context = ContextStats()
      context.parent = parent
      context.point = point
      contexts.append(context)
    }
    return index
  }

  mutating func window(of time: Int64) -> Int {
    let value = clock.window(of: time)
    if window < windows.count, windows[window] == value { return window }
    if let known = windows.firstIndex(of: value) {
      window = known
    } else {
      window = windows.count
      windows.append(value)
    }
    return window
  }
}
