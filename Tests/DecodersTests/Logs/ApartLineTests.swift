import Decoders
import Model
import Testing

@Suite("Lines without a header among lines with one")
struct ApartLineTests {
  /// Lines of a program whose records nearly all have a header, and three that have none, so many microseconds behind the line before each.
  private func logs(gap: Int) -> [ReadLog] {
    var text = ""
    for i in 0..<60 {
      let second = 10 + i / 2
      if i % 20 == 19 {
        let micros = 100_000 + gap
        text += "2026-11-25T02:00:\(second).\(micros)Z app1 shop[\(700 + i)]: cannot connect to db01, giving up\n"
      } else {
        text += "2026-11-25T02:00:\(second).100000Z app1 shop[7]: INFO: order \(i) stored\n"
      }
    }
    return decode(text).readLogs
  }

  @Test("what its layer says was written apart is a record of its own, and what came in one go is none")
  func apart() {
    #expect(logs(gap: 400_000).filter { $0.message.hasPrefix("cannot connect") }.count == 3)
    #expect(logs(gap: 400_000).count == 60)
    #expect(logs(gap: 200).count == 57)
  }
}
