// Requests that an objective allows and does not allow, by minute: from the cells that incidents are found in.
internal import Model

extension ComponentTimeline {
  /// Requests of an objective's component by time slot, in the order of time, and how long a slot is; none where it had no request.
  func slots(_ objective: Objective) -> (slots: [BudgetSlot], length: Int64) {
    let length = if case .success = objective.target { IncidentPartial.fine } else { IncidentPartial.coarse }
    guard let name = partial.names.find(objective.component.text) else { return ([], length) }
    var slots: [Int64: BudgetSlot] = [:]
    func add(_ requests: Int, bad: Int, at start: Int64) {
      var slot = slots[start] ?? BudgetSlot(start: start, requests: 0, bad: 0)
      slot.requests += requests
      slot.bad += bad
      slots[start] = slot
    }
    switch objective.target {
    case .success:
      for (cell, activity) in partial.activity.cells where cell.a == name {
        add(activity.requests, bad: activity.failures, at: Int64(cell.slot) * length)
      }
    case .latency(_, let within):
      for (cell, tally) in partial.durations.cells where cell.a == name {
        let isLate = IncidentPartial.value(ofBucket: cell.number) > within
        add(tally.count, bad: isLate ? tally.count : 0, at: Int64(cell.slot) * length)
      }
    }
    return (slots.values.sorted { $0.start < $1.start }, length)
  }
}

extension ErrorBudget {
  /// The parts of incidents: bad requests between their start and end.
  mutating func take(_ incidents: [Model.Incident], _ slots: [BudgetSlot], slotLength: Int64) {
    for incident in incidents {
      let bad = slots.reduce(0) { sum, slot in
        slot.start <= incident.end && slot.start &+ slotLength > incident.start ? sum + slot.bad : sum
      }
      if bad > 0 { self.incidents.append(Incident(id: incident.id, bad: bad, spent: spent(Double(bad)))) }
    }
  }
}
