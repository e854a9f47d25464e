import Foundation
import Support
import Testing

@Test("The incomplete beta function against closed forms, to twelve digits")
func incompleteBeta() {
  // I_x(2,3) = 6x² − 8x³ + 3x⁴; I_x(1,1) = x; the median of Beta(a, a) is 1/2; I_x(1/2,1/2) = 2·asin(√x)/π.
  let exact: Double = 6 * 0.09 - 8 * 0.027 + 3 * 0.0081
  #expect(abs(IncompleteBeta.regularized(0.3, 2, 3) - exact) < 1e-13)
  #expect(abs(IncompleteBeta.regularized(0.42, 1, 1) - 0.42) < 1e-13)
  for a in [0.5, 7.5, 1_000, 250_000] { #expect(abs(IncompleteBeta.regularized(0.5, a, a) - 0.5) < 1e-9) }
  for x in [0.001, 0.1, 0.5, 0.9, 0.999] {
    #expect(abs(IncompleteBeta.regularized(x, 0.5, 0.5) - 2 * asin(x.squareRoot()) / Double.pi) < 1e-13)
  }
  #expect(IncompleteBeta.regularized(0, 2, 3) == 0 && IncompleteBeta.regularized(1, 2, 3) == 1)
}

@Test("The quantile of the Beta distribution is where its distribution function says")
func betaQuantile() {
  // Beta(1, n): 1 − (1 − x)^n = q.
  for (q, n) in [(0.975, 10.0), (0.5, 3), (0.05, 200)] {
    #expect(abs(IncompleteBeta.quantile(q, 1, n) - (1 - pow(1 - q, 1 / n))) < 1e-12)
  }
}

@Test("A heap gives back what it was given in order, whatever the order of giving")
func heapOrder() {
  var heap = BinaryHeap<Int>()
  var random = SplitMix64(seed: 5)
  var given: [Int] = []
  for _ in 0..<500 {
    let value = Int(random.next() % 100)
    given.append(value)
    heap.push(value)
  }
  #expect(heap.count == 500 && heap.first == given.min())
  var taken: [Int] = []
  while let value = heap.pop() { taken.append(value) }
  #expect(taken == given.sorted())
  #expect(heap.isEmpty && heap.pop() == nil)
}
