// Seeds of access logs, of tables, and of test reports in JSON.

extension SeedTexts {
  /// A line of each layout.
  static let access = [
    "192.0.2.1 - eve [10/Oct/2026:13:55:36 -0700] \"GET /a.gif?x=1 HTTP/1.0\" 200 2326\n",
    "192.0.2.7 - - [25/Nov/2026:03:00:07 +0100] \"GET /p HTTP/2.0\" 200 28 \"-\" \"c\" 60 0.683 [ns-web-80] [] 10.0.0.1:443, 10.0.0.2:443 0, 39 0.187, 0.496 502, 200 aa11bb22cc33dd44ee55ff6600778807\n",
    "192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] \"GET /h HTTP/1.1\" 200 12 \"-\" \"ok\" rt=0.068 ua=\"10.1.1.10:80\" us=\"200\" ut=\"0.067\" id=c3cbac57f6457f69dced2ddb7251299d\n",
    "192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] \"GET /v1 HTTP/2.0\" 502 11 \"-\" \"c\" 17 \"api@docker\" \"http://10.1.0.5:80\" 12ms\n",
    "[2026-11-25T02:00:00.137Z] \"POST /pay HTTP/1.1\" 503 UF,URX via_upstream - \"-\" 70 45 25 24 \"-\" \"g\" \"0a0b0c0d-1111-4222-8333-44445555aa00\" \"pay.shop:80\" \"10.1.2.0:80\" outbound|80||pay.shop.svc.cluster.local 10.1.0.5:44 10.2.0.9:80 10.1.0.5:50 - default\n",
    "h2 2026-11-25T02:00:00.186641Z app/edge/0a1b 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 \"GET https://shop.example:443/a HTTP/2.0\" \"c\" X TLSv1.2 arn:aws:x:targetgroup/web/11 \"Root=1-6920a1b2-00112233445566778899aabb\" \"shop.example\" \"-\" 1 2026-11-25T02:00:00.000000Z \"forward\" \"-\" \"-\"\n",
    "tls 2.0 2026-11-25T02:00:10 net/front/1a2b 5f4e 192.0.2.9:513 10.0.0.5:443 5 2 98 246 - arn:x - Y tlsv12 - front.example - - - 2026-11-25T02:00:09\n2026-11-25T02:00:00.5Z elb 192.0.2.1:34 10.0.0.1:80 0.0001 0.0009 0.001 504 504 0 31 \"GET http://x:80/a HTTP/1.1\" \"c\" - -\n",
    "Nov 25 02:00:00 lb haproxy[1]: 192.0.2.2:33 [25/Nov/2026:02:00:00.655] public~ orders/<NOSRV> 0/-1/-1/-1/3003 503 212 - - sC-- 1/1/1/1/+3 0/0 {h} \"GET /o/1 HTTP/1.1\"\n",
    "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status sc-win32-status time-taken\n2026-11-25 02:00:04 10.0.0.4 GET /api/cart 443 192.0.2.4 503 0 34\n",
    "#Version: 1.0\n#Fields: date time x-edge-location c-ip cs-method cs-uri-stem sc-status x-host-header time-taken\n2026-11-25\t02:00:01\tFRA2\t192.0.2.3\tGET\t/img/9.png\t200\tcdn.example\t0.250\n",
    "10.0.0.9, -, 11/25/26, 2:00:00, W3SVC2, SHOP1, 10.1.0.1, 250, 163, 3223, 502, 0, GET, /orders/7, -,\n",
    "[25/Nov/2026 02:00:00] \"POST /o/1 HTTP/1.1\" 500 155\nINFO:     192.0.2.9:50321 - \"GET /items/7 HTTP/1.1\" 503 Unavailable\nGET /o/5?x=1 404 12.345 ms - 55\n",
    "[GIN] 2026/11/25 - 02:00:01 | 500 |  250.5ms |  192.0.2.9 | GET      \"/o/5?x=1\"\n2026/11/25 02:00:00 \"GET http://shop.example/orders/7 HTTP/1.1\" from 10.0.0.9:5000 - 502 12B in 250.5ms\n",
    "2026-11-25T02:00:01.000000+00:00 heroku[router]: at=error code=H12 desc=\"x\" method=GET path=\"/o/5?q=1\" host=h request_id=3f2b8c1e-1111-4222-8333-444455556601 fwd=\"192.0.2.9\" dyno=web.1 connect=1ms service=499ms status=503 bytes=0\n",
    "time:2026-11-25T02:00:00Z\thost:10.0.0.9\tmethod:GET\turi:/o/7\tstatus:502\treqtime:0.25\n",
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [25/Nov/2026:02:00:00 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a \"GET /bucket/a HTTP/1.1\" 503 SlowDown 113 - 70 10 \"-\" \"c\" -\n1795572000.123    245 192.0.2.9 TCP_MISS/503 1234 GET http://api.example/o/7 - HIER_DIRECT/192.0.2.8 text/html\n",
    "{\"start_time\":\"2026-11-25T02:00:00.137Z\",\"method\":\"POST\",\"path\":\"/pay\",\"response_code\":503,\"response_flags\":\"URX\",\"duration\":3000,\"upstream_cluster\":\"outbound|80||pay.shop\",\"upstream_host\":\"10.1.2.0:80\",\"upstream_request_attempt_count\":3}\n{\"level\":\"error\",\"ts\":1795572001.5,\"logger\":\"http.log.access.log0\",\"msg\":\"handled request\",\"request\":{\"method\":\"POST\",\"host\":\"h\",\"uri\":\"/s\"},\"duration\":0.3,\"status\":503}\n",
    "{\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"https://shop.example/p/1?x\",\"status\":502,\"latency\":\"0.250s\"},\"timestamp\":\"2026-11-25T02:00:00Z\"}\n{\"DownstreamStatus\":200,\"Duration\":12500000,\"RequestHost\":\"h\",\"RequestMethod\":\"GET\",\"RequestPath\":\"/c/77\",\"RetryAttempts\":2,\"ServiceName\":\"cart@docker\",\"StartUTC\":\"2026-11-25T02:00:00.1Z\"}\n",
  ]

  static let tables = [
    "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano\n0a,0b,root,p,\"o, \"\"x\"\"\",1544712660000000000,1544712661000000000\n",
    "Time,TimeStamp,PodName,Cpu\nx,1767225600,a,0.25\nx,1767225660,a,NaN\n",
    "Timestamp\tPodName\tTraceID\tSpanID\tLog\n2026-01-01T00:00:00Z\tp\t0a\t0b\t\"{\"\"log\"\":\"\"17:35:38.386 INFO x\\n\"\"}\"\n",
    "time;trace_id;span_id;name;duration_ms\n2026-01-01T00:00:00Z;0a;0b;o;1.5\n",
    "Id,Level,ProviderName,TimeCreated,Message\n7,2,S,2026-11-25T02:00:00Z,\"a\nb\"\n",
    "_time,_raw\n2026-11-25T02:00:00Z,\"level=error msg=x\"\n",
    "2026-11-25 02:00:00,a,ERROR,x\n2026-11-25 02:00:01,b,INFO,y\n",
  ]

  /// A report of each dialect of JSON, and TAP.
  static let results = [
    "{\"config\":{\"rootDir\":\"/w\",\"projects\":[]},\"suites\":[{\"title\":\"f\",\"file\":\"f\",\"specs\":[{\"title\":\"a\",\"tests\":[{\"projectName\":\"p\",\"status\":\"flaky\",\"results\":[{\"status\":\"failed\",\"duration\":5,\"error\":{\"message\":\"m\"}},{\"status\":\"passed\"}]}]}]}],\"errors\":[],\"stats\":{}}",
    "{\"Time\":\"2026-11-02T01:00:00Z\",\"Action\":\"run\",\"Package\":\"a\",\"Test\":\"T\"}\n{\"Action\":\"output\",\"Package\":\"a\",\"Test\":\"T\",\"Output\":\"x_test.go:9: m\\n\"}\n{\"Action\":\"fail\",\"Package\":\"a\",\"Test\":\"T\",\"Elapsed\":0.5}\n",
    "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b # TODO x\n  ---\n  message: \'m\'\n  ...\n",
    "{\"numFailedTests\":1,\"testResults\":[{\"name\":\"a.test.js\",\"assertionResults\":[{\"ancestorTitles\":[\"a\"],\"fullName\":\"a b\",\"status\":\"failed\",\"title\":\"b\",\"duration\":5,\"failureMessages\":[\"Error: x\"]}]}]}",
    "{\"stats\":{\"tests\":1,\"failures\":1},\"failures\":[{\"title\":\"b\",\"fullTitle\":\"a b\",\"duration\":5,\"err\":{\"message\":\"m\",\"stack\":\"s\"}}],\"tests\":[{\"title\":\"b\",\"fullTitle\":\"a b\",\"duration\":5,\"err\":{\"message\":\"m\"}}]}",
    "[{\"uri\":\"a.feature\",\"name\":\"f\",\"elements\":[{\"name\":\"s\",\"type\":\"scenario\",\"steps\":[{\"keyword\":\"Given \",\"name\":\"x\",\"result\":{\"status\":\"failed\",\"duration\":5,\"error_message\":\"m\"}}]}]}]",
    "{\"results\":{\"tool\":{\"name\":\"t\"},\"summary\":{\"tests\":1},\"tests\":[{\"name\":\"a\",\"status\":\"failed\",\"duration\":5,\"message\":\"m\",\"trace\":\"s\",\"flaky\":true,\"retries\":1}]}}",
    "{\"created\":1767225600.5,\"exitcode\":1,\"tests\":[{\"nodeid\":\"t.py::a\",\"outcome\":\"failed\",\"call\":{\"duration\":0.1,\"outcome\":\"failed\",\"crash\":{\"path\":\"t.py\",\"lineno\":7,\"message\":\"m\"},\"longrepr\":\"s\"}}]}",
    "{\"version\":\"3.13\",\"examples\":[{\"id\":\"./a_spec.rb[1:1]\",\"full_description\":\"a b\",\"status\":\"failed\",\"file_path\":\"./a_spec.rb\",\"line_number\":7,\"run_time\":0.1,\"exception\":{\"class\":\"E\",\"message\":\"m\",\"backtrace\":[\"x\"]}}],\"summary\":{\"example_count\":1}}",
    "{\"uuid\":\"u\",\"historyId\":\"h\",\"name\":\"a\",\"fullName\":\"p.A.a\",\"status\":\"broken\",\"start\":1767225600000,\"stop\":1767225600005,\"statusDetails\":{\"message\":\"m\",\"trace\":\"s\"},\"labels\":[{\"name\":\"suite\",\"value\":\"S\"}]}",
    "{\"id\":{\"testResult\":{\"label\":\"//a:b\",\"run\":1,\"attempt\":1}},\"testResult\":{\"status\":\"FAILED\",\"testAttemptDurationMillis\":\"5\"}}\n",
  ]
}
