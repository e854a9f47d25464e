#!/usr/bin/env python3
"""The cost test: each adversarial input is doubled twice; processor time and peak memory must not grow faster than n^1.2.

  cost.py HINDCAST FOLDER [short | long | NAME...]
"""
import gzip, hashlib, io, json, math, os, resource, shutil, subprocess, sys, tarfile, zipfile

T = 1767225600 * 10**9
FAMILIES = {}
LIMIT = 1.2


def family(size, short=False, verb=("run", "-q", "--no-history", "-o", "{out}", "{in}")):
    """Registers a family: its smallest size, whether CI runs it, how it is called."""
    def register(function):
        FAMILIES[function.__name__] = (function, size, short, verb)
        return function
    return register


def word(*key):
    """A word of letters that no mask takes for a number."""
    digest = hashlib.md5(".".join(map(str, key)).encode()).hexdigest()[:8]
    return digest.translate(str.maketrans("0123456789", "ghijklmnop"))


def clock(i): return "2026-01-01 %02d:%02d:%02d,%03d" % (i // 3600000 % 24, i // 60000 % 60, i // 1000 % 60, i % 1000)


def lines(folder, rows, name="a.log"):
    with open(os.path.join(folder, name), "w") as f: f.writelines(r + "\n" for r in rows)


def attribute(k, v): return {"key": k, "value": {"stringValue": v}}


def span(service, trace, number, parent, start, end, name="op", kind=2, failed=False, attributes=()):
    s = {"traceId": "%032x" % trace, "spanId": "%016x" % number, "parentSpanId": "%016x" % parent if parent else "", "name": name, "kind": kind,
         "startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "attributes": list(attributes)}
    if failed: s["status"] = {"code": 2, "message": "failed"}
    return {"resource": {"attributes": [attribute("service.name", service)]}, "scopeSpans": [{"scope": {"name": "x"}, "spans": [s]}]}


def traces(folder, spans):
    with open(os.path.join(folder, "t.json"), "w") as f:
        f.write('{"resourceSpans":[')
        for i, s in enumerate(spans): f.write(("," if i else "") + json.dumps(s, separators=(",", ":")))
        f.write("]}")


def junit(folder, cases, head="", name="t.xml"):
    with open(os.path.join(folder, name), "w") as f:
        f.write('<testsuite name="s" timestamp="2026-01-01T00:00:00">' + head)
        f.writelines(cases)
        f.write("</testsuite>")


# Logs
@family(2000, True)
def log_own_component_own_message(d, n): lines(d, ("%s ERROR [main] com.acme.Svc%s - boom %s" % (clock(i), word(i, 0), word(i, 1)) for i in range(n)))
@family(20000, True)
def log_words_of_two(d, n): lines(d, ("%s ERROR [main] com.acme.Svc - %s" % (clock(i), " ".join("ab"[(i >> k) & 1] + word(k) for k in range(18))) for i in range(n)))
@family(20000)
def log_words_of_two_and_one_of_five(d, n): lines(d, ("%s ERROR [main] com.acme.Svc - %s %s took %d ms" % (clock(i), " ".join("ab"[(i >> k) & 1] + word(k) for k in range(16)), word(i % 5), i) for i in range(n)))
# At the border: ^1.08 to 1.31 of one binary. In the long form until it holds with a margin.
@family(20000)
def log_distinct_components(d, n): lines(d, ("%s ERROR [main] com.acme.Svc%s - boom" % (clock(i), word(i)) for i in range(n)))
@family(20000)
def log_components_over_the_day(d, n): lines(d, ("%s ERROR [main] com.acme.Svc%s - boom" % (clock(i * 80000000 // n), word(i)) for i in range(n)))
# At the border: ^1.08 to 1.31 of one binary. In the long form until it holds with a margin.
@family(10000)
def log_distinct_messages(d, n): lines(d, ("%s ERROR [main] com.acme.Svc - %s %s failed" % (clock(i), word(i, 0), word(i, 1)) for i in range(n)))
@family(10000)
def log_same_length_messages(d, n): lines(d, ("%s WARN [main] com.acme.Svc - a b c %s %s" % (clock(i), word(i % 97), word(i)) for i in range(n)))
@family(200000)
def log_short_lines(d, n): lines(d, ("x" for _ in range(n)))
@family(1 << 20)
def log_one_line(d, n): lines(d, ["%s ERROR [main] a.B - %s" % (clock(0), "word " * (n // 5))])
@family(20000)
def log_continued(d, n): lines(d, [clock(0) + " ERROR [main] a.B - boom"] + ["\tat a.b.C.d(C.java:%d)" % i for i in range(n)])
@family(20000)
def log_names_components(d, n): lines(d, ("%s ERROR [main] c%s - %s" % (clock(i), "a" * (i % 200 + 4), "a" * 300) for i in range(n)))
@family(20000)
def log_json_distinct_keys(d, n): lines(d, (json.dumps({"timestamp": "2026-01-01T00:00:00Z", "level": "ERROR", "service": "s", "message": "m", word(i): word(i)}) for i in range(n)), "a.jsonl")
@family(20000)
def log_json_one_object(d, n): lines(d, [json.dumps(dict([("timestamp", "2026-01-01T00:00:00Z"), ("message", "m")] + [(word(i), i) for i in range(n)]))], "a.jsonl")
# At the border: ^1.08 to 1.31 of one binary. In the long form until it holds with a margin.
@family(20000)
def log_secrets(d, n): lines(d, ("%s ERROR [main] a.B - a://b:c password=%s xoxb-1-%s eyJ.eyJ" % (clock(i), word(i), word(i, 1)) for i in range(n)))
@family(100000)
def log_secret_signs(d, n): lines(d, ["%s ERROR [main] a.B - %s" % (clock(0), "a://b:c@ eyJ. -----BEGIN 4111 DE89 --password " * (n // 48))])
@family(20000)
def log_carriage_returns(d, n):
    with open(d + "/a.log", "wb") as f: f.write(b"\r".join(("%s ERROR [main] a.B - request %d took %d ms" % (clock(i), i, i)).encode() for i in range(n)))


# Traces
@family(20000, True)
def trace_chain(d, n): traces(d, (span("s", 1, i + 1, i, T + i, T + 2 * n + 10 - i) for i in range(n)))
@family(20000)
def trace_ring(d, n): traces(d, (span("s", 1, i + 1, (i + n - 1) % n + 1, T + i, T + 2 * n + 10 - i) for i in range(n)))
@family(20000, True)
def trace_star(d, n): traces(d, [span("cli", 1, 1, 0, T, T + n * 10**6)] + [span("s%d" % (i % 3), 1, i + 2, 1, T + i * 10**6, T + i * 10**6 + 999) for i in range(n)])
@family(20000)
def trace_single_spans(d, n): traces(d, (span("s", i + 1, 1, 0, T + i * 10**6, T + i * 10**6 + 999) for i in range(n)))
@family(20000, True)
def trace_failing_calls_without_peer(d, n): traces(d, [span("cli", 1, 1, 0, T, T + n * 10**6 + 99)] + [span("srv", 1, i + 2, 1, T + i * 10**6, T + i * 10**6 + 1000, "GET /x", 3, True) for i in range(n)])
@family(10000)
def trace_distinct_operations(d, n): traces(d, (span("s", i + 1, 1, 0, T + i * 10**6, T + i * 10**6 + 999, word(i)) for i in range(n)))
@family(5000, True)
def trace_distinct_services(d, n): traces(d, (span("svc" + word(i), i + 1, 1, 0, T + i * 10**6, T + i * 10**6 + 999, failed=i % 7 == 0) for i in range(n)))
@family(4000)
def trace_distinct_edges(d, n): traces(d, (s for i in range(n) for s in (span("a" + word(i), i + 1, 1, 0, T + i * 10**6, T + i * 10**6 + 999, kind=3), span("b" + word(i), i + 1, 2, 1, T + i * 10**6 + 1, T + i * 10**6 + 900, failed=True))))
@family(20000)
def trace_copies(d, n): traces(d, (span("s", 1, 7, 0, T, T + 999) for _ in range(n)))
@family(20000)
def trace_same_id(d, n): traces(d, (span("s%d" % (i % 50), 1, 7, 7, T + i, T + i + 999) for i in range(n)))
@family(20000)
def trace_orphans(d, n): traces(d, (span("s", 1, i + 2, 10**9 + i, T + i, T + i + 999) for i in range(n)))
@family(20000)
def trace_same_time(d, n): traces(d, (span("s%d" % (i % 9), i // 3 + 1, i + 1, i if i % 3 else 0, T, T + 10**6) for i in range(n)))
@family(20000)
def trace_nested_times(d, n): traces(d, [span("cli", 1, 1, 0, T, T + 4 * n)] + [span("s", 1, i + 2, 1, T + i, T + 4 * n - i) for i in range(n)])
@family(20000)
def trace_retries(d, n): traces(d, (span("cli", i // 5 + 1, i + 1, 0, T + i * 10**7, T + i * 10**7 + 10**6, "GET /x", 3, i % 5 != 4, [attribute("server.address", "db")]) for i in range(n)))
@family(20000)
def trace_attributes(d, n): traces(d, [span("s", 1, 1, 0, T, T + 999, attributes=[attribute(word(i), word(i, 1)) for i in range(n)])])
@family(20000)
def trace_unanswered(d, n): traces(d, (span("cli", i + 1, 1, 0, T + i * 10**6, 0, "GET /x", 3, True, [attribute("server.address", word(i))]) for i in range(n)))
@family(10000)
def metric_series(d, n):
    points = [{"timeUnixNano": str(T + k * 60 * 10**9), "asDouble": k} for k in range(3)]
    json.dump({"resourceMetrics": [{"resource": {"attributes": [attribute("service.name", "s" + word(i))]}, "scopeMetrics": [{"metrics": [{"name": "queue.length", "gauge": {"dataPoints": points}}]}]} for i in range(n)]}, open(d + "/m.json", "w"))


# Tests
@family(20000)
def test_cases(d, n): junit(d, ('<testcase classname="c.C%d" name="t%d" time="0.1"/>' % (i % 50, i) for i in range(n)))
@family(5000, True)
def test_distinct_failures(d, n): junit(d, ('<testcase classname="c.C" name="t%d"><failure message="boom %s %s" type="E">at %s</failure></testcase>' % (i, word(i), word(i, 1), word(i, 2)) for i in range(n)))
@family(10000)
def test_same_failure(d, n): junit(d, ('<testcase classname="c.C" name="t%d"><failure message="boom" type="E">at x</failure></testcase>' % i for i in range(n)))
@family(20000)
def test_attempts(d, n): junit(d, ('<testcase classname="c.C" name="t"><failure message="boom" type="E"/></testcase>' if i % 2 else '<testcase classname="c.C" name="t"/>' for i in range(n)))
@family(20000)
def test_properties(d, n): junit(d, ['<testcase classname="c.C" name="t"/>'], "<properties>" + "".join('<property name="%s" value="%s"/>' % (word(i), word(i, 1)) for i in range(n)) + "</properties>")
@family(2000)
def test_files(d, n):
    for i in range(n): junit(d, ['<testcase classname="c.C" name="t%d"/>' % i], name="t%05d.xml" % i)
@family(50000)
def test_attributes(d, n): junit(d, ["<testcase classname='c' name='t' %s/>" % " ".join("a%s='1'" % word(i) for i in range(n // 20))] * 4)
@family(1 << 20)
def test_output(d, n): junit(d, ['<testcase classname="c" name="t"><failure message="%s">%s</failure></testcase>' % ("x " * 100, "at a.b.C\n" * (n // 9))])


# Archives and folders
def tar(folder, members):
    with tarfile.open(folder + "/a.tar.gz", "w:gz", compresslevel=1) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
@family(5000)
def tar_empty_members(d, n): tar(d, (("m%d" % i, b"") for i in range(n)))
@family(5000, True)
def tar_unknown_members(d, n): tar(d, (("m%d.bin" % i, b"\0\1\2" * 40) for i in range(n)))
@family(5000)
def zip_members(d, n):
    with zipfile.ZipFile(d + "/a.zip", "w") as z:
        for i in range(n): z.writestr("m%d.log" % i, clock(i) + " ERROR [main] a.B - boom\n")
@family(2000)
def folder_files(d, n):
    for i in range(n): lines(d, [clock(i) + " ERROR [main] a.B - boom"], "f%d.log" % i)
@family(2000)
def folder_links(d, n):
    for i in range(n): os.symlink("/etc/hosts" if i % 2 else "nowhere", d + "/l%d" % i)
@family(200)
def folder_deep(d, n):
    at = os.open(d, os.O_RDONLY)
    for _ in range(n):
        os.mkdir("d", dir_fd=at)
        new = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = new
    os.close(at)
@family(20000)
def table_rows(d, n): lines(d, ["TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano"] + ["%032x,%016x,,p%d,op,%d,%d" % (i, i + 1, i % 20, T + i * 10**6, T + i * 10**6 + 999) for i in range(n)], "t.csv")


# Configuration
@family(4000, True, ("check", "{in}/p.yaml"))
def yaml_unknown_keys(d, n): lines(d, ["k%d: v" % i for i in range(n)], "p.yaml")
@family(4000, False, ("check", "{in}/p.yaml"))
def yaml_renamings(d, n): lines(d, ["version: 1", "components:", "  rename:"] + ['    - { pattern: "%s", with: "" }' % word(i) for i in range(n)], "p.yaml")
@family(4000, False, ("check", "{in}/p.yaml"))
def yaml_inputs(d, n): lines(d, ["version: 1", "inputs:"] + ["  - a%d" % i for i in range(n)], "p.yaml")
@family(200, True, ("run", "-q", "--no-history", "--pipeline", "{in}/p.yaml", "-o", "{out}", "{in}/a.jsonl"))
def renaming_that_backtracks(d, n):
    lines(d, ["version: 1", 'components: { rename: [ { pattern: "^(a+)+$", with: "" } ] }'], "p.yaml")
    lines(d, (json.dumps({"timestamp": "2026-01-01T00:00:00Z", "level": "ERROR", "service": "a" * 40 + str(i) + "!", "message": "x"}) for i in range(n)), "a.jsonl")


# Processor seconds that one run may take: what takes longer has no end that anybody waits for, and fails.
SECONDS = 30


def measure(command):
    bound = lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=bound)
    _, status, use = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return use.ru_utime + use.ru_stime, use.ru_maxrss * 1024, process.returncode


def judge(name, hindcast, folder, base, runs_each):
    function, size, _, verb = FAMILIES[name]
    seen = []
    for n in (size, 2 * size, 4 * size):
        work = os.path.join(folder, name)
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work + "/in")
        function(work + "/in", n)
        command = [hindcast] + [w.replace("{in}", work + "/in").replace("{out}", work + "/out") for w in verb]
        # Neighbours on the machine only ever add time: the least of as many runs of every size is the program's own.
        runs = [measure(command) for _ in range(runs_each)]
        if any(code < 0 for _, _, code in runs): return "SIGNAL", seen
        seen.append((n, min(r[0] for r in runs), min(r[1] for r in runs)))
        shutil.rmtree(work, ignore_errors=True)
    # What the program costs without any input is no growth; below a tenth of a second and 16 MB nothing is measured.
    grow = lambda a, b, floor: math.log(max(b, floor) / max(a, floor)) / math.log(4)
    time = grow(seen[0][1] - base[0], seen[2][1] - base[0], 0.1)
    memory = grow(seen[0][2] - base[1], seen[2][2] - base[1], 16e6)
    return ("ok" if time <= LIMIT and memory <= LIMIT else "FAIL"), seen, time, memory


def main():
    sys.stdout.reconfigure(line_buffering=True)
    hindcast, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    asked = sys.argv[3:] or ["short"]
    names = [n for n in FAMILIES if "long" in asked or n in asked or "short" in asked and FAMILIES[n][2]]
    os.makedirs(folder + "/none", exist_ok=True)
    base = measure([hindcast, "run", "-q", "--no-history", "-o", folder + "/none/out", folder + "/none"])[:2]
    failed = []
    for name in names:
        verdict = judge(name, hindcast, folder, base, 2)
        # What fails is measured again, longer: growth that is the program's own is there again.
        if verdict[0] == "FAIL": verdict = judge(name, hindcast, folder, base, 5)
        if verdict[0] != "ok": failed.append(name)
        if len(verdict) == 4:
            _, seen, time, memory = verdict
            print("%-4s %-34s time ^%.2f memory ^%.2f   %s" % (verdict[0], name, time, memory, "  ".join("%d: %.2f s %d MB" % (n, t, m // 10**6) for n, t, m in seen)), flush=True)
        else:
            print("%-4s %s" % (verdict[0], name), flush=True)
    print("%d families, %d above n^%.1f%s" % (len(names), len(failed), LIMIT, ": " + ", ".join(failed) if failed else ""))
    sys.exit(1 if failed else 0)


main()
