internal import Support

/// Where calls go: a component and one of its operations, normalised.
package struct CallPoint: Hashable, Comparable, Sendable {
  package var component: String
  package var operation: String

  package init(component: String, operation: String) {
    self.component = component
    self.operation = operation
  }

  package static func < (a: CallPoint, b: CallPoint) -> Bool {
    (a.component, a.operation) < (b.component, b.operation)
  }

  /// `component operation`, as reports print it.
  package var name: String { operation.isEmpty ? component : component + " " + operation }

  /// The identity that partials are keyed by.
  package var hash: UInt64 {
    Self.hash(component: StableHash.hash(component), operation: StableHash.hash(operation))
  }

  static func hash(component: UInt64, operation: UInt64) -> UInt64 { StableHash.combine(component, operation) }
}
