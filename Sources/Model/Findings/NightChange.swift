// A deployment or another change of the night, as the files of a pipeline's `changes:` tell it.

internal import Support

/// Something that somebody or something changed while the night went on.
package struct NightChange: Hashable, Sendable {
  /// Microseconds since the epoch.
  package var at: Int64
  /// What was changed; nil where the file does not say.
  package var component: ForeignName?
  /// What kind of change: `deploy`, `rollback`, `commit`.
  package var kind: ForeignName
  package var text: ForeignText

  package init(at: Int64, component: ForeignName?, kind: ForeignName, text: ForeignText) {
    self.at = at
    self.component = component
    self.kind = kind
    self.text = text
  }

  /// How long before an incident a change is named with it, microseconds: ten minutes, in which a rolling update of a
  /// service is done as a rule (Kubernetes' `progressDeadlineSeconds` is 600).
  package static let reach: Int64 = 600_000_000

  /// How much later than the first failure a change may be logged that caused it, microseconds: whoever deploys writes his
  /// line when he is done.
  package static let lateness: Int64 = 5_000_000
}

extension NightChange: Comparable {
  package static func < (a: NightChange, b: NightChange) -> Bool {
    (a.at, a.component?.text ?? "", a.kind.text, a.text.text) < (
      b.at, b.component?.text ?? "", b.kind.text, b.text.text
    )
  }
}

extension Incident {
  /// Takes the changes from ten minutes before its beginning to its end.
  package mutating func take(_ all: [NightChange]) {
    changes = all.filter {
      $0.at >= start.subtractingSaturated(NightChange.reach) && $0.at <= max(end, start + NightChange.lateness)
    }
  }

  /// The changes after which it began.
  package var changesBefore: [NightChange] { changes.filter { $0.at <= start.addingSaturated(NightChange.lateness) } }
}
