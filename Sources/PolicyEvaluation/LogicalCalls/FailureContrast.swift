// Does anybody try failed calls again? Then more calls come just after failures than just after successes.
internal import Support

/// Calls just after failures against calls just after successes, stretch by stretch of the log.
///
/// Traffic that swings, comes in batches or has bad hours brings more calls near failures as well, but no more than it brings near
/// successes of the same stretch: rates are compared within stretches and the differences added (N. Mantel and W. Haenszel,
/// 1959, for rates).
enum FailureContrast {
  /// Calls a stretch.
  private static let stretch = 200

  /// Of one stretch: the time just after failures and the calls in it, and just after successes.
  private struct Exposure {
    var (failed, failedCalls) = (0.0, 0)
    var (served, servedCalls) = (0.0, 0)
  }

  /// - Parameters:
  ///   - calls: in the order of their starts.
  ///   - reaches: seconds that count as just after.
  /// - Returns: the greatest difference over the reaches, in standard deviations.
  static func z(_ calls: [RootClusters.Call], near reaches: [Double]) -> Double {
    guard let first = calls.first?.start, let last = calls.map(\.end).max() else { return 0 }
    let count = max(calls.count / stretch, 1)
    let width = max(last - first, 1) / Double(count)
    return reaches.map { reach in
      var exposures = [Exposure](repeating: Exposure(), count: count)
      var (afterFailure, afterSuccess) = (-Double.infinity, -Double.infinity)
      for call in calls {
        let place = Int(min(max((call.start - first) / width, 0), Double(count - 1)))
        if call.start <= afterFailure { exposures[place].failedCalls += 1 }
        if call.start <= afterSuccess { exposures[place].servedCalls += 1 }
        let end = call.end + reach
        if call.failed {
          exposures[place].failed += max(end - max(afterFailure, call.start), 0)
          afterFailure = max(afterFailure, end)
        } else {
          exposures[place].served += max(end - max(afterSuccess, call.start), 0)
          afterSuccess = max(afterSuccess, end)
        }
      }
      return z(exposures)
    }.max() ?? 0
  }

  private static func z(_ exposures: [Exposure]) -> Double {
    var (sum, variance) = (0.0, 0.0)
    for one in exposures where one.failed > 0 && one.served > 0 {
      let share = one.failed / (one.failed + one.served)
      let calls = Double(one.failedCalls + one.servedCalls)
      sum += Double(one.failedCalls) - calls * share
      variance += calls * share * (1 - share)
    }
    return variance > 0 ? sum / variance.squareRoot() : 0
  }
}
