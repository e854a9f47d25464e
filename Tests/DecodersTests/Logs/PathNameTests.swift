import Decoders
import Model
import Testing

/// Components out of paths: folders where files are called alike, labels, and lines that only one server writes.
struct PathNameTests {
  private func name(_ path: String, root: String = "") -> String? {
    let line = "2026-11-25T02:00:00Z ERROR none left\n"
    var settings = DecoderSettings()
    settings.root = root
    return decode(line + line, settings: settings, member: path).readLogs.first?.component
  }

  @Test(
    "a file that is called as in every program's folder has the name of the folder that says something",
    arguments: [
      ("broker-2/logs/server.log", "broker-2"), ("web07/var/log/nginx/error.log", "nginx"),
      ("apache-tomcat-9.0.82/logs/catalina.out", "apache-tomcat"), ("kafka_2.13-3.6.0/logs/server.log", "kafka"),
      ("web07/var/log/messages", "web07"), ("svc/pay/log/main/current", "pay"),
      ("pay-6d58f9c7b-x2x9k/app.log", "pay"), ("logs-2026-11-25/pay/logs/app-2026-11-25.log", "pay"),
      ("shop/current/log/production.log", "shop"), ("pay/logs/server.log.2026-11-25", "pay"),
      // Nothing above says anything.
      ("server.log", "server"), ("var/log/messages", "messages"), ("support-bundle-12/logs/app.log", "app"),
      ("home/deploy/output.log", "output"), ("opt/data/main.log", "main"),
      // The file's own name says whose it is.
      ("pay/logs/ledger.log", "ledger"),
    ])
  func folders(path: String, name: String) {
    #expect(self.name(path) == name)
  }

  @Test("what the user calls a folder names nothing, unless logs lie in it or beside it")
  func userFolders() {
    func input(_ path: String, root: String) -> String? {
      let line = "2026-11-25T02:00:00Z ERROR none left\n"
      var settings = DecoderSettings()
      settings.root = root
      var batch = RecordBatch()
      var decoder = MemberDecoder(input: path, member: "", settings: settings, batch: &batch)
      decoder.feed(Array((line + line).utf8).span, into: &batch)
      decoder.finish(complete: true, into: &batch)
      return batch.readLogs.first?.component
    }
    #expect(input("/work/monday/server.log", root: "/work/monday") == "server")
    #expect(input("/work/monday/server.log", root: "") == "server")
    #expect(input("/work/monday/pay/server.log", root: "/work/monday") == "pay")
    #expect(input("monday/pay/logs/server.log", root: "") == "pay")
    #expect(input("/var/log/nginx/error.log", root: "") == "nginx")
    #expect(input("/tmp/x81/logs/server.log", root: "") == "server")
  }

  @Test(
    "environments, dates and a package's domain in a file's labels are no part of its name",
    arguments: [
      ("ledger.api.prod.log", "ledger.api"), ("ledger.worker.staging.2026-11-25.log", "ledger.worker"),
      ("ledger.prod.log", "ledger"), ("org.example.ledger.log", "ledger"), ("ledger.2026-11-25.log", "ledger"),
      ("ledger.log.3", "ledger"), ("ledger.h1.root.log.INFO.20261125-020000.77", "ledger"),
      ("h1.example.org.log", "h1"),
    ])
  func labels(path: String, name: String) {
    #expect(self.name(path) == name)
  }

  @Test("an error log without a name above it is the server's whose form its lines have")
  func servers() {
    func first(_ line: String, _ path: String) -> String? {
      decode(line + "\n" + line + "\n", member: path).readLogs.first?.component
    }
    let nginx =
      "2026/11/25 02:00:00 [warn] 31#0: *7 an upstream response is buffered to a temporary file, client: 10.0.0.9"
    let apache =
      "[Wed Nov 25 02:00:00.500000 2026] [proxy:error] [pid 31:tid 12] (111)Connection refused: AH00957: none left"
    #expect(first(nginx, "error.log") == "nginx")
    #expect(first(apache, "error_log") == "httpd")
    #expect(first(nginx, "shop.log") == "shop")
    #expect(first("2026/11/25 02:00:00 [warn] none left in any of the stores", "error.log") == "error")
  }

  @Test("a path in a record is read like a file's")
  func recorded() {
    let record =
      #"{"@timestamp":"2026-11-25T02:00:00Z","log":{"file":{"path":"/var/log/nginx/error.log"}},"message":"none left"}"#
      + "\n"
    #expect(decode(record + record).readLogs.map(\.component) == ["nginx", "nginx"])
  }
}
