// A segment taken apart by the inputs that its rows come of, so that rows of several segments merge in the order of inputs.

internal import Model

extension Segment {
  /// The rows of each input, with the members that are its own, in the order in which the inputs stand in the segment.
  ///
  /// The symbols stay those of the segment. An input that stands in several places is put together.
  package func byInput() -> [(input: String, part: SegmentPart)] {
    var inputs: [(name: String, members: [Int])] = []
    var numbers: [String: Int] = [:]
    for (member, entry) in zip(sources.members, sources.entries) {
      if let number = numbers[entry.input] {
        inputs[number].members.append(member)
      } else {
        numbers[entry.input] = inputs.count
        inputs.append((entry.input, [member]))
      }
    }
    if inputs.count <= 1 {
      return [(inputs.first?.name ?? "", SegmentPart(symbols: symbols, sources: sources, rows: [rows]))]
    }
    let first = sources.first
    var inputOf = [Int](repeating: 0, count: sources.entries.count)
    var place = inputOf
    var tables = [SourceTable](repeating: SourceTable(), count: inputs.count)
    for (number, input) in inputs.enumerated() {
      for (index, member) in input.members.enumerated() {
        inputOf[member - first] = number
        place[member - first] = index
        tables[number].entries.append(sources.entries[member - first])
      }
    }
    let parts = RowSplit(first: first, inputOf: inputOf, place: place).split(rows, among: inputs.count)
    return inputs.indices.map { number in
      (inputs[number].name, SegmentPart(symbols: symbols, sources: tables[number], rows: [parts[number]]))
    }
  }
}

/// Where each member goes, from the first one on.
private struct RowSplit {
  let first: Int
  let inputOf: [Int]
  let place: [Int]

  func split(_ rows: Rows, among count: Int) -> [Rows] {
    var parts = [Rows](repeating: Rows(), count: count)
    for var row in rows.spans {
      let number = move(&row.source)
      parts[number].spans.append(row)
    }
    for var row in rows.logs {
      let number = move(&row.source)
      parts[number].logs.append(row)
    }
    for var row in rows.metrics {
      let number = move(&row.source)
      parts[number].metrics.append(row)
    }
    for var row in rows.events {
      let number = move(&row.source)
      parts[number].events.append(row)
    }
    for var row in rows.reports {
      let number = move(&row.source)
      parts[number].append(row)
    }
    return parts
  }

  private func move(_ source: inout SourceRef) -> Int {
    let member = source.member - first
    guard inputOf.indices.contains(member) else { return 0 }
    source = SourceRef(member: place[member], value: source.value, isLine: source.isLine)
    return inputOf[member]
  }
}
