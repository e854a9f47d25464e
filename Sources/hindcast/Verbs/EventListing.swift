internal import Decoders
internal import Segments
internal import Model
package import Runs
internal import Support
internal import Traces

/// `events`: what was understood, as event lines, or the record counts.
package enum EventListing {
  /// Requests are written in the order of their ids within each of so many partitions.
  private static let partitions = 64

  /// Every record as structural events, one a line.
  package static func lines(_ options: RunSetup.Options) -> Int32 {
    do {
      let request = try RunSetup.request(options)
      let extraction = try Extraction.run(request, partitions: partitions)
      for partition in 0..<partitions {
        let segment = try extraction.store.segment([partition])
        extraction.store.drop(partition)
        var out: [UInt8] = []
        var failure: FileFailure?
        func flush(over limit: Int) {
          guard failure == nil, out.count > limit else { return }
          do throws(FileFailure) { try Console.write(out) } catch { failure = error }
          out.removeAll(keepingCapacity: true)
        }
        var assembler = TraceAssembler()
        assembler.assemble(segment) { tree in
          for event in EventExpansion.events(of: tree) { EventLine.append(event, segment.symbols, to: &out) }
          flush(over: 1 << 20)
        }
        for log in segment.rows.logs where log.request.isNone {
          EventLine.append(EventExpansion.event(of: log), segment.symbols, to: &out)
        }
        for event in segment.rows.events where event.request.isNone {
          EventLine.append(event, segment.symbols, to: &out)
        }
        for metric in segment.rows.metrics {
          EventLine.append(EventExpansion.event(of: metric, segment.symbols), segment.symbols, to: &out)
        }
        flush(over: 0)
        if let failure { throw failure }
      }
      return told(extraction)
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// The record counts: per input and member what was read, used, repaired and skipped.
  package static func stats(_ options: RunSetup.Options, _ format: ListingFormat = .text) -> Int32 {
    do {
      let request = try RunSetup.request(options)
      let extraction = try Extraction.run(request, partitions: 1)
      if format != .text {
        try Console.print(table(extraction.outcomes).show(format) { "" })
        return told(extraction)
      }
      var text = ""
      for outcome in extraction.outcomes {
        text += "\(Console.inert(outcome.name)): \(outcome.bytes) bytes, \(outcome.members) members, "
        text += line(outcome.recordCounts) + ", \(outcome.events) events\n"
        for member in outcome.memberCounts where !member.member.isEmpty {
          let format = member.format.isEmpty ? "unknown" : member.format.text
          text +=
            "  \(Console.inert(member.member.text)) (\(format)): \(member.bytes) bytes, " + line(member.recordCounts)
            + "\n"
        }
        text += notes(of: outcome)
      }
      try Console.print(text)
      return told(extraction)
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// A row an input, and one for each of its members.
  private static func table(_ outcomes: [InputOutcome]) -> Listing {
    var listing = Listing(["input", "member", "format", "bytes", "records", "used", "skipped", "repaired"])
    func row(_ input: String, member: String, format: String, bytes: Int, _ counts: RecordCounts) {
      listing.rows.append([
        .text(input), .text(member), .text(format), .count(bytes), .count(counts.records), .count(counts.used),
        .count(counts.skippedTotal), .count(counts.repaired.values.reduce(0, +)),
      ])
    }
    for outcome in outcomes {
      row(outcome.name, member: "", format: "", bytes: outcome.bytes, outcome.recordCounts)
      for member in outcome.memberCounts where !member.member.isEmpty {
        row(
          outcome.name, member: member.member.text, format: member.format.text, bytes: member.bytes,
          member.recordCounts)
      }
    }
    return listing
  }

  /// Everything that was noted about the inputs, a line each, for those who asked for it.
  static func tellAll(_ outcomes: [InputOutcome]) {
    for outcome in outcomes {
      Console.tell("\(outcome.name): \(outcome.bytes) bytes, \(outcome.members) members, \(line(outcome.recordCounts))")
      for diagnostic in outcome.diagnostics {
        let count = diagnostic.count > 1 ? " (\(diagnostic.count) times)" : ""
        Console.tell(
          "  \(diagnostic.severity.name): \(diagnostic.code): \(diagnostic.location.description): \(diagnostic.message)\(count)"
        )
      }
    }
  }

  /// How each format was recognised, and what was noted.
  private static func notes(of outcome: InputOutcome) -> String {
    var text = ""
    for format in Set(outcome.memberCounts.filter { $0.recordCounts.used > 0 }.map(\.format.text)).sorted() {
      if let sign = FormatCatalog.sign(of: format) { text += "  \(format): recognised by \(sign)\n" }
    }
    for diagnostic in outcome.diagnostics where diagnostic.severity == .note {
      let count = diagnostic.count > 1 ? " (\(diagnostic.count) times)" : ""
      let place = Console.inert(diagnostic.location.description)
      text += "  note: \(diagnostic.code): \(place): \(Console.inert(diagnostic.message.plain))\(count)\n"
    }
    return text
  }

  private static func line(_ recordCounts: RecordCounts) -> String {
    var text = "\(recordCounts.records) records = \(recordCounts.used) used + \(recordCounts.skippedTotal) skipped"
    for (title, counts) in [("skipped", recordCounts.skipped), ("repaired", recordCounts.repaired)]
    where !counts.isEmpty {
      let parts = counts.sorted { $0.key < $1.key }.map { "\(Console.inert($0.key)) \($0.value)" }
      text += ", \(title): " + parts.joined(separator: ", ")
    }
    return text
  }

  /// Tells the diagnostics that are worth more than a note, and gives the exit code.
  private static func told(_ extraction: Extraction) -> Int32 {
    var code = Exit.done
    for diagnostic in NightRun.unused(extraction.outcomes) {
      Console.tell("\(diagnostic.location.description): \(diagnostic.message)")
      code = Exit.partlyUnread
    }
    for diagnostic in extraction.outcomes.flatMap(\.diagnostics) where diagnostic.severity > .note {
      Console.tell("\(diagnostic.severity.name): \(diagnostic.location.description): \(diagnostic.message)")
      if diagnostic.meansUnread { code = Exit.partlyUnread }
    }
    return code
  }
}
