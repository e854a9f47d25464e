// Lines that `heroku logs` prints and Heroku's drains send.

import Decoders
import Model
import Support
import Testing

struct DynoLineTests {
  /// The events of some lines, as kind and component, with the reason of an end.
  private func events(_ lines: [String]) -> [String] {
    let batch = decode(lines.map { $0 + "\n" }.joined())
    return batch.events.map { "\($0.kind.name) \(batch.text($0.component)) \(batch.text($0.subject))" }
  }

  @Test("a tag with a process is no host, and the exception behind it no tag")
  func exceptions() {
    let lines = [
      "ERROR:pay:none left", "Traceback (most recent call last):", "  File \"/app/pay.py\", line 31, in charge",
      "ValueError: gone",
    ]
    let text = lines.map { "2026-11-25T02:00:00.500000+00:00 app[web.1]: \($0)\n" }.joined()
    let logs = decode(text + text).readLogs
    #expect(logs == Array(repeating: ReadLog("02:00:00.5", "web", "error", "none left"), count: 2))
  }

  @Test("the process type names the program; a process that is a number does not")
  func names() {
    func component(_ tag: String) -> String? {
      decode(String(repeating: "2026-11-25T02:00:00.500000+00:00 \(tag): none left\n", count: 4)).readLogs.first?
        .component
    }
    #expect(component("app[worker.12]") == "worker")
    #expect(component("heroku[web.1]") == "web")
    #expect(component("app[1234]") == "app")
    #expect(component("shop[web.1]") == "shop")
    #expect(component("host1 app[1234]") == "app")
  }

  @Test("the platform tells of a dyno's end once; a program's own words tell of none")
  func ends() {
    func said(_ source: String, _ text: String) -> String {
      "2026-11-25T02:00:00.500000+00:00 \(source)[web.1]: \(text)"
    }
    let crash = [said("heroku", "Process exited with status 137"), said("heroku", "State changed from up to crashed")]
    #expect(events(crash) == ["childCrashed web ", "childExited web killed"])
    #expect(events([said("heroku", "Process exited with status 143")]) == ["childExited web shutdown"])
    #expect(events([said("heroku", "State changed from starting to up")]) == ["heartbeat web "])
    #expect(events([said("app", "Process exited with status 137")]) == [])
    let drain = "<45>1 2026-11-25T02:00:00.500000+00:00 host heroku web.1 - Process exited with status 1"
    #expect(events([drain]) == ["childCrashed web ", "childExited web error"])
    #expect(events([drain.replacing("heroku", with: "app")]) == [])
  }
}
