internal import Model

/// What a sampled record says.
enum Quote {
  /// A record's subject, failure, time and message.
  static func of(_ sample: EvidenceSample, _ names: NameTable) -> RecordQuote {
    RecordQuote(
      subject: text(sample.subject, names), failure: FailureKind(rawValue: sample.failureCode),
      measure: sample.duration >= 0 ? .took(sample.duration) : nil, message: text(sample.message, names))
  }

  /// The same of a request that is known by the time spent in the component itself.
  static func ownTime(_ sample: EvidenceSample, _ names: NameTable) -> RecordQuote {
    RecordQuote(subject: text(sample.subject, names), measure: .ownTime(sample.duration))
  }

  private static func text(_ name: Int32, _ names: NameTable) -> ForeignText {
    ForeignText(RecordQuote.bounded(names[name]))
  }
}
