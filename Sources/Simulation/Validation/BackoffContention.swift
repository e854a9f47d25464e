// Clients that contend for one record with optimistic locking, each backing off after a lost race.
internal import Glibc
package import Policies
internal import Support

/// The contention simulator of M. Brooker, "Exponential backoff and jitter" (AWS Architecture Blog, 2015): a client
/// reads, then writes; the write fails where another was faster. Times are milliseconds.
package enum BackoffContention {
  /// The five laws of the article, base 5 and cap 2000.
  package static let laws: [(name: String, backoff: Backoff)] = [
    ("Exponential", Backoff(.exponential(base: 10_000, factor: 2), maximum: 2_000_000)),
    ("Decorr", Backoff(.exponential(base: 5_000, factor: 2), jitter: .decorrelated, maximum: 2_000_000)),
    ("EqualJitter", Backoff(.exponential(base: 10_000, factor: 2), jitter: .equal, maximum: 2_000_000)),
    ("FullJitter", Backoff(.exponential(base: 10_000, factor: 2), jitter: .full, maximum: 2_000_000)),
    ("None", .immediate),
  ]

  private struct Message: Comparable {
    var time: Double
    var sequence: Int
    var client: Int
    var step: Step

    static func < (a: Message, b: Message) -> Bool { a.time != b.time ? a.time < b.time : a.sequence < b.sequence }
    static func == (a: Message, b: Message) -> Bool { a.sequence == b.sequence }
  }

  private enum Step { case read, readAnswer(Int), write(Int), writeAnswer(Bool) }

  /// When the last client is done, and how many writes were sent.
  package static func run(clients: Int, backoff: Backoff, seed: UInt64) -> (time: Double, calls: Int) {
    var random = SplitMix64(seed: seed)
    func network() -> Double {
      let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit())
      return abs(10 + 2 * normal)
    }
    var due = BinaryHeap<Message>()
    var sequence = 0
    func send(_ time: Double, _ client: Int, _ step: Step) {
      sequence += 1
      due.push(Message(time: time, sequence: sequence, client: client, step: step))
    }
    var attempts = [Int](repeating: 0, count: clients)
    var memories = [Backoff.Memory](repeating: Backoff.Memory(), count: clients)
    var version = 0
    var calls = 0
    var end = 0.0
    for client in 0..<clients { send(network(), client, .read) }
    while let message = due.pop() {
      end = message.time
      switch message.step {
      case .read: send(message.time + network(), message.client, .readAnswer(version))
      case .readAnswer(let seen): send(message.time + network(), message.client, .write(seen))
      case .write(let seen):
        calls += 1
        let won = seen == version
        if won { version += 1 }
        send(message.time + network(), message.client, .writeAnswer(won))
      case .writeAnswer(true): break
      case .writeAnswer(false):
        attempts[message.client] += 1
        let delay = backoff.delay(
          attempts[message.client], u: random.unit(), memory: &memories[message.client])
        send(message.time + network() + Double(delay) / 1000, message.client, .read)
      }
    }
    return (end, calls)
  }

  /// Mean and standard error of time and calls over independent trials.
  package static func trials(
    _ count: Int, clients: Int, backoff: Backoff, seed: UInt64
  ) -> (time: (mean: Double, error: Double), calls: (mean: Double, error: Double)) {
    let runs = (0..<count).map { trial in
      run(clients: clients, backoff: backoff, seed: StableHash.combine(seed, UInt64(trial * 1000 + clients)))
    }
    return (spread(runs.map(\.time)), spread(runs.map { Double($0.calls) }))
  }

  private static func spread(_ values: [Double]) -> (mean: Double, error: Double) {
    let n = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
    return (mean, (variance / n).squareRoot())
  }
}
