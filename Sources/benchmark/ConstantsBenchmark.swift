// Whether the deciding constants are fitted: each is chosen without a kind of fault, which is then judged with it.

internal import Incidents
internal import Runs
internal import Support

/// `benchmark constants [--pipeline FILE] TRUTH INPUT [TRUTH INPUT]…`: a TRUTH has a line `START/END COMPONENT KIND` per fault.
///
/// Leave one kind out: for each kind, every constant takes the value that ranks most causes of the *other* kinds first (of equal
/// ones the middle), and the kind's own faults are ranked with what was chosen. A kind of another night is another kind.
enum ConstantsBenchmark {
  /// A constant and the values that it may take, in order.
  private static let grid:
    [(name: String, path: any WritableKeyPath<DecidingConstants, Double> & Sendable, values: [Double])] = [
      ("leastRise", \.leastRise, [1000, 2000, 5000, 10_000, 20_000]),
      ("slowShare", \.slowShare, [0.03, 0.05, 0.1, 0.15, 0.2]),
      ("onlyCallerWay", \.onlyCallerWay, [0.7, 0.8, 0.9, 0.95, 1]),
      ("onlyCallerBreak", \.onlyCallerBreak, [0.3, 0.4, 0.5, 0.7, 0.9]),
      ("explainable", \.explainable, [0.3, 0.5, 0.7, 0.85, 1]),
      ("support", \.support, [0, 0.1, 0.2, 0.35, 0.5]),
    ]

  private struct Case {
    var kind: String
    var isFirst: [Bool]
  }

  static func run(_ arguments: [String]) throws {
    var words = arguments
    var options = RunSetup.Options(benchmark: &words)
    guard words.count >= 2, words.count % 2 == 0 else {
      print("usage: benchmark constants [--pipeline FILE] TRUTH INPUT [TRUTH INPUT]…")
      return
    }
    let sets = Self.sets
    var cases: [Case] = []
    for index in stride(from: 0, to: words.count, by: 2) {
      let text = String(decoding: try CheckedFile.read(words[index]), as: UTF8.self)
      let faults = text.split(whereSeparator: \.isNewline).compactMap { fault(String($0)) }
      options.inputs = [words[index + 1]]
      let ranks = try WindowCheck.ranks(
        options, truths: faults.map { ($0.window, $0.component) }, under: sets.map(\.constants))
      for (number, one) in faults.enumerated() {
        cases.append(Case(kind: "\(index / 2 + 1) \(one.kind)", isFirst: ranks.map { $0[number] == 1 }))
      }
    }
    tell(cases, sets)
  }

  /// The constants as they are, and with each of them at each value: (constant, value) by its place in the grid.
  private static var sets: [(constant: Int, value: Int, constants: DecidingConstants)] {
    var sets: [(constant: Int, value: Int, constants: DecidingConstants)] = [(-1, -1, DecidingConstants())]
    for (index, one) in grid.enumerated() {
      for (value, number) in one.values.enumerated() {
        var constants = DecidingConstants()
        constants[keyPath: one.path] = number
        sets.append((index, value, constants))
      }
    }
    return sets
  }

  private static func tell(
    _ cases: [Case], _ sets: [(constant: Int, value: Int, constants: DecidingConstants)]
  ) {
    let kinds = Set(cases.map(\.kind)).sorted()
    BenchmarkLine.tell("first places, of the faults of a kind, with each constant chosen without that kind (value)")
    for kind in kinds {
      let own = cases.filter { $0.kind == kind }
      let others = cases.filter { $0.kind != kind }
      func firsts(_ list: [Case], _ set: Int) -> Int { list.count { $0.isFirst[set] } }
      var line = "  \(kind): as they are \(firsts(own, 0)) of \(own.count)"
      for (index, one) in grid.enumerated() {
        let of = sets.indices.filter { sets[$0].constant == index }
        let best = of.map { firsts(others, $0) }.max() ?? 0
        let ties = of.filter { firsts(others, $0) == best }
        let chosen = ties[ties.count / 2]
        line += "; \(one.name) \(firsts(own, chosen)) (\(one.values[sets[chosen].value]))"
      }
      BenchmarkLine.tell(line)
    }
    for (index, one) in grid.enumerated() {
      let figures = sets.indices.filter { sets[$0].constant == index }.map { set in
        "\(one.values[sets[set].value]): \(cases.count { $0.isFirst[set] })"
      }
      BenchmarkLine.tell("  \(one.name), first places of \(cases.count) by value: " + figures.joined(separator: ", "))
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
