// Lines that tools print of what others wrote: the kernel's ring decoded, a table of Kubernetes' events.

internal import Model
internal import Support

extension KnownLines {
  /// `kern  :err   : [TIME] MESSAGE` of `dmesg -x` (dmesg(1), "decode"): facility and level, each padded to six.
  static func ring(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 18, line[6] == 0x3A, line[13] == 0x3A, line[14] == 0x20 else { return nil }
    var end = 13
    while end > 7, line[end &- 1] == 0x20 { end &-= 1 }
    let severity = Model.severity(ofField: line.extracting(7..<end))
    guard !severity.isUnknown else { return nil }
    var record = TextRecord(severity: severity, message: 15..<line.count)
    let close = ByteScan.find(0x5D, in: line, from: 15)
    if line[15] == 0x5B, close &+ 2 < line.count {
      if let time = times.parse(line, 16), time.isPlaced, time.end == close {
        (record.time, record.hasZone) = (time.time, time.hasZone)
      }
      record.message = close &+ 2..<line.count
    }
    return record
  }

  /// `[NAMESPACE] AGE TYPE REASON OBJECT MESSAGE`, a row of `kubectl get events`: its ages are no times, and its objects write it.
  static func eventRow(_ line: Span<UInt8>) -> TextRecord? {
    var i = 0
    func word(_ line: Span<UInt8>) -> Range<Int> {
      while i < line.count, line[i] == 0x20 { i &+= 1 }
      let start = i
      while i < line.count, line[i] > 0x20 { i &+= 1 }
      return start..<i
    }
    var age = word(line)
    if line[age.lowerBound] &- 0x30 > 9 { age = word(line) }
    guard !age.isEmpty, age.count < 12, line[age.lowerBound] &- 0x30 <= 9,
      age.allSatisfy({
        line[$0] &- 0x30 <= 9 || line[$0] == 0x64 || line[$0] == 0x68 || line[$0] == 0x6D || line[$0] == 0x73
      }),
      line[age.upperBound &- 1] &- 0x30 > 9
    else { return nil }
    var type = word(line)
    // `2m (x3 over 10m)`: how often.
    if !type.isEmpty, JSONScanner.matches(line, type.lowerBound, "(x") {
      _ = word(line)
      _ = word(line)
      type = word(line)
    }
    let isWarning = type.count == 7 && JSONScanner.matches(line, type.lowerBound, "Warning")
    guard isWarning || type.count == 6 && JSONScanner.matches(line, type.lowerBound, "Normal") else { return nil }
    guard !word(line).isEmpty else { return nil }
    let object = word(line)
    let slash = object.lowerBound &+ ByteScan.find(0x2F, in: line.extracting(object), from: 0)
    let message = word(line)
    guard slash < object.upperBound &- 1, !message.isEmpty else { return nil }
    var name = slash &+ 1..<object.upperBound
    if JSONScanner.matches(line, object.lowerBound, "pod/") {
      name = name.lowerBound..<name.lowerBound &+ LogOrigin.workload(ofPod: line.extracting(name))
    }
    return TextRecord(
      severity: isWarning ? .warning : .info, name: name, rank: .container, message: message.lowerBound..<line.count)
  }
}
