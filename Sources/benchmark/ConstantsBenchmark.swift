// Whether the deciding constants are fitted: each is chosen without a kind of fault, which is then judged with it.

internal import Incidents
internal import Runs
internal import Simulation
internal import Support

/// `benchmark constants [--nights COUNT SEED] [--pipeline FILE] TRUTH INPUT [TRUTH INPUT]…`: a TRUTH has a line `START/END COMPONENT KIND` per fault.
///
/// Leave one kind out: for each kind, every constant takes the value that ranks most causes of the *other* kinds first (of equal
/// ones the middle), and the kind's own faults are ranked with what was chosen. A kind of another night is another kind. What decides
/// whether there is an incident at all is chosen by incidents: the faults that the worst of their time names first, less the incidents
/// of times without a fault.
///
/// `benchmark constants RENDERING [COUNT] [SEED]`: the same of the constants for nights in which no record says who calls whom, on
/// generated nights in that rendering; a kind is one over all of them, and a fault is told of if any incident of its time names it first.
enum ConstantsBenchmark {
  /// A constant and the values that it may take, in order.
  private typealias Constant = (
    name: String, path: any WritableKeyPath<DecidingConstants, Double> & Sendable, values: [Double], ofIncidents: Bool
  )
  private typealias Trial = (constant: Int, value: Int, constants: DecidingConstants)

  private static let ofCalls: [Constant] = [
    ("leastRise", \.leastRise, [1000, 2000, 5000, 10_000, 20_000], false),
    ("slowShare", \.slowShare, [0.03, 0.05, 0.1, 0.15, 0.2], false),
    ("onlyCallerWay", \.onlyCallerWay, [0.7, 0.8, 0.9, 0.95, 1], false),
    ("onlyCallerBreak", \.onlyCallerBreak, [0.3, 0.4, 0.5, 0.7, 0.9], false),
    ("explainable", \.explainable, [0.3, 0.5, 0.7, 0.85, 1], false),
    ("support", \.support, [0, 0.1, 0.2, 0.35, 0.5], false),
    ("nearlyUsedUp", \.nearlyUsedUp, [0.6, 0.7, 0.8, 0.9, 0.95], true),
    ("usedUpRise", \.usedUpRise, [0.1, 0.2, 0.3, 0.4, 0.5], true),
    ("slowWhileShort", \.slowWhileShort, [1, 2, 3, 5, .infinity], true),
    ("extremes", \.extremes, [0, 0.01, 0.05, 0.2, 1], true),
    ("noticed", \.noticed, [0.25e6, 0.5e6, 1e6, 2e6, 4e6], true),
    ("manySpans", \.manySpans, [5, 10, 20, 40, .infinity], true),
    ("complaintNews", \.complaintNews, [-.infinity, 2, 3, 4, 6], true),
  ]

  /// Each at two thirds, as it is and half as much again, shares near one at neighbours.
  private static let ofLines: [Constant] = [
    ("certainOrder", \.certainOrder, [0.94, 0.97, 0.985], true),
    ("certainCorrelation", \.certainCorrelation, [2, 3, 4.5], true),
    ("directCalls", \.directCalls, [0.13, 0.2, 0.3], true),
    ("slowWith", \.slowWith, [0.8, 0.9, 0.95], true),
    ("withinShare", \.withinShare, [0.33, 0.5, 0.75], true),
    ("changedShare", \.changedShare, [0.8, 0.9, 0.95], true),
    ("regularCalls", \.regularCalls, [0.2, 0.3, 0.45], true),
    ("missingCalls", \.missingCalls, [0.33, 0.5, 0.75], true),
    ("minutesAround", \.minutesAround, [1, 2, 3], true),
    ("halfSeconds", \.halfSeconds, [0.13, 0.2, 0.3], true),
    ("knownNames", \.knownNames, [0.33, 0.5, 0.75], true),
    ("lackShare", \.lackShare, [0.47, 0.7, 0.85], true),
  ]

  private struct Case {
    var kind: String
    var isFirst: [Bool]
    var isTold: [Bool]
  }

  static func run(_ arguments: [String]) throws {
    if let rendering = WorldSpec.Rendering(rawValue: arguments.first ?? "") {
      return try runLines(
        rendering, worlds: arguments.count > 1 ? Int(arguments[1]) ?? 4 : 4,
        first: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1)
    }
    var words = arguments
    let nights = Self.nights(&words)
    var options = RunSetup.Options(benchmark: &words)
    guard words.count % 2 == 0, words.count >= 2 || !nights.isEmpty else {
      print(
        "usage: benchmark constants [--nights COUNT SEED] [--pipeline FILE] TRUTH INPUT [TRUTH INPUT]… | constants RENDERING [COUNT] [SEED]"
      )
      return
    }
    let sets = sets(of: ofCalls)
    var cases: [Case] = []
    var strays = [Int](repeating: 0, count: sets.count)
    for index in stride(from: 0, to: words.count, by: 2) {
      let text = String(decoding: try CheckedFile.read(words[index]), as: UTF8.self)
      let faults = text.split(whereSeparator: \.isNewline).compactMap { fault(String($0)) }
      options.inputs = [words[index + 1]]
      let found = try WindowCheck.judgements(
        options, truths: faults.map { ($0.window, $0.component) }, under: sets.map(\.constants))
      take(found, faults.map { "\(index / 2 + 1) \($0.kind)" }, into: &cases, &strays)
    }
    defer { WorldBenchmark.removeFiles() }
    for (kind, spec) in nights {
      let night = try WorldBenchmark.night(spec)
      let truths = night.truth.faults.map {
        ($0.fault.start..<max($0.fault.end, $0.lastEffect + 1), $0.fault.component)
      }
      let found = try WindowCheck.judgements(night.options, truths: truths, under: sets.map(\.constants))
      take(found, truths.map { _ in kind }, into: &cases, &strays)
    }
    tell(cases, ofCalls, sets, strays: strays)
  }

