// Public tools on the same OTLP archive: count, errors and the 99th percentile by service, and nothing else.

internal import Support

/// A peer that may be installed.
struct IngestPeer {
  var name: String
  /// Takes the archive and the pattern of its expanded files; exit code 77 says that the tool is not there.
  var script: String
  /// Whether it reads the files that were expanded before, outside the measured time.
  var readsExpanded: Bool

  static let all = [
    IngestPeer(
      name: "python with orjson, from the archive",
      script: """
        import sys, tarfile
        try:
            from orjson import loads
        except ImportError:
            sys.exit(77)
        services = {}
        with tarfile.open(sys.argv[1], "r|*") as archive:
            for member in archive:
                for line in archive.extractfile(member):
                    for resource in loads(line).get("resourceSpans", ()):
                        name = resource["resource"]["attributes"][0]["value"]["stringValue"]
                        entry = services.setdefault(name, [0, []])
                        for scope in resource["scopeSpans"]:
                            for span in scope["spans"]:
                                entry[1].append(int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]))
                                entry[0] += span.get("status", {}).get("code") == 2
        for name, (errors, times) in sorted(services.items()):
            times.sort()
            print(name, len(times), errors, times[len(times) * 99 // 100])
        """, readsExpanded: false),
    IngestPeer(
      name: "DuckDB, two threads, from expanded files",
      script: """
        import sys
        try:
            import duckdb
        except ImportError:
            sys.exit(77)
        connection = duckdb.connect()
        connection.execute("set threads = 2")
        print(connection.execute(\"\"\"
          with resources as (
            select unnest(json_extract(json, '$.resourceSpans[*]')) as resource
            from read_json_objects(?, format = 'newline_delimited')),
          spans as (
            select json_extract_string(resource, '$.resource.attributes[0].value.stringValue') as service,
              unnest(json_extract(resource, '$.scopeSpans[*].spans[*]')) as span from resources)
          select service, count(*), count(*) filter (where json_extract_string(span, '$.status.code') = '2'),
            quantile_cont(json_extract_string(span, '$.endTimeUnixNano')::bigint
              - json_extract_string(span, '$.startTimeUnixNano')::bigint, 0.99)
          from spans group by service order by service
        \"\"\", [sys.argv[2]]).fetchall())
        """, readsExpanded: true),
  ]

  /// What became of a peer: only one that ran to its end is compared with.
  enum Outcome {
    case ran([ChildCost])
    case notInstalled
    case failed(String)
  }

  /// Runs the peer three times.
  func measure(_ corpus: IngestCorpus, folder: String) throws -> Outcome {
    let path = folder + "/peer.py"
    try CheckedFile.write(Array(script.utf8), to: path)
    let expanded = folder + "/expanded"
    if readsExpanded {
      try CheckedFile.makeFolder(expanded)
      guard ChildProcess.run(["bsdtar", "-xf", corpus.path, "-C", expanded])?.exitCode == 0 else {
        return .failed("bsdtar could not expand its files")
      }
    }
    defer { _ = ChildProcess.run(["rm", "-rf", expanded]) }
    var costs: [ChildCost] = []
    for _ in 0..<3 {
      guard let cost = ChildProcess.run(["python3", path, corpus.path, expanded + "/traces/*.jsonl"]) else {
        return .failed("python3 could not be started")
      }
      if cost.exitCode == 77 || cost.exitCode == 127 { return .notInstalled }
      guard cost.exitCode == 0 else { return .failed("it ended with \(cost.exitCode)") }
      costs.append(cost)
    }
    return .ran(costs)
  }
}
