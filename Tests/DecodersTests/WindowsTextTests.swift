import Decoders
import Model
import Testing

/// Windows events as programs print them for people: wevtutil's text, and evtx_dump's numbered JSON.
struct WindowsTextTests {
  private func event(_ number: Int, _ level: String, date: String, _ text: String, colon: String = ":") -> String {
    """
    Event[\(number)]\(colon)
      Log Name: Application
      Source: Till Service
      Date: \(date)
      Event ID: 9\(number)
      Task: N/A
      Level: \(level)
      Opcode: Info
      Keyword: Classic
      User: S-1-5-18
      User Name: NT AUTHORITY\\SYSTEM
      Computer: TILL-4
      Description:\(text)


    """
  }

  private let read = [
    ReadLog("02:00:00.5", "Till Service", "info", "The drawer: open."),
    ReadLog("02:00:01.5", "Till Service", "error", "The drawer is stuck.\nLevel: jammed"),
    ReadLog("02:00:02.5", "Till Service", "fatal", "event 92"),
    ReadLog("02:00:03.5", "Till Service", "debug", "at rest"),
  ]

  private var text: String {
    event(0, "Information", date: "2026-11-25T02:00:00.500", " \nThe drawer: open.")
      + event(1, "Error", date: "2026-11-25T02:00:01.5000000Z", " \nThe drawer is stuck.\nLevel: jammed")
      + event(2, "Critical", date: "2026-11-25T02:00:02.500", " \n")
      + event(3, "Verbose", date: "2026-11-25T02:00:03.500", " at rest")
  }

  @Test("wevtutil's text is an event a block", arguments: [1, 7, 1 << 20])
  func blocks(piece: Int) {
    let batch = decode(text, piece: piece)
    #expect(batch.readLogs == read)
    #expect(batch.isBalanced)
  }

  @Test("in Windows' lines, without a colon behind the head, and as UTF-16 it is the same")
  func variants() {
    let lines = text.replacing("]:\n", with: "]\n").replacing("\n", with: "\r\n")
    #expect(decode(lines).readLogs == read)
    var wide: [UInt8] = [0xFF, 0xFE]
    for unit in lines.utf16 { wide += [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)] }
    #expect(decode(wide, piece: 5).readLogs == read)
  }

  @Test("somebody's own text that only begins so is none")
  func near() {
    let batch = decode("Event[0]: opened\n2026-11-25 02:00:00 INFO Event[1]: closed\n2026-11-25 02:00:01 INFO x\n")
    #expect(batch.logs.contains { batch.message($0).contains("closed") })
  }

  @Test("JSON behind the numbers of its records, over lines or not", arguments: [true, false], [3, 1 << 20])
  func numbered(isPretty: Bool, piece: Int) {
    func record(_ number: Int, _ level: Int) -> String {
      let json =
        #"{"Event":{"System":{"Provider":{"#
        + ##""#attributes":{"Name":"Till"}},"EventID":7,"Level":\##(level),"##
        + ##""TimeCreated":{"#attributes":{"SystemTime":"2026-11-25T02:00:0\##(number).500000Z"}}},"##
        + #""EventData":{"p":"x"}}}"#
      let pretty = json.replacing("{", with: "{\n  ").replacing("}", with: "\n}").replacing(",", with: ",\n  ")
      return "Record \(number)\n" + (isPretty ? pretty : json) + "\n"
    }
    let batch = decode(record(1, 4) + record(2, 2) + record(3, 3), piece: piece)
    #expect(batch.logs.map(\.severity) == [.info, .error, .warning])
    #expect(batch.logs.allSatisfy { batch.text($0.component) == "Till" })
    #expect(batch.readLogs.map(\.time) == ["02:00:01.5", "02:00:02.5", "02:00:03.5"])
    #expect(batch.isBalanced)
  }
}