  private static func runLines(_ rendering: WorldSpec.Rendering, worlds: Int, first seed: UInt64) throws {
    defer { WorldBenchmark.removeFiles() }
    let sets = sets(of: ofLines)
    var cases: [Case] = []
    var strays = [Int](repeating: 0, count: sets.count)
    for world in 0..<max(worlds, 1) {
      var spec = WorldSpec.everyFault(seed: seed &+ UInt64(world))
      spec.rendering = rendering
      let (options, truth) = try WorldBenchmark.night(spec)
      let truths = truth.faults.map {
        (window: $0.fault.start..<max($0.lastEffect, $0.fault.end), component: $0.fault.component)
      }
      let found = try WindowCheck.judgements(options, truths: truths, under: sets.map(\.constants))
      let kinds = truth.faults.map { $0.isTold ? $0.fault.kind.rawValue : nil }
      take(found, kinds, told: \.isSaid, into: &cases, &strays)
    }
    tell(cases, ofLines, sets, strays: strays)
  }

  /// Counts what the sets found of some faults; a kind of nil is not counted.
  private static func take(
    _ found: [WindowCheck.Judgement], _ kinds: [String?], told: KeyPath<WindowCheck.Judgement, [Bool]> = \.isTold,
    into cases: inout [Case], _ strays: inout [Int]
  ) {
    for set in found.indices { strays[set] += found[set].strays }
    for (number, kind) in kinds.enumerated() {
      guard let kind else { continue }
      cases.append(
        Case(kind: kind, isFirst: found.map { $0.places[number] == 1 }, isTold: found.map { $0[keyPath: told][number] })
      )
    }
  }

  /// Generated nights beside the given ones (`--nights COUNT SEED`), each kind of tail a kind of fault of its own.
  private static func nights(_ words: inout [String]) -> [(kind: String, spec: WorldSpec)] {
    guard let at = words.firstIndex(of: "--nights"), at + 2 < words.count, let count = Int(words[at + 1]),
      let seed = UInt64(words[at + 2])
    else { return [] }
    words.removeSubrange(at...at + 2)
    return (0..<UInt64(max(count, 0))).flatMap { number in
      WorldTail.allCases.map { ("one call, \($0.rawValue) tail", WorldSpec.oneCalls(seed: seed &+ number, tail: $0)) }
        + [("cut short", WorldSpec.cutShort(seed: seed &+ number))]
    }
  }

  /// The constants as they are, and with each of them at each value: (constant, value) by its place in the grid.
  private static func sets(of grid: [Constant]) -> [Trial] {
    var sets: [Trial] = [(-1, -1, DecidingConstants())]
    for (index, one) in grid.enumerated() {
      for (value, number) in one.values.enumerated() {
        var constants = DecidingConstants()
        constants[keyPath: one.path] = number
        sets.append((index, value, constants))
      }
    }
    return sets
  }

  private static func tell(_ cases: [Case], _ grid: [Constant], _ sets: [Trial], strays: [Int]) {
    let kinds = Set(cases.map(\.kind)).sorted()
    func right(_ list: [Case], _ set: Int, _ ofIncidents: Bool) -> Int {
      list.count { ofIncidents ? $0.isTold[set] : $0.isFirst[set] }
    }
    BenchmarkLine.tell(
      "faults of a kind that come first, and that their incident names first, with each constant chosen without that kind (value)"
    )
    for kind in kinds {
      let own = cases.filter { $0.kind == kind }
      let others = cases.filter { $0.kind != kind }
      var line =
        "  \(kind): as they are \(right(own, 0, false)) and \(right(own, 0, true)) of \(own.count)"
      for (index, one) in grid.enumerated() {
        let of = sets.indices.filter { sets[$0].constant == index }
        let merits = of.map { right(others, $0, one.ofIncidents) - (one.ofIncidents ? strays[$0] : 0) }
        let ties = zip(of, merits).filter { $0.1 == merits.max() }.map(\.0)
        let chosen = ties[ties.count / 2]
        line += "; \(one.name) \(right(own, chosen, one.ofIncidents)) (\(one.values[sets[chosen].value]))"
      }
      BenchmarkLine.tell(line)
    }
    for (index, one) in grid.enumerated() {
      let figures = sets.indices.filter { sets[$0].constant == index }.map { set in
        let figure = "\(one.values[sets[set].value]): \(right(cases, set, one.ofIncidents))"
        return one.ofIncidents ? figure + " less \(strays[set])" : figure
      }
      BenchmarkLine.tell(
        "  \(one.name), \(one.ofIncidents ? "named first" : "first places") of \(cases.count) by value: "
          + figures.joined(separator: ", "))
    }
  }

  private static func fault(_ line: String) -> (window: Range<Int64>, component: String, kind: String)? {
    let words = line.split(separator: " ").map(String.init)
    let ends = words.first?.split(separator: "/").map(String.init) ?? []
    guard words.count == 3, ends.count == 2, let start = Timestamp(rfc3339: ends[0]),
      let end = Timestamp(rfc3339: ends[1]), start < end
    else { return nil }
    return (start.microseconds..<end.microseconds, words[1], words[2])
  }
}
