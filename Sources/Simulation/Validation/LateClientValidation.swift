// What is named of the waits of clients that are late with all that they do: is it right, or said to be uncertain?
package import Model
package import Policies
internal import Support

/// Reads the laws of clients that are late by much and by little, from few calls and from more.
package enum LateClientValidation {
  /// What a named law is worth beside the true one.
  package enum Reading: String, CaseIterable, Sendable {
    /// The first wait is named to a seventh, and so is the kind of jitter.
    case right
    /// It is not, and the range that is named with it holds the true one.
    case ranged
    /// No law is named.
    case none
    /// Another kind of law is named, with a range that holds the true first wait or its middle to a seventh.
    case otherKind = "other kind"
    case wrong = "WRONG"
  }

  /// - Parameters:
  ///   - found: what is said of the clients.
  ///   - law: their true law.
  /// - Returns: what that is worth.
  package static func reading(_ found: PolicyFindings.LoggedClients, _ law: Backoff) -> Reading {
    guard let named = found.laws.first else { return .none }
    let true1 = Double(law.envelope(1))
    let base: Double =
      switch named.envelope {
      case .immediate: 0
      case .fixed(let base), .linear(let base, _), .exponential(let base, _), .doublingLessOne(let base),
        .immediateThenExponential(let base, _):
        Double(base)
      }
    let isNear = abs(base / true1 - 1) <= 1 / 6.0
    if isNear, named.jitter == law.fact.jitter { return .right }
    let least = found.leastBase.map(Double.init)
    let range = found.bases.map { min($0.low, least ?? $0.low)...max($0.high, least ?? $0.high) }
    let holds = range.map { $0.lowerBound / 1.15 <= true1 && true1 <= $0.upperBound * 1.15 } ?? false
    guard named.jitter == law.fact.jitter else { return holds || isNear ? .otherKind : .wrong }
    return holds ? .ranged : .wrong
  }

  package static func run(seeds: Int, from seed: UInt64) -> String {
    let laws: [(String, Backoff)] = [
      ("full jitter 50 ms", Backoff(.exponential(base: 50_000, factor: 2), jitter: .full)),
      ("full jitter 200 ms", Backoff(.exponential(base: 200_000, factor: 2), jitter: .full)),
      ("exact 100 ms", Backoff(.exponential(base: 100_000, factor: 2))),
      ("equal jitter 100 ms", Backoff(.exponential(base: 100_000, factor: 2), jitter: .equal)),
    ]
    var lines = ["law, calls, median step of slow calls: " + Reading.allCases.map(\.rawValue).joined(separator: ", ")]
    var totals: [Reading: Int] = [:]
    for (name, law) in laws {
      for calls in [8, 16, 40] {
        for step in [5_000.0, 50_000, 150_000] {
          var world = LateClientWorld()
          (world.law, world.calls, world.step) = (law, calls, step)
          var counts: [Reading: Int] = [:]
          var wrong: [String] = []
          for number in 0..<UInt64(max(seeds, 1)) {
            let edge = CallEdge(caller: "client", callee: "service", operation: "call")
            let settings = EvaluationSettings(replays: 1, resamples: 100)
            let findings = PolicyEvaluator.evaluate(
              world.play(seed: seed + number, edge: edge), file: PolicyFile(evaluation: settings))
            guard let found = findings?.logged else { continue }
            let reading = reading(found, law)
            counts[reading, default: 0] += 1
            totals[reading, default: 0] += 1
            if reading == .wrong || reading == .otherKind {
              wrong.append(
                "\(seed + number) \(found.laws.map { "\($0.envelope) \($0.jitter)" }) \(found.bases.map { "\(Int($0.low))...\(Int($0.high))" } ?? "") \(found.leastBase ?? -1)"
              )
            }
          }
          lines.append(
            "\(name), \(calls), \(Int(step / 1000)) ms: "
              + Reading.allCases.map { "\(counts[$0] ?? 0)" }.joined(separator: ", "))
          lines += wrong.prefix(6).map { "    " + $0 }
        }
      }
    }
    lines.append("all: " + Reading.allCases.map { "\($0.rawValue) \(totals[$0] ?? 0)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}
