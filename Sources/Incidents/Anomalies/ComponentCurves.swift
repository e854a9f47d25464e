// How every component did over the night, for the pictures of a report.

internal import Model
internal import Support

/// The cells of activity and own time as curves of at most some points.
struct ComponentCurves {
  /// Most points of a curve: as many as a picture has room for.
  private static let points: Int64 = 240

  let curves: [ComponentCurve]

  init(_ grid: ComponentTimeline) {
    let partial = grid.partial
    guard partial.first <= partial.last else {
      curves = []
      return
    }
    // Whole minutes, as many as bring the night's length into the picture.
    let minutes = partial.last.subtractingSaturated(partial.first) / IncidentPartial.coarse + 1
    let length = IncidentPartial.coarse * max(1, (minutes + Self.points - 1) / Self.points)
    var cells: [CubeKey: (activity: Activity, own: DurationSum)] = [:]
    func key(_ component: Int32, _ slot: Int32) -> CubeKey {
      let start = IncidentPartial.start(slot, IncidentPartial.fine)
      return CubeKey(a: component, slot: IncidentPartial.slot(start, length))
    }
    for (cell, activity) in partial.activity.cells {
      cells[key(cell.a, cell.slot), default: (Activity(), DurationSum(count: 0, sum: 0))].activity.merge(activity)
    }
    for (cell, pace) in partial.pace.cells {
      cells[key(cell.a, cell.slot), default: (Activity(), DurationSum(count: 0, sum: 0))].own.merge(pace)
    }
    var byComponent: [Int: [ComponentCurve.Point]] = [:]
    for (cell, value) in cells {
      guard let component = grid.component(cell.a), value.activity.requests > 0 else { continue }
      byComponent[component, default: []].append(
        ComponentCurve.Point(
          at: IncidentPartial.start(cell.slot, length), requests: value.activity.requests,
          failures: value.activity.failures,
          ownTime: value.own.count > 0 ? value.own.sum / Int64(value.own.count) : nil))
    }
    curves = byComponent.sorted { $0.key < $1.key }.map { component, points in
      ComponentCurve(component: grid.name(component), points: points.sorted { $0.at < $1.at })
    }
  }
}
