// The Extended Log File Format of the W3C: `#Fields:` names the columns (IIS, CloudFront, Azure).

internal import Model
internal import Support

/// The columns that the last `#Fields:` line named.
struct AccessW3C {
  private var columns: [AccessKey?] = []
  /// Durations are milliseconds (IIS) and not seconds (the format's document, CloudFront).
  private var isMilliseconds = false
  private var isCloudFront = false
  /// ASP.NET Core's own writer of the format: it alone says when it began, and its `time-taken` is of milliseconds, too.
  private var isAspNet = false
  private var isNamed = false
  /// Whether Microsoft's server wrote it: its times are milliseconds, whichever columns an operator chose.
  private var isMicrosoft = false
  /// Whether Blue Coat's proxy wrote it: its `time-taken` is milliseconds (ProxySG, "ELFF and CPL Substitutions").
  private var isBlueCoat = false
  /// The day of the last `#Date:`, for rows that have none: IIS leaves the column out where it is not asked for.
  private var day: Int64?

  var isActive: Bool { !columns.isEmpty }

  /// Whether a line is a directive of the format: `#Software:`, `#Fields:`.
  static func isDirective(_ b: Span<UInt8>) -> Bool {
    guard b.count > 8, b[0] == 0x23 else { return false }
    for word: StaticString in [
      "#Fields:", "#Version:", "#Software:", "#Date:", "#Start-Date:", "#End-Date:", "#Remark:",
    ]
    where JSONScanner.matches(b, 0, word) {
      return true
    }
    return false
  }

  /// Takes a directive.
  mutating func direct(_ b: Span<UInt8>) {
    if JSONScanner.matches(b, 0, "#Date: "), b.count >= 17 {
      day = FieldText.date(b.extracting(7..<17), zoneSeconds: 0)
    }
    // Each piece of a log begins with its version; whoever names its software is somebody else.
    if JSONScanner.matches(b, 0, "#Version:") { (isAspNet, isNamed) = (false, false) }
    if JSONScanner.matches(b, 0, "#Software:") {
      (isAspNet, isNamed) = (false, true)
      isMicrosoft = JSONScanner.matches(b, 10, " Microsoft")
      isBlueCoat = JSONScanner.matches(b, 10, " SGOS")
    }
    if JSONScanner.matches(b, 0, "#Start-Date:"), !isNamed { (isAspNet, isMicrosoft) = (true, false) }
    guard JSONScanner.matches(b, 0, "#Fields:") else { return }
    columns.removeAll()
    isMilliseconds = isAspNet || isMicrosoft || isBlueCoat
    isCloudFront = false
    var i = 8
    while i < b.count, columns.count < 256 {
      while i < b.count, b[i] <= 0x20 { i += 1 }
      let start = i
      while i < b.count, b[i] > 0x20 { i += 1 }
      if i > start { column(b, start..<i) }
    }
    // Without a request's method and status these are the columns of another log.
    if !columns.contains(.method) || !columns.contains(.status) { columns.removeAll() }
  }

  private mutating func column(_ b: Span<UInt8>, _ name: Range<Int>) {
    if name.count == 4, JSONScanner.matches(b, name.lowerBound, "time") {
      columns.append(.clock)
      return
    }
    if JSONScanner.matches(b, name.lowerBound, "sc-win32-status") { isMilliseconds = true }
    if JSONScanner.matches(b, name.lowerBound, "x-edge-") {
      (isCloudFront, isMicrosoft, isMilliseconds) = (true, false, false)
    }
    // Columns that only Blue Coat's proxy has tell of it where the head was cut off.
    let start = name.lowerBound
    if JSONScanner.matches(b, start, "x-bluecoat-") || JSONScanner.matches(b, start, "sc-filter-") {
      (isBlueCoat, isMilliseconds) = (true, true)
    }
    // The path alone is `cs-uri-path` there; `cs-uri` is all of it.
    let isPath = name.count == 11 && JSONScanner.matches(b, start, "cs-uri-path")
    columns.append(isPath ? .target : AccessKeys.key(b, name))
  }

