// The digest side of the test analysis: report pieces in, a partial out.

package import Core
package import Events

/// Takes the test reports of one partition, piece by piece, in any order.
package struct TestDigester: Sendable {
  private var partial = TestPartial()
  private var signer = FailureSigner()

  package init() {}

  /// Takes one report or one piece of a large one.
  ///
  /// - Parameters:
  ///   - report: the report's rows with the name it is listed under.
  ///   - sources: the table that the rows' places refer to.
  package mutating func observe(_ report: ReportRow, sources: SourceTable) {
    let file = report.file
    let place = sources.location(file.source)
    let key = TestPartial.Key(path: report.path, input: place.input, member: place.member)
    var part = partial.files[key] ?? TestFilePart(path: report.path, input: place.input, member: place.member)
    partial.files[key] = nil
    if file.isLast || part.dialect.isEmpty { part.dialect = file.dialect }
    part.isComplete = part.isComplete && file.complete
    part.isRecovered = part.isRecovered || file.recovered
    if file.isLast {
      part.isClosed = true
      let origin = RunOrigin(properties: file.properties, path: report.path)
      part.revision = origin.revision
      part.branch = origin.branch
      part.configuration = origin.configuration
      part.build = origin.build
    }
    var notes: [TestCaseNote] = []
    notes.reserveCapacity(file.records.count)
    for record in file.records { notes.append(note(record)) }
    part.pieces[file.piece] = notes
    partial.files[key] = part
  }

  /// The partial of everything observed.
  package consuming func finish() -> TestPartial { partial }

  private mutating func note(_ record: TestRecord) -> TestCaseNote {
    let identity = TestIdentity(record)
    let cause = SetupFailure.cause(of: record)
    let isFailure = record.outcome == .failed || record.outcome == .error
    var failure: FailureNote?
    if isFailure || !cause.isEmpty {
      failure = signer.note(
        type: record.failureType, message: record.message, stack: record.stack, cause: cause)
    }
    return TestCaseNote(
      test: identity.text, attempt: identity.attempt, outcome: record.outcome, marks: record.marks,
      duration: record.duration, time: record.time, line: record.source.value, failure: failure,
      isBare: record.outcome == .passed && record.message.isEmpty && record.output.isEmpty && record.properties.isEmpty,
      inner: record.attempts.map { attempt in
        TestCaseNote.Inner(
          outcome: attempt.outcome, duration: attempt.duration,
          failure: signer.note(
            type: attempt.failureType, message: attempt.message, stack: attempt.stack, cause: ""))
      })
  }
}
