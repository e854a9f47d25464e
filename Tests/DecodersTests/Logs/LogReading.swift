import Decoders
import Model
import Support

/// What a test says of a log record, in words.
struct ReadLog: Equatable, CustomStringConvertible {
  var time: String
  var component: String
  var severity: String
  var message: String

  init(_ time: String, _ component: String, _ severity: String, _ message: String) {
    self.time = time
    self.component = component
    self.severity = severity
    self.message = message
  }

  var description: String { "(\(time), \(component), \(severity), \(message))" }
}

extension RecordBatch {
  /// The log records: times as hours, minutes and seconds of 2026-11-25 (in full where they are of another day).
  var readLogs: [ReadLog] {
    logs.map { log in
      var time = log.time == .min ? "-" : Timestamp(log.time).rfc3339
      if time.hasPrefix("2026-11-25T") { time = String(time.dropFirst(11).prefix { $0 != "Z" }) }
      while time.contains("."), time.hasSuffix("0") || time.hasSuffix(".") {
        let isDot = time.hasSuffix(".")
        time.removeLast()
        if isDot { break }
      }
      return ReadLog(time, text(log.component), log.severity.eventName, message(log))
    }
  }
}
