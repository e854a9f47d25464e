#!/usr/bin/env python3
"""The small ones: one case for each odd input, file or circumstance that a run met wrongly once.

  small.py HINDCAST FOLDER
"""
import gzip, io, json, os, resource, shutil, subprocess, sys, tarfile, time

hindcast, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder); os.chdir(folder)
LINES = ["2026-01-01 02:%02d:00,000 ERROR [main] com.acme.Pay - request %d failed" % (i, i) for i in range(50)]
TEXT = "\n".join(LINES) + "\n"
CASES = []


def case(function): CASES.append(function); return function


def run(*words, seconds=60, **more):
    began = time.time()
    try: done = subprocess.run([hindcast, *words], capture_output=True, timeout=seconds, **more)
    except subprocess.TimeoutExpired: return None, "", seconds
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace"), time.time() - began


def night(*words, **more):
    """Runs on an input; the exit code, the first input's counts, the codes of all diagnostics."""
    shutil.rmtree("out", ignore_errors=True)
    code, said, _ = run("run", "-q", "--no-history", "-o", "out", *words, **more)
    if not os.path.exists("out/report.json"): return code, {}, [said]
    report = json.load(open("out/report.json"))
    return code, {k: sum(i[k] for i in report["inputs"]) for k in ("records", "used")}, [d["code"] for d in report["diagnostics"]]


def put(name, data):
    with open(name, "wb") as f: f.write(data if isinstance(data, bytes) else data.encode())
    return name


def stored(data):
    """Bytes as a zstd frame of one raw block."""
    head = bytes.fromhex("28b52ffd") + b"\xa0" + len(data).to_bytes(4, "little")
    return head + ((len(data) << 3) | 1).to_bytes(3, "little") + data


@case
def carriage_returns():
    code, counts, _ = night(put("cr.log", "\r".join(LINES)))
    return code == 0 and counts.get("records") == 50, (code, counts)


@case
def gzip_followed_by_zstd():
    code, counts, codes = night(put("two.log.gz", gzip.compress(TEXT.encode()) + stored(TEXT.encode()[:4000])))
    # Both are read, or what follows is named.
    return counts.get("records", 0) >= 50 and (counts["records"] > 50 or code == 3 or any("railing" in c or "damage" in c.lower() for c in codes)), (code, counts, codes)


@case
def utf16_and_utf32():
    seen = []
    for encoding in ("utf-16", "utf-32", "utf-32-be"):
        text = TEXT if encoding in ("utf-16", "utf-32") else "\ufeff" + TEXT
        code, counts, codes = night(put("wide.log", text.encode(encoding)))
        # Read, or told: never nothing of both.
        seen.append((encoding, code, counts, codes[:3], counts.get("used") == 50 or code == 3 and bool(codes)))
    return all(s[-1] for s in seen), seen


@case
def empty_member_name():
    with tarfile.open("empty.tar", "w") as t:
        for name in ("a.log", ""):
            info = tarfile.TarInfo(name); info.size = len(TEXT); t.addfile(info, io.BytesIO(TEXT.encode()))
    code, counts, codes = night("empty.tar")
    return counts.get("records") == 100 or counts.get("records") == 50 and bool(codes), (code, counts, codes)


@case
def pipe_as_policy_file():
    put("a.log", TEXT); os.mkfifo("pipe") if not os.path.exists("pipe") else None
    code, said, seconds = run("run", "-q", "--no-history", "-o", "out", "--policies", "pipe", "a.log", seconds=40)
    return code == 64 and seconds < 30, (code, said[:200], seconds)


@case
def pipe_as_pipeline():
    code, said, seconds = run("check", "pipe", seconds=40)
    return code == 64 and seconds < 30, (code, said[:200], seconds)


@case
def little_address_space():
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
    code, said, seconds = run("run", "-q", "--no-history", "-o", "out", "a.log", preexec_fn=limit)
    return code is not None and code > 0 and seconds < 30 and bool(said), (code, said[:200])


