// The drift rules against nights whose truth is known: how often they cry wolf, and how soon they see what is there.

internal import Glibc
internal import Patterns
internal import Support

/// Simulated nights: 14 to learn from, 2,000 requests each, log-normal durations (σ .5), 3 % noise from night to night.
package enum DriftValidation {
  /// Rates over all repetitions.
  package struct Rates: Hashable, Sendable {
    /// Unchanged nights: any rule in any of five.
    package var falseAlarms = 0.0
    /// 15 % slower: found on the first night.
    package var shiftFirst = 0.0
    /// 8 % slower: found on the first night, by the fifth.
    package var creepFirst = 0.0
    package var creepFifth = 0.0
    /// The slowest 1 % and 5 % of requests take twice as long: found on the first night.
    package var tailFirst = 0.0
    package var wideTailFirst = 0.0
  }

  static let nights = 14
  static let requests = 2_000

  /// The rates over a number of repetitions of a seeded simulation.
  package static func rates(repetitions: Int, seed: UInt64 = 1) -> Rates {
    var random = SplitMix64(seed: seed)
    var rates = Rates()
    let one = 1 / Double(max(repetitions, 1))
    for _ in 0..<repetitions {
      let before = (0..<nights).map { _ in night(&random) }
      if firstAlarm(before, &random) != nil { rates.falseAlarms += one }
      if firstAlarm(before, &random, factor: 1.15, upTo: 1) != nil { rates.shiftFirst += one }
      if let first = firstAlarm(before, &random, factor: 1.08) {
        rates.creepFifth += one
        if first == 1 { rates.creepFirst += one }
      }
      if firstAlarm(before, &random, tail: 0.01, upTo: 1) != nil { rates.tailFirst += one }
      if firstAlarm(before, &random, tail: 0.05, upTo: 1) != nil { rates.wideTailFirst += one }
    }
    return rates
  }

  /// The rates as text, each beside its bar.
  package static func run(repetitions: Int) -> String {
    let rates = rates(repetitions: repetitions)
    func line(_ name: String, _ value: Double, _ bar: String) -> String {
      let thousandths = Int((value * 1_000).rounded())
      let digits = String(thousandths % 1_000)
      return "\(name): \(thousandths / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits) (\(bar))\n"
    }
    return "\(repetitions) repetitions, \(nights) nights of \(requests) requests\n"
      + line("false alarms in five nights, all rules", rates.falseAlarms, "at most 0.050")
      + line("+15 % on the first night", rates.shiftFirst, "at least 0.850")
      + line("+8 % on the first night", rates.creepFirst, "no bar")
      + line("+8 % by the fifth night", rates.creepFifth, "at least 0.850")
      + line("slowest 1 % twice as slow, first night", rates.tailFirst, "at least 0.800")
      + line("slowest 5 % twice as slow, first night", rates.wideTailFirst, "at least 0.800")
  }

  /// The 1-based night of the first alarm among nights that are all changed alike.
  private static func firstAlarm(
    _ before: [Sketch], _ random: inout SplitMix64, factor: Double = 1, tail: Double = 0, upTo last: Int = 5
  ) -> Int? {
    var history = before
    for index in 1...last {
      let tonight = night(&random, factor: factor, tail: tail)
      if !LatencyDrift.verdicts(tonight: tonight, nights: history).isEmpty { return index }
      history.append(tonight)
    }
    return nil
  }

  /// One night's durations around 10 ms; of the slowest share `tail` each is doubled.
  private static func night(_ random: inout SplitMix64, factor: Double = 1, tail: Double = 0) -> Sketch {
    let noise = 0.03 * random.normal()
    var values: [Double] = []
    for _ in 0..<requests { values.append(10_000 * factor * exp(0.5 * random.normal() + noise)) }
    if tail > 0 {
      values.sort()
      for i in values.indices.suffix(Int(tail * Double(requests))) { values[i] *= 2 }
    }
    var sketch = Sketch()
    for value in values { sketch.add(Int64(checked: value.rounded()) ?? 0) }
    return sketch
  }

}
