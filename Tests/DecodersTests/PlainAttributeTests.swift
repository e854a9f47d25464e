import Decoders
import Model
import Simulation
import Support
import Testing

/// Records of OTLP and of Jaeger as stores and exporters change their form.
struct PlainAttributeTests {
  private let trace = "7b0c1d2e3f405162738495a6b7c8d9e0"

  private func read(_ text: String) -> RecordBatch {
    let batch = decode(text + "\n", member: "m")
    #expect(batch.isBalanced)
    return batch
  }

  @Test("spans and log records by themselves, their attributes as plain objects")
  func cloudWatch() throws {
    let resource = #""resource":{"attributes":{"service.name":"till"}},"scope":{"name":"s"}"#
    let span = try #require(
      read(
        #"{\#(resource),"traceId":"\#(trace)","spanId":"1122334455667788","name":"GET /stock","kind":"CLIENT","startTimeUnixNano":1795572000000000000,"endTimeUnixNano":1795572000250000000,"attributes":{"server.address":"stock","http.response.status_code":503},"status":{"code":"ERROR"}}"#
      ).plainSpans.first)
    #expect(span.description.contains("client error 503"))
    #expect(span.description.contains("till") && span.description.contains("stock"))
    let log =
      #"{\#(resource),"timeUnixNano":1795572000000000000,"severityNumber":17,"body":BODY,"attributes":{"a":1},"traceId":"\#(trace)"}"#
    for body in [#""none left""#, #"{"message":"none left","count":2}"#] {
      let batch = read(log.replacing("BODY", with: body))
      #expect(batch.readLogs == [ReadLog("02:00:00", "till", "error", "none left")])
      #expect(batch.logs.first?.request.hex == trace)
    }
  }

  @Test("frames of one file each tell their signal")
  func mixedFrames() {
    let start: UInt64 = 1_795_572_000_000_000_000
    let id = Array(repeating: UInt8(0x11), count: 16)
    let span = ProtobufMessage.of { span in
      span.data(1, id)
      span.data(2, Array(repeating: 7, count: 8))
      span.text(5, "sell")
      span.fixed(7, start)
      span.fixed(8, start + 1_000_000)
    }
    let log = ProtobufMessage.of { log in
      log.fixed(1, start)
      log.number(2, 17)
      log.data(5, ProtobufMessage.of { $0.text(1, "none left") })
    }
    let metric = ProtobufMessage.of { metric in
      metric.text(1, "queue")
      metric.data(
        5,
        ProtobufMessage.of { gauge in
          gauge.data(
            1,
            ProtobufMessage.of { point in
              point.fixed(3, start)
              point.fixed(4, 4.5.bitPattern)
            })
        })
    }
    for isLast in [false, true] {
      for order in [[span, log, metric], [metric, log, span], [log, metric, span]] {
        var bytes: [UInt8] = []
        for record in order {
          let message = ProtobufMessage.resource([record], resourceLast: isLast)
          bytes += [0, 0, 0, UInt8(message.count)] + message
        }
        for piece in [1 << 20, 5] {
          let batch = decode(bytes, piece: piece)
          #expect(batch.spans.map { batch.text($0.service) } == ["pay"])
          #expect(batch.readLogs == [ReadLog("02:00:00", "pay", "error", "none left")])
          #expect(batch.metrics.map(\.value) == [4.5])
          #expect(batch.codes == [])
        }
      }
    }
  }

  @Test("ids in base64 are read behind escapes")
  func escapedIDs() {
    let id = "fbefbefbefbe3fffffffb0c1d2e3f4fb"
    for text in [#"++++++++P\/\/\/\/7DB0uP0+w=="#, #"\u002B+++++++P////7DB0uP0\u002Bw=="#, "++++++++P////7DB0uP0+w=="] {
      let batch = read(
        #"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":"\#(text)","spanId":"+\/++++++P\/8=","name":"x","startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000500000000"}]}]}]}"#
      )
      #expect(batch.spans.map(\.trace.hex) == [id])
      #expect(batch.spans.map { hexText($0.span) } == ["fbffbefbefbe3fff"])
    }
  }

  private let fields =
    #""operationName":["sell"],"startTime":[1795572000000000],"duration":[6040],"process.serviceName":["till"],"tag.error":["true"],"tag.span@kind":["client"],"tag.peer@service":["stock"]"#

  @Test("Jaeger's documents with paths for keys, their values in lists of one or not")
  func jaegerFields() throws {
    let ids = #""traceID":["\#(trace)"],"spanID":["99aabbccddeeff00"]"#
    for reference in [
      #""references":[{"traceID":["\#(trace)"],"spanID":["1122334455667788"],"refType":["CHILD_OF"]}]"#,
      #""references.traceID":["\#(trace)"],"references.spanID":["1122334455667788"],"references.refType":["CHILD_OF"]"#,
    ] {
      let listed = #"{"hits":{"hits":[{"_index":"jaeger-span","fields":{\#(ids),\#(fields),\#(reference)}}]}}"#
      let bare = "{\(ids),\(fields),\(reference)}".replacing(#":[""#, with: #":""#).replacing(#""],"#, with: #"","#)
        .replacing(#""]}"#, with: #""}"#).replacing("[1795572000000000]", with: "1795572000000000")
        .replacing("[6040]", with: "6040")
      for text in reference.contains("references.") ? [listed, bare] : [listed] {
        let batch = read(text)
        let span = try #require(batch.spans.first)
        #expect(span.trace.hex == trace && hexText(span.span) == "99aabbccddeeff00")
        #expect(hexText(span.parent) == "1122334455667788")
        #expect(span.duration == 6040 && span.kind == .client && span.status == .error)
        #expect(batch.text(span.service) == "till" && batch.text(span.peerService) == "stock")
      }
    }
  }

  @Test("Jaeger's documents as a table, and its table in Cassandra")
  func jaegerTables() throws {
    let csv = read(
      """
      "startTimeMillis","_id",duration,operationName,"process.serviceName","references.spanID",spanID,startTime,"tag.error","tag.span@kind","tag.peer@service",traceID
      "Nov 25, 2026 @ 02:00:00.000",x,"6,040",sell,till,"-",1122334455667788,1795572000000000,true,server,"-",\(trace)
      "Nov 25, 2026 @ 02:00:00.000",y,300,SELECT,till,1122334455667788,99aabbccddeeff00,1795572000000100,"-",client,db,\(trace)
      """)
    #expect(csv.spans.map(\.start) == [1_795_572_000_000_000, 1_795_572_000_000_100])
    #expect(csv.spans.map(\.duration) == [6040, 300])
    #expect(csv.spans.map(\.status) == [.error, .unset])
    #expect(csv.spans.map { hexText($0.parent) } == ["0", "1122334455667788"].map { $0 == "0" ? hexText(0) : $0 })
    #expect(csv.spans.map { csv.text($0.message) } == ["", ""])
    #expect(csv.spans.map { csv.text($0.peerService) } == ["", "db"])
    let table = read(
      """
      trace_id,span_id,span_hash,duration,flags,logs,operation_name,parent_id,process,refs,start_time,tags
      0x\(trace),-5,-7,6040,1,,sell,0,"{service_name: 'till', tags: []}","[{ref_type: 'child-of', trace_id: 0x\(trace), span_id: 1234605616436508552}]",1795572000000000,"[{key: 'error', value_type: 'bool', value_string: '', value_bool: True, value_long: 0, value_double: 0.0, value_binary: None}]"
      """)
    let span = try #require(table.spans.first)
    #expect(span.trace.hex == trace && hexText(span.span) == "fffffffffffffffb")
    #expect(hexText(span.parent) == "1122334455667788")
    #expect(table.text(span.service) == "till" && span.status == .error && span.duration == 6040)
  }

  @Test("tags in one column: JSON, maps of ClickHouse, lists of keys and values")
  func tags() {
    let columns = "traceID,spanID,operationName,serviceName,startTime,duration,tags\n"
    let head = columns + "\(trace),1122334455667788,x,till,1795572000000,250,"
    for cell in [
      #""[{""key"": ""span.kind"", ""value"": ""client""}, {""key"": ""peer.service"", ""value"": ""stock""}]""#,
      #""{""span.kind"":""client"",""peer.service"":""stock""}""#, "\"{'span.kind':'client','peer.service':'stock'}\"",
    ] {
      let batch = read(head + cell)
      #expect(batch.spans.map(\.kind) == [.client])
      #expect(batch.spans.map { batch.text($0.peerService) } == ["stock"])
      #expect(batch.spans.map(\.duration) == [250_000])
    }
    #expect(read(head + "plain").spans.map(\.duration) == [250_000])
  }
}
