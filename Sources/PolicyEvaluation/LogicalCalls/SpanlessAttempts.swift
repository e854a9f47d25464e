// What the attempts of one edge tell of others that left no span of their own.
internal import Model
internal import Support

/// Calls that hold, or may follow, attempts of which nothing but time is left.
enum SpanlessAttempts {
  /// Calls that last longer than the attempts seen in them explain.
  static func refusals(_ attempts: [LoggedAttempt]) -> Int {
    let leads = attempts.filter { $0.lead != .max && $0.isFirst }.map { Int($0.lead) }.sorted()
    // Only where one client span is seen to hold several attempts may it hold some that reached nobody.
    guard attempts.contains(where: { $0.marks.contains(.inner) }) else {
      return slowRefusals(attempts, lead: leads.count < 8 ? nil : leads[leads.count / 2])
    }
    guard leads.count >= 20 else { return 0 }
    let usual = leads[leads.count * 9 / 10] * 5 + 50
    return attempts.indices.count { i in
      let attempt = attempts[i]
      if attempt.isFirst, attempt.lead != .max { return Int(attempt.lead) > usual }
      let isAlone = attempt.isFirst && (i + 1 == attempts.count || attempts[i + 1].isFirst)
      return isAlone && attempt.failure != 0 && attempt.answered < 0 && attempt.marks.isEmpty
    }
  }

  /// Failed root calls that another root may try again: none where most of them hold several attempts, as a span that holds
  /// its client's retries is the whole call.
  static func rootsApart(_ attempts: [LoggedAttempt]) -> Int {
    let failed = attempts.calls.filter { attempts[$0.lowerBound].isRoot && attempts[$0.upperBound - 1].failure != 0 }
    let whole = failed.count { $0.count > 1 }
    return whole * 2 > failed.count ? 0 : failed.count
  }

  /// Calls that reached nobody and took longer than being refused does: a refusal comes back after one way to and fro, so
  /// they tried again within one span.
  ///
  /// `lead` is the median of the way to a callee that answered, tenths of a millisecond; nil where too few did.
  /// - Returns: none where clients are seen to retry by spans of their own, or where most refusals come at once.
  private static func slowRefusals(_ attempts: [LoggedAttempt], lead: Int?) -> Int {
    guard attempts.allSatisfy(\.isFirst) else { return 0 }
    let refused = attempts.filter {
      $0.failure == FailureKind.targetUnreachable.rawValue && $0.answered < 0 && $0.marks.isEmpty
    }
    // Ten ways, and what a busy machine is late by; where too few answered to tell, as long as the longest cable.
    let limit = lead.map { Int64($0) * 1_000 + 50_000 } ?? 150_000
    let slow = refused.count { $0.duration > limit }
    return slow >= 3 && slow * 2 > refused.count ? slow : 0
  }
}
