// Admission: the gate in front of a component, what it puts off, and in which order.
import Model
import Policies
import Testing

private let ms: Int64 = 1000

/// Event times in milliseconds; each event's run takes `takes`.
private func arrive(_ gate: inout AdmissionGate, _ times: [Int64]) -> [AdmissionDecision] {
  times.enumerated().map { index, time in
    let (episode, entries) = gate.arrive("c\(index)", at: time * ms)
    return entries.last { $0.episode == episode }?.decision ?? .skip
  }
}

@Test("the clock goes forward only")
func clock() {
  var gate = AdmissionGate(AdmissionSettings())
  gate.advance(to: 100)
  gate.advance(to: 50)
  #expect(gate.now == 100)
}

@Test("episodes count from 0; an idle tick uses none and logs nothing")
func episodeIDs() {
  var gate = AdmissionGate(AdmissionSettings())
  let first = gate.arrive("a", at: 0).episode
  let logged = gate.log.count
  // As written, an idle tick logged a Defer and burned an id.
  #expect(gate.tick(at: 5).isEmpty)
  #expect(gate.log.count == logged)
  let second = gate.arrive("b", at: 6).episode
  #expect([first, second] == [0, 1])
}

@Test("two per 100 ms: the third waits for a slot of its own, not all for the same one")
func rateWindow() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 2, window: 100 * ms))
  #expect(arrive(&gate, [0, 10, 20, 30, 40]) == [.invoke, .invoke, .defer, .defer, .defer])
  let deferred = gate.log.filter { $0.decision == .defer }
  let asWritten: [Int64] = [100, 100, 100]
  let mended = deferred.compactMap { $0.scheduleAt.map { $0 / ms } }
  #expect(asWritten[0] == mended[0])
  #expect(mended == [100, 110, 200])
  #expect(deferred.map(\.reason) == [.rate, .queued, .queued])
  #expect(gate.log.filter { $0.decision == .invoke }.allSatisfy { $0.scheduleAt == nil })
}

@Test("a tick serves everything due, under the origin's name")
func ticks() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 2, window: 100 * ms))
  _ = arrive(&gate, [0, 10, 20, 30, 40])
  #expect(gate.tick(at: 99 * ms).isEmpty)
  let due = gate.tick(at: 110 * ms)
  // As written: one item per tick, logged under the tick's id.
  #expect(due.map(\.origin) == ["c2", "c3"])
  #expect(due.map(\.episode) == [2, 3])
  #expect(gate.nextDue == 210 * ms)
}

@Test("whoever came first is served first, however often it was put off")
func orderIsKept() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 1, window: 100 * ms))
  _ = arrive(&gate, [0, 10, 20])
  // As written, the re-deferred third was overtaken by the fourth at 110.
  let served = gate.tick(at: 100 * ms) + gate.tick(at: 110 * ms) + gate.tick(at: 200 * ms)
  #expect(served.filter { $0.decision == .invoke }.map(\.origin) == ["c1", "c2"])
}

@Test("a new arrival does not overtake deferred work that is due")
func arrivalsQueue() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 1, window: 100 * ms))
  _ = arrive(&gate, [0, 10])
  let (_, entries) = gate.arrive("late", at: 100 * ms)
  #expect(entries.map(\.origin) == ["c1", "late"])
  #expect(entries.map(\.decision) == [.invoke, .defer])
}

@Test("in-flight work counts until it ends; zero is refused")
func concurrency() {
  var gate = AdmissionGate(AdmissionSettings(maxInFlight: 1))
  let asWritten: [AdmissionDecision] = [.invoke, .invoke, .invoke]
  let mended = arrive(&gate, [0, 0, 0])
  #expect(mended != asWritten)
  #expect(mended == [.invoke, .defer, .defer])
  #expect(gate.inFlight == 1)
  let served = gate.complete(0, failure: 0, at: 50 * ms)
  #expect(served.map(\.origin) == ["c1"])
  #expect(!AdmissionSettings(maxInFlight: 0).problems.isEmpty)
}

@Test("the pair is set or not at all, and zero blocks")
func admissionValidation() {
  #expect(!AdmissionSettings(maxPerWindow: 2).problems.isEmpty)
  #expect(!AdmissionSettings(window: 5).problems.isEmpty)
  #expect(!AdmissionSettings(maxPerWindow: 1, window: 0).problems.isEmpty)
  #expect(!AdmissionSettings(maxPerWindow: 0, window: 100).problems.isEmpty)
  #expect(AdmissionSettings(maxPerWindow: 1, window: 100).problems.isEmpty)
  var blocked = AdmissionGate(AdmissionSettings(maxPerWindow: 0, window: 100 * ms))
  // As written, 0 acted as 1.
  #expect(arrive(&blocked, [0]) == [.defer])
}

