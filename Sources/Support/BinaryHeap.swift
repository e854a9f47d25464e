// A priority queue: what is due first comes out first.

/// A binary heap with the least element on top. Elements that compare equal come out in no particular order, so an order
/// that results rest on must be total.
@usableFromInline package struct BinaryHeap<Element: Comparable> {
  @usableFromInline var elements: [Element] = []

  @inlinable package init() {}

  @inlinable package var isEmpty: Bool { elements.isEmpty }
  @inlinable package var count: Int { elements.count }
  /// The least element.
  @inlinable package var first: Element? { elements.first }

  /// Adds an element in O(log n).
  @inlinable package mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard element < elements[parent] else { break }
      // A place moves up and not an element: half of the copies of a swap.
      elements[child] = elements[parent]
      child = parent
    }
    elements[child] = element
  }

  /// Removes the least element in O(log n); nil where there is none.
  @inlinable package mutating func pop() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let top = elements.first else { return last }
    sink(last)
    return top
  }

  /// Puts an element in the place of the least one, in O(log n); an empty heap stays empty.
  @inlinable package mutating func replaceFirst(with element: Element) {
    guard !elements.isEmpty else { return }
    sink(element)
  }

  /// Puts an element where it belongs on the way down from the top, whose own element is gone.
  @inlinable mutating func sink(_ element: Element) {
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < elements.count, elements[left] < element { least = left }
      if left + 1 < elements.count, elements[left + 1] < (least == left ? elements[left] : element) {
        least = left + 1
      }
      guard least != parent else { break }
      elements[parent] = elements[least]
      parent = least
    }
    elements[parent] = element
  }
}

extension BinaryHeap: Sendable where Element: Sendable {}
