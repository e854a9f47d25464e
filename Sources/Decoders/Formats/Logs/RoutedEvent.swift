// Events of Kubernetes in the envelope of heptiolabs/eventrouter.

internal import Model

/// `{"verb": "ADDED", "event": {…}, "old_event": {…}}` (eventrouter, sinks/eventdata.go): the event is the record, the old one is what
/// it was before.
enum RoutedEvent {
  /// Where the record begins that an object is: at the event inside of an envelope, else at the object itself.
  static func place(_ b: Span<UInt8>, _ range: Range<Int>) -> Int { event(b, at: range.lowerBound) ?? range.lowerBound }

  private static func event(_ b: Span<UInt8>, at start: Int) -> Int? {
    var first = JSONScanner(at: start)
    var isFirst = true
    guard first.take(0x7B, b), let key = first.nextKey(b, &isFirst), key.count == 4 || key.count == 5 || key.count == 9,
      JSONScanner.equals(b, key, "verb") || JSONScanner.equals(b, key, "event")
        || JSONScanner.equals(b, key, "old_event")
    else { return nil }
    var reader = JSONScanner(at: start)
    var hasVerb = false
    var event: Int?
    _ = reader.eachMember(b) { reader, key in
      let byte = reader.peek(b)
      if JSONScanner.equals(b, key, "verb"), byte == 0x22 { hasVerb = true }
      if JSONScanner.equals(b, key, "event"), byte == 0x7B { event = reader.position }
      return reader.skipValue(b)
    }
    guard hasVerb, let event, hasObject(b, at: event) else { return nil }
    return event
  }

  private static func hasObject(_ b: Span<UInt8>, at start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var isFound = false
    _ = reader.eachMember(b) { reader, key in
      isFound =
        isFound || JSONScanner.equals(b, key, "involvedObject") || JSONScanner.equals(b, key, "regarding")
      return reader.skipValue(b)
    }
    return isFound
  }
}
