internal import Model

/// The ranking to beat: components by the errors that they show in a window, failed requests of their own and logged
/// errors. Simple rules come close to the state of the art on easy data ("Rethinking the Evaluation of Microservice
/// RCA", arXiv 2510.04711), so that no figure of ours stands without it.
package enum MostErrors {
  /// For each window every component that could be named, by name, with its errors in it.
  ///
  /// - Complexity: O(cells · windows)
  package static func counts(
    _ partial: IncidentPartial, windows: [Range<Int64>]
  ) -> [[(component: String, errors: Int)]] {
    let grid = ComponentTimeline(partial, settings: IncidentSettings())
    return windows.map { window in
      var errors = [Int](repeating: 0, count: grid.components.count)
      let minutes = Set(grid.minutes(in: window).map { grid.minutes[$0] })
      for (cell, activity) in partial.activity.cells where activity.failures > 0 {
        guard minutes.contains(IncidentPartial.minute(ofFine: cell.slot)) else { continue }
        if let component = grid.component(cell.a) { errors[component] += activity.failures }
      }
      for (cell, lines) in partial.logs.cells where minutes.contains(IncidentPartial.minute(ofFine: cell.slot)) {
        guard Severity(rawValue: UInt8(clamping: cell.number)) ?? .unknown >= .error else { continue }
        if let component = grid.component(cell.a) { errors[component] += lines.count }
      }
      let pairs = zip(grid.components, errors).map { (component: $0, errors: $1) }
      return pairs.sorted { $0.component.utf8.lexicographicallyPrecedes($1.component.utf8) }
    }
  }
}
