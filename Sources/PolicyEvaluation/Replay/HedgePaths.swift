// Hedging over the log: slow first attempts get company, and the first good answer wins.
internal import Support

/// Evaluates hedging in expectation.
struct HedgePaths {
  let base: EvaluationBase
  let hedging: Hedging
  let applies: [Bool]
  let unknown: RetryPaths.Unknown

  init(_ base: EvaluationBase, _ hedging: Hedging, applies: [Bool], unknown: RetryPaths.Unknown) {
    self.base = base
    self.hedging = hedging
    self.applies = applies
    self.unknown = unknown
  }

  func sums() -> PolicySums {
    var sums = base.untouched
    let log = base.log
    var failing = 0
    for component in log.ranges.indices {
      for episode in log.ranges[component] {
        let failed = log.firstFailure[episode] != 0
        var posterior = 0.0
        if failed {
          while failing < base.model.failing.count, Int(base.model.failing[failing]) < episode { failing += 1 }
          posterior = base.model.posterior[failing]
        }
        let duration = log.duration[Int(log.first[episode])]
        let block = base.block(episode)
        guard applies[Int(log.edge[episode])] else {
          if failed { sums.addLogged(log, episode, component: component, block: block) }
          continue
        }
        let isSlow = hedging.after.map { duration > $0 } ?? false
        guard failed || isSlow else { continue }
        if !failed {
          sums.attempts[block] -= 1
          sums.exact -= 1
          sums.latency.add(duration, block: block, mass: -1)
        }
        hedge(episode, component: component, duration: duration, posterior: posterior, block: block, &sums)
      }
    }
    return sums
  }

  private func seed(_ episode: Int, _ number: Int) -> UInt64 {
    let call = UInt64(bitPattern: base.log.arrival[episode]) ^ UInt64(base.log.edge[episode])
    return StableHash.combine(StableHash.combine(base.settings.seed ^ 0x4EDE, call), UInt64(number))
  }

  private func hedge(
    _ episode: Int, component: Int, duration: Int64, posterior: Double, block: Int, _ sums: inout PolicySums
  ) {
    let log = base.log
    let arrival = log.arrival[episode]
    let code = log.firstFailure[episode]
    let firstEnd = arrival.addingSaturated(duration)
    sums.attempts[block] += 1
    sums.exact += 1
    if code != 0 { sums.wasted[block] += 1 }
    if code != 0, hedging.fatal.contains(code: code) {
      sums.failures[block] += 1
      sums.latency.add(duration, block: block, mass: 1)
      return
    }
    // Every attempt sent: when its good answer would come, and how likely it is.
    var answers: [(at: Int64, success: Double, start: Int64)] = []
    var due = hedging.after.map { arrival.addingSaturated($0) } ?? .max
    var lastEnd = firstEnd
    var reach = 1.0
    for number in 1...hedging.max {
      // A failure sends the next one at once.
      if code != 0, due > firstEnd, number == 1 || hedging.after == nil { due = max(firstEnd, lastEnd) }
      if code == 0, due >= firstEnd { break }
      let seed = seed(episode, number)
      // Whoever waits has not failed yet: only a failure tells about the state.
      var way = base.model.begin(log, component: component, episode: episode)
      if code != 0 { base.model.fail(&way, component: component) }
      let prediction = base.model.advance(&way, log, component: component, episode: episode, to: due)
      var success = (1 - posterior) * (1 - prediction.failure)
      if prediction.isSupported {
        sums.estimated += reach
      } else {
        sums.unsupported += reach
        if unknown == .allFail { success = 0 }
        if unknown == .allSucceed { success = 1 }
      }
      sums.attempts[block] += reach
      sums.retries += reach
      sums.load.add(component, due, reach)
      sums.wasted[block] += reach * (1 - success)
      if prediction.isSupported { sums.won += reach * success }
      let ok = base.successDuration(component, near: episode, at: due, seed: seed &+ 1)
      answers.append((due.addingSaturated(ok), success, due))
      lastEnd = max(lastEnd, due.addingSaturated(base.failureDuration(component, at: due, seed: seed &+ 2)))
      guard let after = hedging.after else {
        reach *= 1 - success
        due = lastEnd
        continue
      }
      due = due.addingSaturated(after)
      // The next one goes out unless a good answer has come by then.
      for answer in answers where answer.at <= due { reach *= 1 - answer.success }
    }
    answers.sort { ($0.at, $0.start) < ($1.at, $1.start) }
    var open = 1.0
    for answer in answers {
      if code == 0, answer.at >= firstEnd { break }
      sums.latency.add(answer.at.subtractingSaturated(arrival), block: block, mass: open * answer.success)
      open *= 1 - answer.success
    }
    if code == 0 {
      sums.latency.add(duration, block: block, mass: open)
    } else {
      sums.failures[block] += open
      sums.spread += open * (1 - open)
      sums.latency.add(lastEnd.subtractingSaturated(arrival), block: block, mass: open)
    }
  }
}
