internal import Model
internal import Support

/// What the layers around a line said of it: container runtime, syslog, journal, log store.
struct LineEnvelope {
  /// Microseconds since the epoch, `Int64.min` where no layer has a time.
  var time = Int64.min
  /// The container, unit or application that a layer names; none where none does.
  var component = Symbol.none
  /// Where the line stands.
  var source: SourceRef

  init(source: SourceRef) { self.source = source }
}
