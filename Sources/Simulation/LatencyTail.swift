internal import Support

/// How long calls take in a healthy night beyond what is usual: what networks, queues and runtimes do without any fault.
package enum WorldTail: String, CaseIterable, Hashable, Sendable {
  /// Log-normal of a small spread, as all nights have it.
  case light
  /// Log-normal of a large spread, as file systems' and queues' latencies are.
  case logNormal
  /// A power law: the longest of a night is longer the longer the night.
  case pareto
  /// Runtimes that stand still now and then, whatever comes meanwhile.
  case pauses
}

/// The tail of one night, its weight drawn by lot.
struct LatencyTail: Sendable {
  private let kind: WorldTail
  /// The spread of the log-normal, or the exponent of the power law.
  private let shape: Double
  /// By service, when it stands still, ascending, microseconds.
  private var pauses: [[Range<Int64>]] = []

  init(_ kind: WorldTail, services: Int, from start: Int64, to end: Int64, seed: UInt64) {
    self.kind = kind
    var random = WorldRandom(seed: seed, stream: "tail")
    shape = kind == .logNormal ? random.uniform(0.8, 1.8) : random.uniform(1.3, 3)
    guard kind == .pauses else { return }
    pauses = (0..<services).map { _ in
      let (between, length) = (random.uniform(60, 600) * 1e6, random.uniform(0.08, 0.5) * 1e6)
      var list: [Range<Int64>] = []
      var now = start + Int64(random.exponential(mean: between))
      while now < end {
        let over = now + Int64(random.exponential(mean: length)) + 1
        list.append(now..<over)
        now = over + Int64(random.exponential(mean: between)) + 1
      }
      return list
    }
  }

  /// What a way takes that usually takes so long, microseconds.
  func stretched(_ way: Double, _ random: inout WorldRandom) -> Double {
    switch kind {
    case .light, .pauses: way
    case .logNormal: way * PortableMath.exp(shape * random.normal())
    // (1 - u)^(-1/shape).
    case .pareto: way * PortableMath.exp(-PortableMath.log(1 - random.unit()) / shape)
    }
  }

  /// When a service goes on with what is there at a time.
  func resumed(_ service: Int, at time: Int64) -> Int64 {
    guard !pauses.isEmpty else { return time }
    let next = pauses[service].partitioningIndex { $0.upperBound > time }
    guard next < pauses[service].count, pauses[service][next].contains(time) else { return time }
    return pauses[service][next].upperBound
  }
}
