// How faults run over their time: memory that grows until a death, a wave of load, crashes in a row.

/// The memory of a component that leaks, and when it is down for it.
enum MemoryLeak {
  /// How long it grows before the fault begins with the death, and how long the component is down then, microseconds.
  static let growth: Int64 = 480_000_000
  static let down: Int64 = 25_000_000

  static func isDown(at time: Int64, fault: Fault) -> Bool { time - fault.start < down }

  /// How many times its usual memory a component has in use.
  static func factor(at time: Int64, fault: Fault) -> Double {
    let age = Double(time - (fault.start - growth)) / Double(growth)
    return (0..<1).contains(age) ? 1 + 4 * age : 1
  }
}

/// The wave of load that sets a metastable failure off.
enum LoadSpike {
  static let factor = 3.0
  /// The share of the fault that it lasts.
  static let share = 0.25

  static func factor(at time: Int64, _ faults: [Fault]) -> Double {
    let isIn = faults.contains {
      $0.kind == .metastable && $0.start <= time
        && Double(time - $0.start) < share * Double($0.end - $0.start)
    }
    return isIn ? factor : 1
  }
}

/// When a component in a restart storm is up and when it is down.
enum RestartCycle {
  /// Microseconds from one crash to the next, and of each the time it is down.
  static let period: Int64 = 12_000_000
  static let down: Int64 = 7_000_000

  static func isDown(at time: Int64, fault: Fault) -> Bool { (time - fault.start) % period < down }

  /// The times of the crashes.
  static func crashes(_ fault: Fault) -> [Int64] { Array(stride(from: fault.start, to: fault.end, by: Int(period))) }
}
