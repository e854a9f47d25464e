// The room Policies: the families of policies as rules that decide: retry, budget, breaker, hedge, throttle, admission,
// supervision, recovery.
// It never reads a clock, draws a random number or looks at a log: times and draws are handed in.

// A policy as candidates and presets describe it: the families it combines.
package import Model
package import Support

/// One policy: any of the families, and where it applies.
package struct Policy: Hashable, Sendable {
  package var name: String
  /// The preset it began with, for its configuration syntax.
  package var preset: String?
  package var retry: RetryPolicy?
  package var budget: RetryBudget?
  package var breaker: BreakerSettings?
  package var hedge: Hedging?
  package var throttle: ClientThrottle?
  /// Whether clients limit their rate as the AWS SDK's adaptive mode does.
  package var isRateAdaptive = false
  package var admission: AdmissionSettings?
  package var supervision: SupervisionSettings?
  package var recovery: RecoverySettings?
  /// The component called, nil for all.
  package var component: String?
  /// The operation called, nil for all.
  package var operation: String?

  package init(_ name: String, retry: RetryPolicy? = nil) {
    self.name = name
    self.retry = retry
  }

  /// The families in use, in their order.
  package var families: [PolicyFamily] {
    PolicyFamily.allCases.filter { family in
      switch family {
      case .retry: retry != nil
      case .budget: budget != nil
      case .breaker: breaker != nil
      case .hedge: hedge != nil
      case .throttle: throttle != nil || isRateAdaptive
      case .admission: admission != nil
      case .supervision: supervision != nil
      case .recovery: recovery != nil
      }
    }
  }

  /// Whether what it does to one request depends on others.
  package var isStateful: Bool {
    budget != nil || breaker != nil || throttle != nil || isRateAdaptive || admission != nil
  }
}
