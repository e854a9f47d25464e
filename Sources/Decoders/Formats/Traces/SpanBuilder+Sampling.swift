// Spans that were kept in place of others: how many requests they stand for, whoever says so.

internal import Model
internal import Support

extension SpanBuilder {
  /// Takes a rate of either kind: the span stands for so many requests.
  mutating func takeSampleRate(_ text: Span<UInt8>) {
    guard let weight = Self.weight(ofRate: text) else { return }
    issues.insert(.sampled)
    weigh(weight)
  }

  /// Takes the type or the parameter of Jaeger's sampler, which come in any order.
  mutating func takeSampler(_ text: Span<UInt8>, isType: Bool) {
    if isType {
      // A number of traces a second, whatever it is, keeps some and not all.
      if FieldText.isWord(text, "ratelimiting") || FieldText.isWord(text, "lowerbound") { issues.insert(.sampled) }
      isProbabilistic = FieldText.isWord(text, "probabilistic")
    } else {
      // Of a sampler that limits it is a number of traces a second, which tells no share.
      samplerShare = FieldText.double(text) ?? 1
      if samplerShare > 0, samplerShare != 1 { issues.insert(.sampled) }
    }
    if isProbabilistic, samplerShare > 0, samplerShare < 1 { weigh(1 / samplerShare) }
  }

  /// The greatest of several weights: one that is told twice is one.
  private mutating func weigh(_ value: Double) {
    let weight = SampleWeight(value)
    if weight.code > span.weight.code { span.weight = weight }
  }

  /// How many requests a record stands for by a rate: so many (SampleRate, Application Insights' itemCount), or by the share that was kept
  /// (Datadog's and Elastic's sample rates); nil where it stands for itself.
  static func weight(ofRate text: Span<UInt8>) -> Double? {
    guard let rate = FieldText.double(text), rate > 0, rate != 1 else { return nil }
    return rate > 1 ? rate : 1 / rate
  }

  /// Takes the state of the trace as its propagation carries it (W3C, with OpenTelemetry's member `ot`): a threshold of
  /// rejection that is not 0, or an exponent `p` of the older form, tells that the span stands for more than itself.
  mutating func takeTraceState(_ b: Span<UInt8>, _ text: Range<Int>) {
    var i = text.lowerBound
    var isFound = false
    while i &+ 4 < text.upperBound {
      if b[i] == 0x6F, b[i &+ 1] == 0x74, b[i &+ 2] == 0x3D,
        i == text.lowerBound || b[i &- 1] == 0x2C || b[i &- 1] == 0x20
      {
        i &+= 3
        isFound = true
        break
      }
      i &+= 1
    }
    guard isFound else { return }
    while i &+ 2 < text.upperBound, b[i] != 0x2C {
      let isThreshold = b[i] == 0x74 && b[i &+ 1] == 0x68 && b[i &+ 2] == 0x3A
      let isExponent = b[i] == 0x70 && b[i &+ 1] == 0x3A
      if isThreshold || isExponent, b[i &- 1] == 0x3D || b[i &- 1] == 0x3B {
        let value = i &+ (isThreshold ? 3 : 2)
        // What is no number tells nothing.
        if let weight = Self.weight(b, value..<text.upperBound, isThreshold: isThreshold), weight != 1 {
          issues.insert(.sampled)
          weigh(weight)
        }
      }
      i &+= 1
    }
  }

  /// The requests that one stands for by its threshold of rejection, hexadecimal digits of 56 bits without the zeros at their end, or by
  /// the negated exponent of its probability ("TraceState: Probability Sampling" of OpenTelemetry); nil for what is neither, 0 for
  /// a span that stands for none.
  private static func weight(_ b: Span<UInt8>, _ text: Range<Int>, isThreshold: Bool) -> Double? {
    var value = 0.0
    var digits = 0
    var i = text.lowerBound
    while i < text.upperBound, digits < 15 {
      let digit = isThreshold ? hexDigit(b[i]) : b[i] &- 0x30
      guard digit < (isThreshold ? 16 : 10) else { break }
      value = value * (isThreshold ? 16 : 10) + Double(digit)
      digits &+= 1
      i &+= 1
    }
    if i < text.upperBound, b[i] != 0x3B, b[i] != 0x2C, b[i] != 0x20 { return nil }
    guard digits > 0, digits < 15 else { return nil }
    guard isThreshold else { return value < 63 ? Double(sign: .plus, exponent: Int(value), significand: 1) : 0 }
    let rejected = value / Double(sign: .plus, exponent: 4 * digits, significand: 1)
    return rejected < 1 ? 1 / (1 - rejected) : 1
  }
}
