import Decoders
import Model
import Testing

/// Log records as consoles and search stores export them: the record within is read, and whose it is.
struct ExportTests {
  @Test("Grafana's table of logs: level and component from its column of labels")
  func grafana() {
    let batch = decode(
      #"""
      "labels","Time","Line","tsNs","labelTypes","id"
      "{""app"":""cart"",""detected_level"":""error""}","2026-11-25 02:00:00","db down","1795572000000000000","{}","1_a"
      "{""app"":""pay"",""detected_level"":""info""}","2026-11-25 02:00:01","paid","1795572001000000000","{}","2_a"

      """#)
    #expect(
      batch.readLogs == [
        ReadLog("02:00:00", "cart", "error", "db down"), ReadLog("02:00:01", "pay", "info", "paid"),
      ])
  }

  @Test("Splunk: an exported result by its raw line, an event of the collector by its fields")
  func splunk() {
    let result = decode(
      #"""
      {"preview":false,"result":{"_time":"2026-11-25T02:00:00.123+00:00","host":"web1","source":"/var/log/cart.log","_raw":"2026-11-25 02:00:00,123 ERROR db down"}}
      {"preview":false,"result":{"_time":"2026-11-25T02:00:01.123+00:00","host":"web1","source":"/var/log/cart.log","_raw":"2026-11-25 02:00:01,123 INFO ok"}}

      """#)
    #expect(result.readLogs.map(\.severity) == ["error", "info"])
    #expect(result.readLogs.map(\.message) == ["db down", "ok"])
    let collected = decode(
      #"""
      {"time":1795572000.5,"host":"web1","source":"cart","sourcetype":"_json","event":{"level":"ERROR","message":"db down"}}
      {"time":1795572001.5,"host":"web1","source":"cart","sourcetype":"_json","event":{"level":"INFO","message":"ok"}}

      """#)
    #expect(collected.readLogs.map(\.severity) == ["error", "info"])
    #expect(collected.readLogs.map(\.time) == ["02:00:00.5", "02:00:01.5"])
  }

  @Test("an answer of a search store holds its documents as records")
  func searchStore() {
    let batch = decode(
      #"""
      {"took":3,"hits":{"total":{"value":2},"hits":[{"_index":"l","_id":"a","_source":{"@timestamp":"2026-11-25T02:00:00Z","log.level":"error","message":"db down","service.name":"cart"}},{"_index":"l","_id":"b","_source":{"@timestamp":"2026-11-25T02:00:01Z","log.level":"info","message":"ok","service.name":"cart"}}]}}

      """#)
    #expect(
      batch.readLogs == [ReadLog("02:00:00", "cart", "error", "db down"), ReadLog("02:00:01", "cart", "info", "ok")])
  }

  @Test("Cassandra: the level before the thread, the statement's file behind the time")
  func cassandra() {
    let batch = decode(
      """
      INFO  [main] 2026-11-25 02:00:00,123 CassandraDaemon.java:650 - Startup complete
      WARN  [ReadStage-2] 2026-11-25 02:00:01,500 ReadCommand.java:569 - Read 5000 live rows
      ERROR [MutationStage-1] 2026-11-25 02:00:02,000 StorageProxy.java:1234 - Failed to apply mutation

      """)
    #expect(batch.readLogs.map(\.severity) == ["info", "warn", "error"])
    #expect(batch.readLogs.map(\.message) == ["Startup complete", "Read 5000 live rows", "Failed to apply mutation"])
  }
}
