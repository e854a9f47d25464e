import Decoders
import Model
import Support
import Testing

/// Numbers with a decimal comma in tables that no comma separates.
struct DecimalCommaTests {
  private func values(_ separator: String, _ numbers: [String]) -> [Double] {
    let rows = numbers.map { ["2026-11-25T02:00:00Z", "oven", "heat", $0].joined(separator: separator) }
    let header = ["timestamp", "service", "metric", "value"].joined(separator: separator)
    let batch = decode(([header] + rows).joined(separator: "\n") + "\n", member: "m.csv")
    #expect(batch.isBalanced)
    return batch.metrics.map(\.value)
  }

  @Test("decimal commas, with dots between thousands and without")
  func decimals() {
    #expect(values(";", ["0,75", "1,25", "-2,5"]) == [0.75, 1.25, -2.5])
    #expect(values(";", ["1.024,5", "1.024", "0,5"]) == [1024.5, 1024, 0.5])
    #expect(values(";", ["0,5", "1,250"]) == [0.5, 1.25])
    #expect(values("\t", ["0,5", "1,250"]) == [0.5, 1.25])
    #expect(values(";", ["1,250", "1,310"]) == [1.25, 1.31])
    #expect(values(";", ["1,250", "0,5", "900"]) == [1.25, 0.5, 900])
    #expect(values(";", ["1250,125", "900"]) == [1250.125, 900])
    #expect(values(";", ["0.5", "1.250"]) == [0.5, 1.25])
  }

  @Test("commas between thousands are no decimal ones")
  func thousands() {
    #expect(values(";", ["1,250.5", "0.5"]) == [0.5])
    #expect(values("\t", ["1,250", "7"]) == [7])
    #expect(values(";", ["1,250", "1,310", "900"]) == [900])
    #expect(values(";", ["1,250", "0.5"]) == [0.5])
  }

  @Test("lengths and times of spans")
  func spans() {
    let text =
      "TraceID;SpanID;ServiceName;SpanName;StartTime;DurationMs\n"
      + "a1;1;oven;bake;1795572000,5;250,5\na2;2;oven;bake;1795572001,25;0,75\n"
    let batch = decode(text, member: "s.csv")
    #expect(batch.spans.map(\.start) == [1_795_572_000_500_000, 1_795_572_001_250_000])
    // No rule names the unit of the length, and nobody the form of its number.
    #expect(batch.spans.map(\.duration) == [-1, -1])
  }

  @Test("a comma of a time of day is its own")
  func dates() {
    let batch = decode("timestamp;service;metric;value\n25.11.2026 02:00:00,500;oven;heat;0,5\n", member: "m.csv")
    #expect(batch.metrics.map(\.time) == [1_795_572_000_500_000] && batch.metrics.map(\.value) == [0.5])
  }
}
