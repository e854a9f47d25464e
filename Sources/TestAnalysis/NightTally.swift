// What is counted of every test as it goes by: most only pass, and need not be remembered for the rest of the report.

internal import Model
internal import Support

/// Sums over tonight's tests, and the few extremes.
struct NightTally: Sendable {
  private(set) var tests = 0
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var errors = 0
  private(set) var skipped = 0
  private(set) var notRun = 0
  /// Tonight's builds in which a test ran.
  private(set) var ran: Set<Int> = []
  /// The longest tests, longest first, once all are seen.
  private(set) var slowest: [TestFindings.Cost] = []
  /// Hashes of classes and suites, each at least once.
  private var owners: [UInt64] = []
  private var distinctOwners = 0
  private var lastOwner: UInt64 = 0

  /// How many tests the list of slow ones holds.
  private let listed: Int
  /// A test that took no longer than this is none of the slowest.
  private var threshold: Int64 = 0

  init(listed: Int) { self.listed = listed }

  /// Takes one test's steps of tonight, at least one.
  mutating func observe(_ steps: ArraySlice<TestStep>, name: Span<UInt8>) {
    guard let worst = AttemptModel.worst(steps) else { return }
    tests += 1
    switch worst {
    case .passed: passed += 1
    case .failed: failed += 1
    case .error: errors += 1
    case .skipped: skipped += 1
    case .notRun: notRun += 1
    }
    var total: Int64 = 0
    var attempts = 0
    for step in steps {
      total = total.addingSaturated(step.duration)
      attempts += step.attempts
      if step.ran, !ran.contains(step.build) { ran.insert(step.build) }
    }
    let owner = StableHash.hash(name.extracting(0..<TestIdentity.ownerLength(of: name)))
    if owner != lastOwner || owners.isEmpty {
      lastOwner = owner
      owners.append(owner)
      if owners.count > max(4096, 2 * distinctOwners) { sortOwners() }
    }
    guard total > threshold else { return }
    slowest.append(TestFindings.Cost(test: ForeignName(String(copying: name)), total: total, attempts: attempts))
    if slowest.count >= 32 * listed { cutSlowest() }
  }

  /// All tests were seen.
  mutating func finish() {
    sortOwners()
    cutSlowest()
  }

  /// Classes and suites with at least one test.
  var components: Int { distinctOwners }

  private mutating func sortOwners() {
    owners.sort()
    var kept = 0
    for i in owners.indices where i == 0 || owners[i] != owners[i - 1] {
      owners[kept] = owners[i]
      kept += 1
    }
    owners.removeLast(owners.count - kept)
    distinctOwners = kept
  }

  private mutating func cutSlowest() {
    slowest.sort { ($1.total, $0.test) < ($0.total, $1.test) }
    if slowest.count > listed {
      slowest.removeLast(slowest.count - listed)
      // One as long as the last of them may still stand before it by its name.
      threshold = max(0, slowest[listed - 1].total - 1)
    }
  }
}
