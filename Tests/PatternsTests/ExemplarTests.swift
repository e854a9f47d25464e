import Model
import Patterns
import Testing

@Suite("Exemplars")
struct ExemplarTests {
  private func request(_ high: UInt64, at input: String) -> String {
    let location = SourceLocation(input: input, member: "logs/access.log", position: .line(3))
    return Exemplar(request: RequestID(high: high, low: 7), location: location).evidence.request.text
  }

  @Test("an id that was made from the place of a record is not shown as if it stood in it, any other is")
  func madeFromPlace() {
    let made = RequestID.ofPlaces(input: "night.tar.gz", member: "logs/access.log")
    #expect(request(made, at: "night.tar.gz").isEmpty)
    #expect(request(made, at: "other.tar.gz") == RequestID(high: made, low: 7).hex)
    #expect(request(1, at: "night.tar.gz") == RequestID(high: 1, low: 7).hex)
  }
}
