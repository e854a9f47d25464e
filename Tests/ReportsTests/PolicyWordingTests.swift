// Sentences about policies, as an engineer reads them.
import Model
import Support
import Testing

@testable import Reports

@Suite("policy wording")
struct PolicyWordingTests {
  private func logged(
    attempts: Int, _ law: DelayLaw, end: PolicyFindings.LoggedClients.End = .number
  ) -> String {
    var clients = PolicyFindings.LoggedClients(.inferred)
    clients.retries = 200
    clients.attempts = attempts
    clients.laws = [law]
    clients.medianFirstDelay = 30_000
    clients.kinds = [.unavailable]
    clients.end = end
    return PolicyWording.logged(clients).plain
  }

  @Test("a client that tries once more is not said to double its waits")
  func onceMore() {
    let doubling = DelayLaw(.exponential(base: 30_000, factor: 2))
    #expect(logged(attempts: 2, doubling).contains("at most 2 attempts, after 30 ms, after unavailable"))
    #expect(logged(attempts: 3, doubling).contains("after 30 ms times 2 each time"))
  }

  @Test("a law of a client that is late with all it does names the least wait that it may mean")
  func lateClient() {
    var clients = PolicyFindings.LoggedClients(.inferred)
    (clients.retries, clients.attempts, clients.medianFirstDelay) = (20, 3, 60_000)
    clients.laws = [DelayLaw(.exponential(base: 100_000, factor: 2), jitter: .full)]
    clients.bases = PolicyFindings.ClosedInterval(low: 50_500, high: 128_000)
    let law = "100 ms times 2 each time with full jitter"
    #expect(PolicyWording.logged(clients).plain.contains("after \(law) (its waits fit any"))
    clients.leastBase = 50_000
    #expect(PolicyWording.logged(clients).plain.contains("after 50 ms to \(law) (the client is late"))
  }

  @Test("where only callees wrote spans, what cannot be seen is said, and whose spans are missing")
  func calleesOnly() {
    #expect(
      PolicyWording.warning(PolicyFindings.Warning.callersUnseen(calls: 7)).plain.hasPrefix(
        "Only the callee's side is recorded of 7 calls. What reached nobody (refused connections"))
    let none = PolicyFindings.Warning.calleesOnly(
      most: "backend", operation: "get", entries: 2, requests: 2_563, failed: 512)
    let said = PolicyWording.warning(none).plain
    #expect(
      said.hasPrefix("Only the callee's side is recorded: 2,563 requests came to 2 entries, most of them to backend"))
    #expect(said.contains("(get), and 512 failed."))
  }

  @Test("what ends retrying is said where it is not the number of attempts")
  func ends() {
    let law = DelayLaw(.exponential(base: 50_000, factor: 2), jitter: .full)
    #expect(!logged(attempts: 5, law).contains("seen"))
    #expect(logged(attempts: 5, law, end: .notSeen).contains("at most 5 attempts seen (no call was given up"))
    #expect(logged(attempts: 5, law, end: .sooner).contains("at most 5 attempts seen (calls were given up before"))
  }

  @Test("the next best says what it costs beside the best; patience is that of callers above only where there are some")
  func beside() {
    func next(_ behind: Double, _ attempts: Double?, _ latency: Double?) -> String {
      PolicyWording.advice(
        .nextBest(name: "D", behind: behind, attempts: attempts, latencyP99: latency, .requests)
      ).plain
    }
    #expect(
      next(0.001866, -0.25, -96_000)
        == "Next best is D, 1,866 requests in a million behind it, with 0.250 fewer attempts per request and a p99 96 ms shorter."
    )
    #expect(next(0.001866, nil, nil) == "Next best is D, 1,866 requests in a million behind it.")
    #expect(
      next(0, 0.5, 1) == "Next best is D, which serves as many, with 0.500 more attempts per request.")
    let above = PolicyWording.reason(.beyondPatience(p99: 600_000, seen: 400_000, isAbove: true)).plain
    let own = PolicyWording.reason(.beyondPatience(p99: 600_000, seen: 400_000, isAbove: false)).plain
    #expect(above.contains("any caller above was seen to wait (400 ms)"))
    #expect(own.contains("any call was seen to take with all its attempts (400 ms)"))
  }
}
