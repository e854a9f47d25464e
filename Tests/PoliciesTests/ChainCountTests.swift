// What a chain did between two observations, against the same in small steps.
import Policies
import Testing

@Test("Expected changes and times over a gap are those of a thousand steps a second")
func chainCounts() {
  let rates = OutageKinds.Rates(falls: DownBelief(short: 0.02, long: 0.005), rises: DownBelief(short: 0.7, long: 0.01))
  let kinds = OutageKinds(rates)
  let (past, future) = (DownBelief(short: 0.1, long: 0.2), DownBelief(short: 0.6, long: 0.1))
  let (steps, step) = (7_000, 0.001)
  // Evidence of the end as it looks at each step's end, then forward with it.
  var evidence = [[1 - future.down, future.short, future.long]]
  for _ in 0..<steps {
    let e = evidence[evidence.count - 1]
    evidence.append([
      e[0] + step * (rates.falls.short * (e[1] - e[0]) + rates.falls.long * (e[2] - e[0])),
      e[1] + step * rates.rises.short * (e[0] - e[1]), e[2] + step * rates.rises.long * (e[0] - e[2]),
    ])
  }
  var p = [1 - past.down, past.short, past.long]
  var (falls, rises) = (DownBelief(short: 0, long: 0), DownBelief(short: 0, long: 0))
  var times = [0.0, 0, 0]
  let chance = zip(p, evidence[steps]).reduce(0) { $0 + $1.0 * $1.1 }
  for k in 0..<steps {
    let next = evidence[steps - 1 - k]
    for state in 0..<3 { times[state] += step * p[state] * evidence[steps - k][state] / chance }
    falls.short += step * p[0] * rates.falls.short * next[1] / chance
    falls.long += step * p[0] * rates.falls.long * next[2] / chance
    rises.short += step * p[1] * rates.rises.short * next[0] / chance
    rises.long += step * p[2] * rates.rises.long * next[0] / chance
    let up = p[0]
    p[0] += step * (rates.rises.short * p[1] + rates.rises.long * p[2] - (rates.falls.short + rates.falls.long) * up)
    p[1] += step * (rates.falls.short * up - rates.rises.short * p[1])
    p[2] += step * (rates.falls.long * up - rates.rises.long * p[2])
  }
  let none = ChainCounts(rates)
  var counts = none
  counts.add(7, from: past, to: future, kinds)
  func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 2e-3 * max(abs(b), 0.1) }
  #expect(isNear(counts.falls.short - none.falls.short, falls.short), "\(counts.falls) \(falls)")
  #expect(isNear(counts.falls.long - none.falls.long, falls.long), "\(counts.falls) \(falls)")
  #expect(isNear(counts.rises.short - none.rises.short, rises.short), "\(counts.rises) \(rises)")
  #expect(isNear(counts.rises.long - none.rises.long, rises.long), "\(counts.rises) \(rises)")
  #expect(isNear(counts.timeUp - none.timeUp, times[0]), "\(counts) \(times)")
  #expect(isNear(counts.timeDown.short - none.timeDown.short, times[1]), "\(counts) \(times)")
  #expect(isNear(counts.timeDown.long - none.timeDown.long, times[2]), "\(counts) \(times)")
}

@Test("A gap between two quiet moments may hold an outage that nobody met")
func chainCountsUnseen() {
  let rates = OutageKinds.Rates(falls: DownBelief(short: 0.01, long: 0.001), rises: DownBelief(short: 2, long: 0.01))
  var counts = ChainCounts(rates)
  let before = counts
  let up = DownBelief(short: 0, long: 0)
  for _ in 0..<1_000 { counts.add(1, from: up, to: up, OutageKinds(rates)) }
  // A second at a hundredth a second holds one in a hundred, of which half a second's and shorter ones are over in time.
  #expect(counts.falls.short - before.falls.short > 4 && counts.falls.short - before.falls.short < 8)
  #expect(abs(counts.falls.short - counts.rises.short) < 1e-9)
  var atOnce = ChainCounts(rates)
  atOnce.add(0, from: DownBelief(short: 0.3, long: 0.3), to: DownBelief(short: 0.3, long: 0.3), OutageKinds(rates))
  #expect(atOnce.falls.short == ChainCounts(rates).falls.short && atOnce.timeUp == ChainCounts(rates).timeUp)
}
