// Restart limits and their delay law as JSON, so that captures and other programs can carry them.
package import Policies
package import Support

extension SupervisionSettings {
  /// The limit and the delay law: `{"backoff_strategy":{"Fixed":{"seconds":2}},"max_restarts":3,"max_seconds":30}`, nil
  /// for laws that this form has no name for.
  package var restartPolicyJSON: JSONValue? {
    let law: JSONValue
    switch backoff.law {
    case .fixed(let delay): law = .object(["Fixed": .object(["seconds": .int(delay / 1_000_000)])])
    case .exponential(let base, 2):
      law = .object([
        "Exponential": .object([
          "base_seconds": .int(base / 1_000_000), "max_seconds": .int((backoff.maximum ?? .max) / 1_000_000),
        ])
      ])
    default: return nil
    }
    return .object([
      "max_restarts": .int(maxRestarts), "max_seconds": .int(period / 1_000_000), "backoff_strategy": law,
    ])
  }

  /// Reads that form, strictly.
  package init(restartPolicyJSON value: JSONValue) throws(CaptureFailure) {
    self.init()
    var fields = try CaptureFields(value, path: "")
    maxRestarts = try fields.whole("max_restarts")
    period = Int64(try fields.whole("max_seconds")).saturatedMicroseconds
    var laws = try CaptureFields(try fields.take("backoff_strategy"), path: "backoff_strategy")
    if let fixed = try? laws.take("Fixed") {
      var law = try CaptureFields(fixed, path: "backoff_strategy.Fixed")
      backoff = Backoff(.fixed(Int64(try law.whole("seconds")).saturatedMicroseconds))
      try law.close()
    } else {
      var law = try CaptureFields(try laws.take("Exponential"), path: "backoff_strategy.Exponential")
      backoff = Backoff(
        .exponential(base: Int64(try law.whole("base_seconds")).saturatedMicroseconds, factor: 2),
        maximum: Int64(try law.whole("max_seconds")).saturatedMicroseconds)
      try law.close()
    }
    try laws.close()
    try fields.close()
  }
}

extension Int64 {
  /// Seconds as microseconds, at the end of the range where they do not fit.
  fileprivate var saturatedMicroseconds: Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: 1_000_000)
    return overflow ? (self < 0 ? .min : .max) : product
  }
}
