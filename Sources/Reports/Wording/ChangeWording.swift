internal import Model

/// The words for a deployment or another change.
enum ChangeWording {
  /// `deploy of payments: 3.4.0 → 3.4.1`.
  static func wording(_ change: NightChange) -> InlineText {
    var text: InlineText = .foreign(change.kind.text)
    if let component = change.component { text = text + " of \(component)" }
    return change.text.isEmpty ? text : text + ": \(change.text)"
  }
}
