// Short texts of every shape that some parser knows and the generator does not write.
internal import Model
internal import Patterns
internal import Support
internal import TestAnalysis

enum SeedTexts {
  static let json = [
    #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","service":"a","message":"m\u00e9\n","trace_id":"0a"}"# + "\n",
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"","name":"n","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":1767225601000000000,"attributes":[{"key":"http.response.status_code","value":{"intValue":"503"}}],"events":[{"name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]}],"status":{"code":2,"message":"m"}}]}]}]}"#
      + "\n",
    #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767225600000000000","severityNumber":17,"severityText":"ERROR","body":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"doubleValue":1.5}]}}}]}},"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}"#,
    #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"queue.depth","gauge":{"dataPoints":[{"timeUnixNano":"1767225600300000000","asInt":"7"}]}},{"name":"s","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"1767225600300000000","asDouble":0.5}]}},{"name":"h","histogram":{"dataPoints":[{"count":"2","sum":3,"bucketCounts":["1","1"],"explicitBounds":[1]}]}}]}]}]}"#,
    #"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"o","references":[{"refType":"CHILD_OF","traceID":"1","spanID":"3"}],"startTime":1767225600000000,"duration":5,"processID":"p1","tags":[{"key":"error","type":"bool","value":true}],"logs":[{"timestamp":1,"fields":[{"key":"event","value":"error"}]}]}],"processes":{"p1":{"serviceName":"f"}}}],"errors":null}"#,
    #"{"_source":{"traceID":"1","spanID":"2","parentSpanID":"3","operationName":"o","startTime":1767225600000000,"startTimeMillis":1767225600000,"duration":5,"tag":{"http@status_code":"500"},"process":{"serviceName":"f","tags":[]}}}"#
      + "\n",
    #"{"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAQ==","spanId":"AAAAAAAAAAI=","operationName":"o","startTime":"2026-01-01T00:00:00.5Z","duration":"0.25s","process":{"serviceName":"f"},"tags":[{"key":"k","vType":"INT64","vInt64":"5"}]}]}"#,
    #"[{"traceId":"1","id":"2","parentId":"1","name":"n","timestamp":1767225600000000,"duration":5,"annotations":[{"timestamp":1767225600000000,"value":"sr","endpoint":{"serviceName":"s","ipv4":"10.0.0.1"}}],"binaryAnnotations":[{"key":"error","value":"x"}]}]"#,
    #"[[{"traceId":"1","id":"2","kind":"SERVER","shared":true,"timestamp":1767225600000000,"duration":5,"localEndpoint":{"serviceName":"s"},"tags":{"http.status_code":"500"}}]]"#,
    #"{"time":"2026-01-01T00:00:00Z","component":"a","kind":"callReturn","source":"b","success":false,"failure":"timeout","latencyUs":5}"#
      + "\n",
    #"[{"trace_id":"x","span_id":"1","time":{"start":1767225600},"duration_ms":1.5,"status":"ERROR"}]"#,
    "{\"level\":30,\"time\":1795572001000,\"pid\":1,\"hostname\":\"h\",\"reqId\":\"req-1\",\"req\":{\"method\":\"GET\",\"url\":\"/a\"},\"msg\":\"incoming request\"}\n{\"level\":30,\"time\":1795572001031,\"pid\":1,\"hostname\":\"h\",\"reqId\":\"req-1\",\"res\":{\"statusCode\":500},\"responseTime\":31.2,\"msg\":\"request completed\"}\n",
    "{\"metadata\":{\"service\":{\"name\":\"s\"}}}\n{\"log\":{\"@timestamp\":1795572001000000,\"message\":\"m\",\"log.level\":\"ERROR\"}}\n{\"error\":{\"id\":\"1\",\"timestamp\":1795572001000000,\"log\":{\"level\":\"warn\",\"message\":\"m\"}}}\n{\"transaction\":{\"id\":\"00f067aa0ba902b8\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"timestamp\":1795572001000000,\"duration\":1.5,\"type\":\"messaging\",\"links\":[{\"trace_id\":\"5bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"a1\"}]}}\n",
    "{\"@timestamp\":\"2026-11-25T02:00:00Z\",\"kubernetes\":{\"container\":{\"name\":\"c\"}},\"json\":{\"level\":\"error\",\"msg\":\"m\"}}\n{\"level\":\"INFO\",\"logger\":\"OtlpJson\",\"message\":\"{\\\"resource\\\":{\\\"attributes\\\":[]},\\\"scopeSpans\\\":[]}\"}\n  at a (b.js:1:2)\n",
    "[\n    {\n        \"name\": \"n\",\n        \"context\": {\"trace_id\": \"4bf92f3577b34da6a3ce929d0e0e4736\", \"span_id\": \"00f067aa0ba902b8\"},\n        \"kind\": \"KIND_SERVER\",\n        \"start\": 1795572000000000000,\n        \"end\": 1795572000500000000\n    }\n]\n",
  ]

  static let lines = [
    "2015-10-18 18:01:47,978 WARN [main] org.example.Master: Old: a New: b\n    at org.example.Master.run(Master.java:7)\n",
    "081109 203615 148 INFO dfs.DataNode$PacketResponder: Responder 1 ends\n",
    "2015-10-18 18:01:47.978  INFO 12345 --- [           main] o.s.b.Application  : Started in 3 s\n",
    "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0\n",
    "[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6\r\n",
    "E0101 00:00:00.000001       7 main.go:12] \"it failed\" err=\"no route\"\n",
    "time=2026-01-01T00:00:00Z level=error msg=\"a \\\"b\\\"\" trace_id=0a\n",
    "2026-11-25T02:00:00.000000000Z stdout P half \n2026-11-25T02:00:00.000000001Z stdout F {\"level\":\"error\",\"msg\":\"x\"}\n",
    "{\"log\":\"\\tat a.b(C.java:1)\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-25T02:00:00Z\"}\n",
    "__REALTIME_TIMESTAMP=1795572000000000\nPRIORITY=3\nMESSAGE\n\u{3}\0\0\0\0\0\0\0a\nb\n\n",
    "<165>1 2026-11-25T02:00:00.003Z web1 till 7 ID [a@1 b=\"c\\]\"] opened\n<34>Nov 25 02:00:00 web1 sshd[24]: no\n",
    "web-1  | 2026-11-25 02:00:00,500 INFO app: x\n[pod/a-b/c] 2026-11-25T02:00:00Z y\n",
    "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='S'/><Level>2</Level><TimeCreated SystemTime='2026-11-25T02:00:00Z'/></System><EventData><Data>&amp;x</Data></EventData></Event></Events>",
    "fail: Shop.Api[5]\n      lost\n1:M 25 Nov 2026 02:00:00.500 # x\nD, [2026-11-25T02:00:00.1 #4] DEBUG -- a: b\n",
    "{\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":{\"app\":\"a\"},\"values\":[[\"1795572000000000000\",\"level=info msg=x\"]]}]}}",
    "2026-11-25-02.00.00.123456+060 E27204F655           LEVEL: Severe (OS)\nPID     : 988                  TID : 1398765        PROC : db2sysc 0\nFUNCTION: DB2 UDB, x, y, probe:1\nMESSAGE : ZRC=0x1 \"a\"\nDATA #1 : String\nb\n\n",
    "debug 2026-11-25T02:00:00.123+0000 7f5b8c1f7700 -1 osd.3 x\n2026-11-25T02:00:00.123+0000 7f5b8c1f7700  0 log_channel(cluster) log [WRN] : y\n",
    "[2026-11-25 02:00:00] VERBOSE[2051][C-0000001a] pbx.c: x\n[2026-11-25 02:00:00] WARNING[2051]: chan_sip.c:4065 retrans_pkt: y\n",
    "=ERROR REPORT==== 25-Nov-2026::02:00:00 ===\nclosed\n\n2026-11-25 02:00:00.50 spid55      Error: 823, Severity: 24, State: 2.\n",
    "[2026/11/25 02:00:00.500 +00:00] [WARN] [server.go:12] [\"slow [1]\"] [id=7]\n####<Nov 25, 2026 2:00:00,500 AM UTC> <Error> <Security> <h> <s> <t> <u> <> <d> <1> <BEA-1> <x>\n",
    "Wed 2026-11-25 02:00:00.500000 UTC [s=a1;i=1;b=00;m=1a;t=5e;x=12]\n    PRIORITY=3\n    MESSAGE=none\n            left\n",
    "2026-11-25T02:00:00.500Z START RequestId: c6af9ac6-7b61-11e6-9a41-93e8deadbeef Version: $LATEST\nI, [2026-11-25T02:00:00.1 #4]  INFO -- : x\n",
    "up\n{\n  resource: { attributes: { 'service.name': 's' } },\n  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',\n  parentSpanContext: { spanId: '00f067aa0ba902b7' },\n  name: `n`,\n  id: '00f067aa0ba902b8',\n  kind: 1,\n  timestamp: 1795572000215847,\n  duration: 4.5,\n  attributes: { a: \"it's\\x1B\", b: 12n, c: [Object], d: <ref *1> Map(1) { 'x' => 1 } },\n  status: { code: 2, message: 'a\\n' +\n    'b' },\n  links: [ 1, ... 3 more items ]\n}\n",
    "Activity.TraceId:            4bf92f3577b34da6a3ce929d0e0e4736\nActivity.SpanId:             00f067aa0ba902b8\nActivity.Kind:               Server\nActivity.StartTime:          2026-11-25T02:00:00.5178011Z\nActivity.Duration:           1.00:00:01.2097620\nActivity.Events:\n    exception [x]\n        exception.type: E\nStatusCode: Error\nResource associated with Activity:\n    service.name: s\n\nLogRecord.Timestamp: 2026-11-25T02:00:03.5Z\nLogRecord.Severity: Error\nLogRecord.Body: b\n\nMetric Name: m\n",
    "==== START logs for container a of pod n/b-1 ====\nE1125 02:00:03.500000       1 s.go:42] x\n==== END logs for container a of pod n/b-1 ====\n==== START logs for container c of pod n/b-1 ====\n2026-11-25 02:00:02,500 WARN  [main] o.s.P - y\n",
    "2026-11-25T03:00:00.123456+01:00\nThread 1 advanced\n  Current log# 3\n2026-11-25T03:00:02.500000+01:00\nErrors in file /u/a.trc:\nORA-00600: internal\nWed Nov 25 02:00:02 2026\nx\n",
    "2026-11-25T02:00:01.5Z stderr F panic: a\n2026-11-25T02:00:01.5Z stderr F goroutine 7 [running]:\n2026-11-25T02:00:01.5Z stderr F net/http.(*conn).serve(0xc0, {0x6c, 0xc0})\n2026-11-25T02:00:09.5Z stderr F thread 'main' (12) panicked at a.rs:4:5:\n2026-11-25T02:00:09.5Z stderr F note: run with x\n2026-11-25T02:00:19.5Z stdout F up\n",
    "261125  2:00:01 [Note] a\n2026-11-25 02:00:05 4711 [ERROR] InnoDB: b\n2026-11-25T02:00:00.1Z [info     ] mail queued    [shop.mail] id=1\n2026-11-25 02:00:01.123 ERROR (MainThread) [a.core] c\n[2026-11-25 02:00:01,1] ERROR d (state.change.logger)\nINFO [o,7b0c1d2e3f405162,1122334455667788,true] 1 --- [n] e\n",
  ]

  static let reports = [
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites><testsuite name="s" tests="3" failures="1" errors="0" skipped="1" time="1,234.5" timestamp="2026-01-01T00:00:00" hostname="h">
    <properties><property name="p" value="&#x41;"/></properties>
    <testcase classname="a.B" name="c[1]" time="0.5"><failure message="m &lt; n" type="E"><![CDATA[at a.B.c(B.java:7)]]></failure><system-out>o</system-out></testcase>
    <testcase classname="a.B" name="d"><skipped/></testcase>
    <testcase classname="a.B" name="e"><rerunFailure message="r" type="E"><stackTrace>x</stackTrace></rerunFailure></testcase>
    </testsuite></testsuites>
    """,
    """
    <test-run id="2" total="2"><test-suite type="Assembly" name="a.dll"><test-case fullname="N.A" name="A" result="Passed" start-time="2026-01-01T00:00:00Z" duration="0.1"/>
    <test-case fullname="N.B" name="B" result="Failed"><failure><message><![CDATA[m]]></message><stack-trace>s</stack-trace></failure></test-case></test-suite></test-run>
    """,
    """
    <test-results name="n" total="1" date="2026-01-01" time="00:00:00"><test-suite name="s"><results><test-case name="a" executed="True" success="False" time="0.1"><failure><message>m</message></failure></test-case></results></test-suite></test-results>
    """,
    """
    <assemblies><assembly name="a" run-date="2026-01-01" run-time="00:00:00"><collection name="c"><test name="t" type="T" method="m" time="0.1" result="Fail"><failure exception-type="E"><message>m</message></failure></test></collection></assembly></assemblies>
    """,
    """
    <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results><UnitTestResult testId="1" testName="t" outcome="Failed" duration="00:00:01.5" startTime="2026-01-01T00:00:00Z"><Output><ErrorInfo><Message>m</Message></ErrorInfo></Output></UnitTestResult></Results><TestDefinitions><UnitTest id="1" name="t"><TestMethod className="C" name="t"/></UnitTest></TestDefinitions></TestRun>
    """,
    """
    <testng-results passed="1" failed="1"><suite name="s"><test name="t"><class name="C"><test-method name="m" status="FAIL" duration-ms="5" started-at="2026-01-01T00:00:00Z"><exception class="E"><message><![CDATA[m]]></message></exception></test-method></class></test></suite></testng-results>
    """,
    """
    <Site BuildName="b"><Testing><StartDateTime>Jan 01 00:00 UTC</StartDateTime><Test Status="failed"><Name>t</Name><FullName>./t</FullName><Results><NamedMeasurement type="numeric/double" name="Execution Time"><Value>0.5</Value></NamedMeasurement><Measurement><Value>o</Value></Measurement></Results></Test></Testing></Site>
    """,
    """
    <TestLog><TestSuite name="s"><TestCase name="c"><Error file="f" line="7"><![CDATA[m]]></Error><TestingTime>10</TestingTime></TestCase></TestSuite></TestLog>
    """,
    """
    <TestCase name="T"><TestFunction name="f"><Incident type="fail" file="f" line="7"><DataTag><![CDATA[d]]></DataTag><Description><![CDATA[m]]></Description></Incident><Duration msecs="0.5"/></TestFunction></TestCase>
    """,
    """
    <Catch2TestRun name="n"><TestCase name="c" filename="f" line="7"><Section name="s"><Expression success="false" type="REQUIRE"><Original>a == b</Original><Expanded>1 == 2</Expanded></Expression></Section><OverallResult success="false" durationInSeconds="0.5"/></TestCase></Catch2TestRun>
    """,
  ]
}

// MARK: Files that verbs open beside inputs

extension SeedTexts {
  static let pipelines = [
    """
    version: 1
    inputs: [ "/var/log/{date}/*.tar.gz", reports/ ]
    zone: Europe/Berlin
    formats:
      - match: "*/trace/*.csv"
        table: { trace: TraceID, span: SpanID, parent: ParentID, component: PodName, operation: Op, start: S, end: E }
        records: spans
      - match: "*.json"
        records: spans
        keys: { trace: t, span: s, component: c, start: st, durationMs: d }
    components: { rename: [ { pattern: "-[a-f0-9]{8,10}$", with: "" } ] }
    reflex: { window: 1s, components: 3, errorRate: 0.1, breaker: { failures: 5, reset: 30s } }
    patterns: { learningRate: 0.1, tolerance: 0.5 }
    policies: policies.yaml
    history: nights.sqlite
    limits: { memory: 384MiB, expandedPerInput: 20GiB, ratio: 1000, depth: 8, entries: 100000 }
    mask: { keys: [pin], patterns: ["AB[0-9]+"], allow: [test] }
    report: { formats: [json, markdown], failOn: cascade }
    changes: [ "deploys/{date}.jsonl" ]
    tests: { quarantine: quarantine.json }

    """, "version: 1\nmask: secrets\ninputs: [a]\n", "a: &a [1, 2]\nb: [*a, *a]\nc: !!binary x\n? [x]\n: 1\n",
  ]

  static let policies = [
    """
    version: 1
    logged: inferred
    evaluation: { donorWindow: 60s, minimumRetries: 30, block: 10min, seed: 1 }
    policies:
      - name: six
        retry: { attempts: 6, backoff: { exponential: { base: 200ms, factor: 2, max: 5s, jitter: full } } }
        retryOn: [timeout, unavailable]
        deadline: 10s
      - name: guarded
        preset: grpc
        budget: { ratio: 0.1, perSecond: 10 }
        breaker: { failureRate: 0.5, window: 100, minimumCalls: 20, open: 30s, probes: 3 }
        scope: { component: payments }
      - name: grid
        retry: { attempts: [2, 3, 4], backoff: { fixed: [500ms, 2s] } }

    """,
    """
    version: 1
    logged: { retry: { attempts: 3, backoff: { linear: { base: 1s, step: 1s, max: 9s } } } }
    policies:
      - name: door
        admission: { maxInFlight: 64, maxPerWindow: 100, window: 1s, deadline: 5s, maxRetries: 2 }
      - name: all
        supervision: { strategy: oneForAll, maxRestarts: 5, period: 60s, backoff: { exponential: { base: 1s, max: 60s } } }
      - name: away
        recovery: { maxRetries: 3, initialDelay: 10s, maxDelay: 300s, timeout: 600s, autoRollback: true }
      - name: hedge
        hedge: { after: 100ms, max: 2 }

    """,
  ]

  static let lists = [
    #"{"at":"2026-01-01T00:00:00Z","component":"a","kind":"deploy","text":"v2"}"# + "\n"
      + #"{"time":1767225600,"service":"b","version":"1.2"}"# + "\n",
    #"{"quarantine":[{"test":"a.B.c","since":"2026-01-01","expires":"2026-02-01"},"d"]}"#,
    "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z\n2026-01-01T02:00Z/2026-01-01T03:00Z\n",
    "Thu Jan  1 00:00:00 2026 deployed payments v3\n",
  ]
}
