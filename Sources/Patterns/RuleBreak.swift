// A rule of how calls fit together, and who broke it.

internal import Model

/// One broken rule, over all requests that broke it in the same way.
struct RuleBreak {
  enum Kind: String, Comparable {
    case missingCall, extraCall, unseenEdge, order, count, unseenVariant
    static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

    /// The kind of the violation that it is in reports.
    var violation: Violation.Kind {
      switch self {
      case .missingCall: .missingCall
      case .extraCall: .extraCall
      case .unseenEdge: .unseenEdge
      case .order: .order
      case .count: .count
      case .unseenVariant: .unseenVariant
      }
    }

    /// How much one such departure matters beside the others.
    var gravity: Double {
      switch self {
      case .missingCall, .unseenEdge: 3
      case .count, .order: 2.5
      case .extraCall: 2
      case .unseenVariant: 1
      }
    }
  }

  var kind: Kind
  /// The caller's key in the partial.
  var caller: UInt64
  /// The callee the rule is about, 0 where it is about the caller as a whole.
  var callee: UInt64 = 0
  /// The second callee of an order.
  var other: UInt64 = 0
  /// What is known, and what came instead, where the kind alone does not say it.
  var departure = Departure.none

  enum Departure {
    case none
    /// How often the callee is called for one call.
    case count(usual: ClosedRange<Int64>, seen: Int64)
    /// A set of calls that is none of the known ones.
    case calls(known: Int, seen: [CallGroup])
  }

  /// Callers that broke the rule.
  var count: Int
  /// How often the rule was seen to be kept.
  var support: Int
  var exemplar: Exemplar?
  /// How often it was broken in which window of the night, as far as that is known.
  var windows: [Int64: Int] = [:]
  /// Requests that broke it, one for each way in which it was broken.
  var exemplars: [Exemplar] = []

  /// The posterior mean that the rule is real: Laplace's rule of succession over its support.
  var certainty: Double { Double(support + 1) / Double(support + 2) }

  /// Rank among violations: gravity, how many broke it, and how rare that is.
  var weight: Double {
    let rarity = Double(support + 1) / Double(support + 1 + count)
    return kind.gravity * (1 + Double(Int.bitWidth - count.leadingZeroBitCount) / 4) * (0.5 + rarity / 2) * certainty
  }
}

extension RuleBreak {
  /// A rule broken by callers that made one set of calls.
  init(
    kind: Kind, caller: UInt64, callee: UInt64 = 0, departure: Departure = .none, support: Int,
    stats: CompositionStats
  ) {
    self.init(
      kind: kind, caller: caller, callee: callee, departure: departure, count: stats.count,
      support: support, exemplar: stats.exemplar)
    windows = stats.windows.mapValues(\.value)
    exemplars = stats.exemplar.map { [$0] } ?? []
  }
}
