// Where a sorted collection changes its mind.

extension RandomAccessCollection where Index == Int {
  /// The first index of a sorted collection whose element meets a condition that all later ones meet as well; the end
  /// index where none does.
  ///
  /// - Complexity: O(log n)
  @inlinable package func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
