// A policy as candidates and presets describe it: the families it combines.

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

  /// The families in use, joined by `+`.
  package var family: String {
    let parts: [(String, Bool)] = [
      ("retry", retry != nil), ("budget", budget != nil), ("breaker", breaker != nil), ("hedge", hedge != nil),
      ("throttle", throttle != nil || isRateAdaptive), ("admission", admission != nil),
      ("supervision", supervision != nil),
      ("recovery", recovery != nil),
    ]
    let used = parts.filter(\.1).map(\.0)
    return used.isEmpty ? "none" : used.joined(separator: "+")
  }

  /// Whether what it does to one request depends on others.
  package var isStateful: Bool {
    budget != nil || breaker != nil || throttle != nil || isRateAdaptive || admission != nil
  }
}