  /// Reads a row by the columns; nil where it does not fit them.
  func read(_ b: Span<UInt8>) -> AccessRecord? {
    let isQuoted = ByteScan.find(0x22, in: b, from: 0) < b.count
    // A quote may as well be a value's first byte.
    return read(b, quoted: isQuoted) ?? (isQuoted ? read(b, quoted: false) : nil)
  }

  private func read(_ b: Span<UInt8>, quoted: Bool) -> AccessRecord? {
    var isQuoted = quoted
    var record = AccessRecord()
    let isIIS = isMilliseconds && !isAspNet && !isBlueCoat
    record.format = isIIS ? "IIS log" : isCloudFront ? "CloudFront log" : "W3C extended log"
    var date = 0..<0
    var clock = 0..<0
    var column = 0
    var i = 0
    // CloudFront names its columns between blanks and parts its values by tabs.
    let isTabbed = ByteScan.find(0x09, in: b, from: 0) < b.count
    while i < b.count {
      if !isTabbed { while i < b.count, b[i] == 0x20 { i += 1 } }
      let start = i
      if isQuoted, !isTabbed, i < b.count, b[i] == 0x22 {
        // Where none closes, none behind it does.
        if let end = Self.quotedEnd(b, i) { i = end } else { isQuoted = false }
      }
      while i < b.count, isTabbed ? b[i] != 0x09 : b[i] != 0x20 { i += 1 }
      if start == b.count { break }
      guard column < columns.count else { return nil }
      let field = start..<i
      if let key = columns[column], !field.isEmpty, !AccessShapes.isDash(b, field) {
        switch key {
        case .date: date = field
        case .clock: clock = field
        case .method: record.method = field
        case .target: record.target = field
        case .status: record.status = AccessShapes.status(b, field)
        case .server: record.server = field
        case .configuredServer: record.configuredServer(field)
        case .duration, .seconds: record.latency = duration(b, field)
        // IIS Advanced Logging's `TimeTakenMS`.
        case .milliseconds: record.latency = SpanWords.duration(b.extracting(field), unit: .milliseconds) ?? -1
        case .requestID: record.requestID = field
        default: break
        }
      }
      column += 1
      i += 1
    }
    guard column == columns.count, !record.method.isEmpty, let time = time(b, date, clock) else { return nil }
    record.time = time
    return record
  }

  /// One past a text in quotes, which may have blanks in it, and a quote twice for one (the format's document, "string"); nil where
  /// a quote is only a value's first byte.
  private static func quotedEnd(_ b: Span<UInt8>, _ start: Int) -> Int? {
    var i = start + 1
    while i < b.count {
      if b[i] == 0x22 {
        if i + 1 == b.count || b[i + 1] == 0x20 { return i + 1 }
        if b[i + 1] == 0x22 { i += 1 }
      }
      i += 1
    }
    return nil
  }

  private func duration(_ b: Span<UInt8>, _ field: Range<Int>) -> Int64 {
    let unit = isMilliseconds ? FieldText.Unit.milliseconds : .seconds
    return SpanWords.duration(b.extracting(field), unit: unit) ?? -1
  }

  /// Date and time are two columns, in UTC by the format's document.
  private func time(_ b: Span<UInt8>, _ date: Range<Int>, _ clock: Range<Int>) -> Int64? {
    // `#Fields:` may name them in any order.
    let isDated = date.count == 10
    guard clock.count >= 8, isDated || date.isEmpty,
      let day = isDated ? FieldText.date(b.extracting(date), zoneSeconds: 0) : day
    else { return nil }
    let i = clock.lowerBound
    guard b[i + 2] == 0x3A, b[i + 5] == 0x3A, let hour = FieldText.int(b.extracting(i..<i + 2)),
      let minute = FieldText.int(b.extracting(i + 3..<i + 5)), hour < 24, minute < 60, hour >= 0, minute >= 0
    else { return nil }
    guard let second = FieldText.double(b.extracting(i + 6..<clock.upperBound)), second >= 0, second < 61 else {
      return nil
    }
    return day &+ (hour &* 3600 &+ minute &* 60) &* 1_000_000 &+ Int64(second * 1_000_000)
  }
}

extension AccessRecord {
  mutating func configuredServer(_ field: Range<Int>) {
    server = field
    serverIsConfigured = true
  }
}
