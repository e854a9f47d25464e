package import Model
internal import Support

/// What the records of one stream have in common: a sign of whether they were read rightly.
///
/// Where one value explains everything, reading went wrong more often than the night did: every line a component of its own
/// (an address or an id taken for a name), every line fatal (a tag taken for a level), every request failed. From fifty
/// records without an exception on, at most six in a hundred can be otherwise with 95 % confidence (the rule of three,
/// Hanley and Lippman-Hand, JAMA 1983).
package struct StreamProfile: Sendable {
  private var lines = 0
  private var fatal = 0
  private var spans = 0
  private var failed = 0
  /// Spans that name no service, log lines that name no day.
  private var unnamed = 0
  private var undated = 0
  private var unplaced = 0
  private var components: Set<Symbol> = []
  private var last = Symbol.none

  private static let enough = 50
  /// From so many records on, a lack in all of them is no accident. A choice.
  private static let some = 10

  package init() {}

  @inline(__always) mutating func saw(_ line: LogRow) {
    lines &+= 1
    if line.severity == .fatal { fatal &+= 1 }
    if line.time == .min { undated &+= 1 }
    if line.component != last {
      last = line.component
      components.insert(last)
    }
  }

  @inline(__always) mutating func saw(_ span: SpanRow, isNamed: Bool) {
    spans &+= 1
    if !isNamed { unnamed &+= 1 }
    if span.start == 0 { unplaced &+= 1 }
    if span.failureCode != 0 { failed &+= 1 }
  }

  /// What makes the reading suspect, nil where nothing does.
  package var suspicion: MessageText? {
    if lines >= Self.enough, components.count * 10 >= lines * 9 {
      return
        "nearly every log line is a component of its own: what is taken for the name is probably an id or an address"
    }
    if lines >= Self.enough, fatal * 20 >= lines * 19 {
      return "nearly every log line is fatal: what is taken for the level is probably something else"
    }
    if lines >= Self.some, undated == lines {
      return
        "no log line has a time that names a day: none of them takes part in incidents; a layer that has one (kubectl logs --timestamps, docker logs -t) would place them"
    }
    if spans >= Self.some, unplaced == spans {
      return
        "no request has a time that names a day: none of them takes part in incidents; a layer that has one (kubectl logs --timestamps, docker logs -t) would place them"
    }
    if spans >= Self.some, unnamed == spans {
      return
        "no span names its service: all count as one component; name the field in the pipeline file, formats: component, or the file's with components.rename"
    }
    if spans >= Self.enough, failed == spans {
      return "every span failed: what is taken for the outcome is probably something else, or the export was filtered"
    }
    return nil
  }
}