@Test("retries are extra attempts; the default makes one")
func retries() {
  var gate = AdmissionGate(AdmissionSettings(maxRetries: 2))
  _ = gate.arrive("a", at: 0)
  let again = gate.complete(0, failure: FailureKind.timeout.rawValue, at: 1)
  #expect(again.map(\.retryCount) == [1])
  #expect(gate.complete(0, failure: FailureKind.timeout.rawValue, at: 2).map(\.retryCount) == [2])
  #expect(gate.complete(0, failure: 0, at: 3).isEmpty)
  var once = AdmissionGate(AdmissionSettings())
  _ = once.arrive("a", at: 0)
  #expect(once.complete(0, failure: FailureKind.timeout.rawValue, at: 1).isEmpty)
  #expect(once.inFlight == 0)
}

@Test("a retry passes the gate: one per 100 ms means one per 100 ms")
func retriesPassTheGate() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 1, window: 100 * ms, maxRetries: 3))
  _ = gate.arrive("a", at: 0)
  var starts: [Int64] = [0]
  var now: Int64 = 1 * ms
  for _ in 0..<3 {
    let put = gate.complete(0, failure: FailureKind.timeout.rawValue, at: now)
    #expect(put.map(\.decision) == [.defer])
    guard let due = gate.nextDue else { break }
    starts += gate.tick(at: due).filter { $0.decision == .invoke }.map { $0.at / ms }
    now = due + ms
  }
  // As written: four runs at once.
  #expect(starts == [0, 100, 200, 300])
  var slow = AdmissionGate(AdmissionSettings(maxRetries: 1, backoff: Backoff(.fixed(10 * ms))))
  _ = slow.arrive("a", at: 0)
  #expect(slow.complete(0, failure: FailureKind.timeout.rawValue, at: ms).first?.reason == .backoff)
  #expect(slow.nextDue == 11 * ms)
}

@Test("the deadline is the request's, over all attempts")
func admissionDeadline() {
  var gate = AdmissionGate(AdmissionSettings(deadline: 10 * ms, maxRetries: 3))
  _ = gate.arrive("a", at: 0)
  #expect(gate.complete(0, failure: FailureKind.timeout.rawValue, at: 6 * ms).map(\.decision) == [.invoke])
  let over = gate.complete(0, failure: FailureKind.timeout.rawValue, at: 12 * ms)
  #expect(over.map(\.decision) == [.skip])
  #expect(over.first?.reason == .deadline)
}

@Test("put off too often, it is skipped, with the reason")
func maxDefers() {
  var gate = AdmissionGate(AdmissionSettings(maxPerWindow: 1, window: 100 * ms, maxDefers: 0))
  _ = arrive(&gate, [0, 10])
  // Due at 100, but an older event of the same moment has taken the slot.
  var busy = AdmissionGate(AdmissionSettings(maxInFlight: 1, maxPerWindow: 1, window: 100 * ms, maxDefers: 0))
  _ = busy.arrive("a", at: 0)
  _ = busy.complete(0, failure: 0, at: 1)
  _ = busy.arrive("b", at: 10 * ms)
  _ = busy.tick(at: 100 * ms)
  _ = busy.arrive("c", at: 101 * ms)
  #expect(busy.complete(1, failure: 0, at: 150 * ms).isEmpty)
  #expect(busy.waiting == 1)
}

@Test("an event from the past is judged by the clock, and its lateness is on record")
func lateEvents() {
  var gate = AdmissionGate(AdmissionSettings())
  _ = gate.arrive("a", at: 100)
  let (_, entries) = gate.arrive("b", at: 60)
  #expect(entries.first?.lateness == 40)
  #expect(entries.first?.at == 100)
}

@Test("which failures are tried again is one explicit table")
func retryTable() {
  let settings = AdmissionSettings()
  let asWritten: Set<FailureKind> = [.timeout, .unavailable, .runtime]
  #expect(asWritten.allSatisfy { settings.retryOn.contains(code: $0.rawValue) })
  for kind in FailureKind.allCases {
    let expected = kind.isRetryable || kind == .runtime
    #expect(settings.retryOn.contains(code: kind.rawValue) == expected)
  }
  #expect(!settings.retryOn.contains(code: FailureKind.semantic.rawValue))
}

@Test("one log entry per decision, nothing else keeps state")
func decisionLog() {
  var gate = AdmissionGate(AdmissionSettings(maxInFlight: 1))
  _ = arrive(&gate, [0, 1])
  #expect(gate.log.map(\.decision) == [.invoke, .defer])
  gate.keepsLog = false
  _ = arrive(&gate, [2])
  #expect(gate.log.count == 2)
}
