// The columns of Jaeger's documents, as a table of a search store's user interface has them.

internal import Model

extension TableMapping {
  /// Takes the columns of a table of Jaeger's spans (Kibana's Discover, "Download CSV"): each path is a column, times and durations are
  /// microseconds, and numbers may have commas between thousands; or the rows of Jaeger's table in Cassandra (`COPY traces TO`). The store has another character for the dots in a tag's name.
  mutating func takeJaeger(_ names: [String]) {
    func find(_ options: String...) -> Int { Self.column(options, in: names) }
    let service = find("processservicename")
    let isCassandra = Set(["spanhash", "process", "refs"]).isSubset(of: names)
    guard service >= 0 || isCassandra, find("operationname") >= 0 else { return }
    component = service
    if isCassandra {
      (process, references) = (find("process"), find("refs"))
      hasDecimalIDs = true
    }
    if case let micros = find("starttime"), micros >= 0 {
      start = micros
      startUnit = .microseconds
    }
    durationUnit = .microseconds
    durationIsGrouped = true
    parent = find("referencesspanid", "parentspanid", "parentid")
    if spanKind < 0 { spanKind = find("tagspankind") }
    if error < 0 { error = find("tagerror") }
    if httpStatus < 0 { httpStatus = find("taghttpstatuscode", "taghttpresponsestatuscode") }
    if grpcStatus < 0 { grpcStatus = find("tagrpcgrpcstatuscode") }
    if peer < 0 { peer = find("tagpeerservice") }
    if statusMessage < 0 { statusMessage = find("tagotelstatusdescription") }
  }
}
