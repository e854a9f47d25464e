// Suspects of given windows against the truth, beside what chance and the naive ranking would reach.

internal import Runs
internal import Simulation
internal import Support

/// `benchmark suspects TRUTH [--pipeline FILE] INPUT…`: TRUTH has a line `START/END COMPONENT` per fault.
enum SuspectBenchmark {
  private struct Fault {
    var window: Range<Int64>
    var component: String
  }

  static func run(_ arguments: [String]) throws {
    var words = arguments
    var options = RunSetup.Options(benchmark: &words)
    guard words.count >= 2 else {
      print("usage: benchmark suspects TRUTH [--pipeline FILE] INPUT…")
      return
    }
    let text = String(decoding: try CheckedFile.read(words[0]), as: UTF8.self)
    let faults = text.split(whereSeparator: \.isNewline).compactMap { fault(String($0)) }
    options.inputs = Array(words.dropFirst())
    let windows = try WindowCheck.rank(options, windows: faults.map(\.window))
    var ours = Hits()
    var naive = Hits()
    var chance = [0.0, 0, 0]
    for (fault, window) in zip(faults, windows) {
      ours.add(rank(fault.component, among: window.suspects.map { ($0.component, $0.score) }))
      let errors = window.errors.filter { $0.errors > 0 }.map { ($0.component, Double($0.errors)) }
      naive.add(rank(fault.component, among: errors))
      for (index, top) in Hits.tops.enumerated() {
        chance[index] += min(1, Double(top) / Double(max(window.errors.count, 1)))
      }
    }
    let count = Double(max(faults.count, 1))
    BenchmarkLine.tell("\(faults.count) faults, \(windows.first?.errors.count ?? 0) components; top 1, 3 and 5 in %")
    BenchmarkLine.tell("  ours         " + ours.text(of: count))
    BenchmarkLine.tell("  most errors  " + naive.text(of: count))
    BenchmarkLine.tell("  chance       " + chance.map { percent($0 / count) }.joined(separator: "  "))
  }

  private static func fault(_ line: String) -> Fault? {
    let words = line.split(separator: " ").map(String.init)
    let ends = words.first?.split(separator: "/").map(String.init) ?? []
    guard words.count == 2, ends.count == 2, let start = Timestamp(rfc3339: ends[0]),
      let end = Timestamp(rfc3339: ends[1]), start < end
    else { return nil }
    return Fault(window: start.microseconds..<end.microseconds, component: words[1])
  }

  /// The rank of a component, equal scores sharing the worst; nil where it is not named.
  private static func rank(_ component: String, among list: [(String, Double)]) -> Int? {
    guard let own = list.first(where: { $0.0 == component })?.1 else { return nil }
    return list.count { $0.1 >= own }
  }

  private static func percent(_ share: Double) -> String { String(Double(Int(share * 1000 + 0.5)) / 10) }

  private struct Hits {
    static let tops = [1, 3, 5]
    private var counts = [0, 0, 0]

    mutating func add(_ rank: Int?) {
      guard let rank else { return }
      for (index, top) in Self.tops.enumerated() where rank <= top { counts[index] += 1 }
    }

    func text(of count: Double) -> String {
      counts.map { percent(Double($0) / count) }.joined(separator: "  ")
    }
  }
}
