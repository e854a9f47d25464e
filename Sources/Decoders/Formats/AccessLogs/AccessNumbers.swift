// Numbers of an access line that only the other lines of its program tell apart.

internal import Model
internal import Support

/// What the lines of a stream so far say of their numbers: all lines of one component are of one `log_format`, and a stream may be of
/// several (docker compose, a collector's file).
struct AccessNumbers {
  private struct Known: OptionSet {
    var rawValue: UInt8
    /// The only number behind a request is the bytes of its answer: one was no status.
    static let areBytes = Known(rawValue: 1)
    /// The only number with a fraction was a time: it had other decimals than a ratio's two.
    static let areTimes = Known(rawValue: 2)
  }

  /// Of so many components something is remembered; the lines of any other speak for themselves.
  private static let mostComponents = 256

  private var components: [Symbol: Known] = [:]
  /// The last component and what is known of it: its lines mostly come in a row.
  private var last = Symbol.none
  private var known: Known = []

  /// Takes back what a line's number is not, or may not be.
  @inline(__always) mutating func settle(_ record: inout AccessRecord, of component: Symbol) {
    if record.onlyNumber.isEmpty, record.latencyField.isEmpty { return }
    settleNumbers(of: &record, component)
  }

  private mutating func settleNumbers(of record: inout AccessRecord, _ component: Symbol) {
    if component != last { (last, known) = (component, components[component] ?? []) }
    var news: Known = []
    if !record.onlyNumber.isEmpty {
      if record.onlyNumber.count > 3 { news = .areBytes }
      // In doubt there is no status: a failure that was none is worse than one that is not seen.
      if known.union(news).contains(.areBytes) || !AccessShapes.isUsualStatus(record.status) {
        record.hasLostStatus = news.isEmpty && AccessShapes.isUsualStatus(record.status)
        record.status = 0
      }
    }
    if !record.latencyField.isEmpty {
      if !record.mayBeRatio {
        news.insert(.areTimes)
      } else if !known.contains(.areTimes) {
        // `$gzip_ratio` of nginx: a ratio takes no time. It may as well be one that is rounded, which is told.
        record.latency = -1
        record.latencyField = 0..<0
        record.hasUnitlessDuration = true
      }
    }
    if known.isSuperset(of: news) { return }
    known.formUnion(news)
    if components[component] != nil || components.count < Self.mostComponents {
      components[component] = known
    } else {
      // What is not remembered counts for no line but its own.
      known = []
    }
  }
}
