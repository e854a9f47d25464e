import Model
import Reports
import Testing

/// Headlines that are read at a glance, and the words of what a component's trouble begins with.
@Suite("Headlines")
struct HeadlineTests {
  private static let cause: ForeignName = "ts-verification-code-service"
  private static let operation: ForeignName = "VerifyCodeController.verifyCode"
  private static let log = CallEvent.log("v.s.i.VerifyCodeServiceImpl#129 [verifyCode][Code not found]", .error)
  private static let call = CallEvent.call(component: "ts-order-service", operation: "/api/v1/order/tickets")

  private func headline(
    _ first: CallEvent, _ next: CallEvent, share: Double, usual: Double, operation: ForeignName = "query",
    affected: [ForeignName] = []
  ) -> String {
    let reason = CauseReason.eventPair(operation: operation, first: first, next: next, share: share, usualShare: usual)
    return IncidentHeadline.departed(cause: "shop", affected: affected, reason).wording.plain
  }

  @Test("a departure says what the calls did, and leaves the events between which they did it to the causes")
  func brief() {
    #expect(
      headline(Self.log, .end, share: 0.95, usual: 0)
        == "shop: 95 % of query calls broke off with an error (usually none)")
    #expect(
      headline(Self.call, .end, share: 0.5, usual: 0.25) == "shop: 50 % of query calls returned early (usually 25 %)")
    #expect(headline(.start, .end, share: 0.5, usual: 0) == "shop: 50 % of query calls returned at once (usually none)")
    #expect(
      headline(.start, Self.log, share: 1, usual: 0)
        == "shop: 100 % of query calls wrote an error record (usually none)")
    #expect(
      headline(Self.call, Self.call, share: 0.5, usual: 0)
        == "shop: 50 % of query calls took another way (usually none)")
    #expect(
      headline(Self.call, Self.log, share: 0, usual: 1)
        == "shop: 100 % of query calls left their usual way (usually none)")
    #expect(
      headline(.start, .end, share: 0.5, usual: 0, affected: ["till"])
        == "shop: 50 % of query calls returned at once (usually none); also affected: till")
  }

  @Test(
    "no departure's headline is longer than a line, however long its names are",
    arguments: [0, 1, 5])
  func length(affected: Int) {
    let others = (0..<affected).map { ForeignName("ts-preserve-other-service-\($0)") }
    for (first, next) in [(Self.log, CallEvent.end), (Self.call, .end), (Self.call, Self.log), (.start, .end)] {
      for (share, usual) in [(0.949, 0.0512), (0, 1), (1, 0)] {
        let reason = CauseReason.eventPair(
          operation: Self.operation, first: first, next: next, share: share, usualShare: usual)
        let text = IncidentHeadline.departed(cause: Self.cause, affected: others, reason).wording.plain
        #expect(text.count <= 90, "\(text)")
        #expect(text.hasPrefix("ts-verification-code-service: "), "\(text)")
      }
    }
  }

  @Test("no headline of what failed, slowed or fell silent is longer than a line: names give way to their number")
  func others() {
    let names = ["ts-verification-code-service", "ts-preserve-other-service", "ts-order-service", "ts-ui"]
    let affected = names.map { ForeignName($0) }
    let impact = RequestImpact(failed: 1234, slow: 567, requests: 98_765)
    let kinds: [(RequestImpact, [ForeignName]) -> IncidentHeadline] = [
      { .failed(cause: Self.cause, affected: $1, $0) }, { .slowed(cause: Self.cause, affected: $1, $0) },
      { .silent(cause: Self.cause, affected: $1, $0) }, { .retried(cause: Self.cause, affected: $1, $0) },
      { .crashed(cause: Self.cause, deaths: 3, affected: $1, $0) }, { .recorded(cause: Self.cause, affected: $1) },
    ]
    for kind in kinds {
      for count in 0...4 {
        for impact in [impact, RequestImpact()] {
          let text = kind(impact, Array(affected.prefix(count))).wording.plain
          #expect(text.count <= 90 && text.contains(Self.cause.text), "\(text)")
          if count > 1 {
            #expect(text.contains("\(count) more affected") || text.contains("2") || impact.requests > 0, "\(text)")
          }
        }
      }
    }
    let few = IncidentHeadline.failed(
      cause: "shop", affected: ["till", "cart"], RequestImpact(failed: 3, requests: 70))
    #expect(few.wording.plain == "Requests failed because of shop, and with it till, cart; 3 of 70 requests failed")
    #expect(
      IncidentHeadline.silent(cause: Self.cause, affected: affected, RequestImpact(failed: 3, requests: 70)).wording
        .plain
        == "ts-verification-code-service fell silent; 4 more affected; 3 of 70 requests failed")
  }

  @Test("one that is slow while a resource is nearly used up says of which, one that is slow says no more")
  func short() {
    let impact = RequestImpact(slow: 3, requests: 70)
    let short = CauseReason.metric(name: "CpuUsageRate(%)", value: 89.6, usual: 0.382)
    #expect(
      IncidentHeadline.slowed(cause: "shop", affected: [], impact, short: short).wording.plain
        == "shop became slow with CpuUsageRate(%) at 89.6; 3 of 70 requests were slow")
    #expect(
      IncidentHeadline.slowed(cause: "shop", affected: [], impact).wording.plain
        == "shop became slow; 3 of 70 requests were slow")
  }

  @Test("a timeline says what begins, and of each sign something else")
  func beginnings() {
    let all: [IncidentBeginning] = [
      .otherWay, .slowCode, .slowWay, .shortOfResource, .silence, .death, .calledMore, .callsMore, .records, .failures,
    ]
    let words = Set(all.map { IncidentEvent.departs($0).wording.plain })
    #expect(words.count == all.count)
    #expect(words.allSatisfy { !$0.contains("anomaly") })
  }
}
