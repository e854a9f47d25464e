// Errors that belong to a night's usual state.

/// Error records of one kind that come in most minutes of a night, each naming another component that did not answer. No incident begins
/// where they are no more than usual.
package struct UsualComplaint: Hashable, Sendable {
  /// What they say, without the component that they name.
  package var message: ForeignText
  package var records: Int
  /// How many minutes have one, of how many.
  package var minutes: Int
  package var ofMinutes: Int
  /// The most in one minute, and when that begins, microseconds.
  package var most: Int
  package var mostAt: Int64
  package var first: SourceLocation

  package init(
    message: ForeignText, records: Int, minutes: Int, ofMinutes: Int, most: Int, mostAt: Int64, first: SourceLocation
  ) {
    self.message = message
    self.records = records
    self.minutes = minutes
    self.ofMinutes = ofMinutes
    self.most = most
    self.mostAt = mostAt
    self.first = first
  }
}