@case
def help_on_a_full_device():
    with open("/dev/full", "wb") as full: done = subprocess.run([hindcast, "--help"], stdout=full, stderr=subprocess.PIPE)
    return done.returncode not in (0,) and done.returncode > 0 and bool(done.stderr), (done.returncode, done.stderr[:200])


@case
def events_on_a_full_device():
    with open("/dev/full", "wb") as full: done = subprocess.run([hindcast, "events", "a.log"], stdout=full, stderr=subprocess.PIPE)
    return done.returncode > 0 and bool(done.stderr), (done.returncode, done.stderr[:200])


@case
def output_checked_before_the_work():
    put("file", "x")
    code, said, _ = run("run", "-q", "--no-history", "-o", "file/out", "a.log")
    return code == 2 and "file" in said, (code, said[:200])


@case
def output_to_standard_output():
    code, said, _ = run("run", "-q", "--no-history", "-o", "-", "a.log")
    return code == 64 and not os.path.exists("-"), (code, said[:200])


@case
def no_format():
    code, said, _ = run("run", "-q", "--no-history", "-o", "out", "--format", "", "a.log")
    return code == 64, (code, said[:200])


@case
def jobs_that_are_no_number():
    code, said, _ = run("run", "-q", "--no-history", "-o", "out", "a.log", env=dict(os.environ, HINDCAST_JOBS="abc"))
    return code == 64 and "abc" in said, (code, said[:200])


@case
def step_summary_that_cannot_be_written():
    code, counts, _ = night("a.log", env=dict(os.environ, GITHUB_STEP_SUMMARY=folder + "/none/summary.md"))
    return code == 3 and counts.get("records") == 50, (code, counts)


@case
def no_stale_page_beside_a_new_report():
    night("a.log")
    code, said, _ = run("run", "-q", "--no-history", "-o", "out", "--format", "json", "a.log")
    return code == 0 and not os.path.exists("out/report.md") and os.path.exists("out/report.json"), (code, os.listdir("out"))


@case
def a_date_that_nobody_named():
    """The default date is the clock's: nothing of the report may tell it."""
    whole = []
    for shift in ("2026-01-02 12:00:00", "2031-07-02 12:00:00"):
        if not shutil.which("faketime"): return True, "SKIPPED, no faketime"
        shutil.rmtree("out", ignore_errors=True)
        subprocess.run(["faketime", shift, hindcast, "run", "-q", "--no-history", "-o", "out", "a.log"], capture_output=True)
        whole.append({f: open("out/" + f, "rb").read() for f in sorted(os.listdir("out")) if os.path.isfile("out/" + f)})
    return whole[0] == whole[1], [sorted(w) for w in whole]


@case
def a_large_value_in_a_history():
    import sqlite3
    run("run", "-q", "--history", "large.sqlite", "-o", "out", "a.log")
    db = sqlite3.connect("large.sqlite"); db.execute("UPDATE blob SET bytes=zeroblob(314572800) WHERE rowid=(SELECT min(rowid) FROM blob)"); db.commit(); db.close()
    seen = []
    for verb in (["list"], ["check"], ["show", "2026-01-01"]):
        began = time.time(); process = subprocess.Popen([hindcast, "history", *verb, "--history", "large.sqlite"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, use = os.wait4(process.pid, 0); process.returncode = os.waitstatus_to_exitcode(status)
        seen.append((process.returncode, round(use.ru_utime + use.ru_stime, 2), use.ru_maxrss >> 10))
    os.remove("large.sqlite")
    return all(c == 2 and s < 1 and m < 100 for c, s, m in seen), seen


@case
def secrets_in_templates():
    put("s.log", "".join("2026-01-01 02:00:00,000 ERROR [main] a.B - login password=correcthorsebattery%s ok\n" % c for c in "xyz"))
    code, said, _ = run("templates", "--lines", "s.log")
    return code == 0 and "correcthorse" not in said, (code, said[:200])


failed = 0
for function in CASES:
    held, seen = function()
    if not held: failed += 1
    if not held or "SKIPPED" in str(seen): print("  %s: %s" % (function.__name__, seen))
print("%d small ones: %d failed" % (len(CASES), failed))
sys.exit(1 if failed else 0)
