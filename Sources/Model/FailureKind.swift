/// What kind of failure an attempt ended with: the one table of the whole program.
///
/// Two questions decide what a recovery may do with it: is the same attempt worth repeating (`isRetryable`), and should
/// the next one go elsewhere (`changesTarget`)? They are independent of each other.
package enum FailureKind: UInt8, CaseIterable, Hashable, Sendable {
  case networkTransient = 1
  case networkPermanent
  /// HTTP 502 and 503, gRPC UNAVAILABLE.
  case unavailable
  /// HTTP 408 and 504, gRPC DEADLINE_EXCEEDED.
  case timeout
  /// Connection refused, no route, name not known.
  case targetUnreachable
  /// HTTP 429, gRPC RESOURCE_EXHAUSTED.
  case insufficientResources
  case incompatibleTarget
  /// gRPC DATA_LOSS, broken state.
  case stateCorruption
  /// The request itself is wrong: other HTTP 4xx, INVALID_ARGUMENT and its like, a failed assertion.
  case semantic
  /// The callee broke: other HTTP 5xx, INTERNAL, exceptions.
  case runtime
  case cancelled
  case unknown

  /// The name in reports, policy files and event lines.
  package var name: String { String(describing: self) }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  package init?(name: String) {
    guard let kind = Self.byName[name] else { return nil }
    self = kind
  }

  /// Whether the same attempt may succeed when it is repeated on the same target.
  package var isRetryable: Bool {
    switch self {
    case .networkTransient, .unavailable, .timeout, .targetUnreachable, .insufficientResources: true
    case .networkPermanent, .incompatibleTarget, .stateCorruption, .semantic, .runtime, .cancelled, .unknown: false
    }
  }

  /// Whether the next attempt should go to another target.
  package var changesTarget: Bool {
    switch self {
    case .targetUnreachable, .insufficientResources, .incompatibleTarget: true
    default: false
    }
  }
}

extension FailureKind {
  /// The kind of an HTTP status code, nil where it is no failure (below 400).
  package init?(httpStatus: Int) {
    switch httpStatus {
    case 408, 504: self = .timeout
    case 429: self = .insufficientResources
    case 499: self = .cancelled
    case 502, 503: self = .unavailable
    case 400..<500: self = .semantic
    case 500..<600: self = .runtime
    default: return nil
    }
  }

  /// The kind of a gRPC status code, nil for OK and for numbers that are no code.
  package init?(grpcStatus: Int) {
    switch grpcStatus {
    case 1: self = .cancelled
    case 2: self = .unknown
    case 4: self = .timeout
    case 8: self = .insufficientResources
    case 13: self = .runtime
    case 14: self = .unavailable
    case 15: self = .stateCorruption
    case 10: self = .networkTransient
    case 12: self = .incompatibleTarget
    case 3, 5, 6, 7, 9, 11, 16: self = .semantic
    default: return nil
    }
  }
}
