#!/usr/bin/env python3
"""Crafted histories are refused or right, never a signal, and within a second or so.

  histories.py HINDCAST SAMPLES FOLDER [RANDOM]
"""
import os, random, shutil, sqlite3, subprocess, sys, time, zlib

hindcast, samples, folder = (os.path.abspath(a) for a in sys.argv[1:4])
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 60
night = samples + "/ci-2026-01-01.tar.gz"
failed, tried = [], 0


def run(*arguments, timeout=30):
    began = time.time()
    process = subprocess.Popen([hindcast, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try: _, status, use = os.wait4(process.pid, 0) if timeout is None else wait(process, timeout)
    except TimeoutError:
        process.kill(); process.wait()
        return -99, time.time() - began, 0
    return os.waitstatus_to_exitcode(status), time.time() - began, use.ru_maxrss // 1024


def wait(process, seconds):
    end = time.time() + seconds
    while time.time() < end:
        pid, status, use = os.wait4(process.pid, os.WNOHANG)
        if pid: process.returncode = os.waitstatus_to_exitcode(status); return pid, status, use
        time.sleep(0.01)
    raise TimeoutError


def attempt(name, change, memory=None):
    """Changes a copy of a sound history and uses it with every verb."""
    global tried
    path = folder + "/x.sqlite"
    shutil.copy(folder + "/h.sqlite", path)
    try: change(path)
    except sqlite3.Error as error: print("     %s cannot be made: %s" % (name, error)); return
    for verb in (("history", "check", "--history", "x.sqlite"), ("history", "list", "--history", "x.sqlite"), ("history", "show", "2026-01-01", "--history", "x.sqlite"), ("run", "-q", "--history", "x.sqlite", "-o", "out", samples + "/ci-2026-01-02.tar.gz")):
        tried += 1
        code, seconds, peak = run(*verb)
        if code < 0 or seconds > 20 or memory and verb[0] == "history" and peak > memory:
            failed.append("%s: %s exit %d %.1f s %d MB" % (name, " ".join(verb[:2]), code, seconds, peak))
    os.remove(path)


def sql(*statements):
    def change(path):
        c = sqlite3.connect(path); c.execute("PRAGMA writable_schema=ON")
        for s in statements: c.executescript(s)
        c.commit(); c.close()
    return change


shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
assert run("run", "-q", "--history", "h.sqlite", "-o", "out", night)[0] in (0, 1, 3)
c = sqlite3.connect(folder + "/h.sqlite"); tables = [r[0] for r in c.execute("SELECT name FROM sqlite_master WHERE type='table'")]
columns = {t: [r[1] for r in c.execute("PRAGMA table_info(%s)" % t)] for t in tables}; c.close()
for t in tables:
    attempt("no " + t, sql("DROP TABLE " + t)); attempt("view " + t, sql("DROP TABLE %s; CREATE VIEW %s AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r) SELECT x AS id, x AS night, x AS version FROM r" % (t, t)))
    attempt("trigger on " + t, sql("CREATE TRIGGER g AFTER INSERT ON %s BEGIN DELETE FROM night; END" % t))
    for column in columns[t]:
        attempt("%s.%s renamed" % (t, column), sql('ALTER TABLE %s RENAME COLUMN "%s" TO other' % (t, column)))
        for value in ("NULL", "'x'", "-1", "9223372036854775807", "1e300", "x'00ff'", "''"):
            if rounds >= 60 or zlib.crc32(("%s %s %s" % (t, column, value)).encode()) % 8 == 0: attempt("%s.%s=%s" % (t, column, value), sql('UPDATE OR IGNORE %s SET "%s"=%s' % (t, column, value)))
attempt("a large blob", sql("UPDATE blob SET bytes=zeroblob(300000000)"), 100)
attempt("a million templates", sql("INSERT INTO template WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r WHERE x<1000000) SELECT (SELECT id FROM night),'z'||x,'w'||x||' <*> boom',1,1,'' FROM r"), 100)
attempt("a newer version", sql("UPDATE schema SET version=99")); attempt("no version", sql("DELETE FROM schema")); attempt("another program's", sql("PRAGMA application_id=7"))
rng = random.Random(3)
for i in range(rounds):
    def scramble(path):
        data = bytearray(open(path, "rb").read())
        for _ in range(rng.choice((1, 4, 40))): data[rng.randrange(len(data))] = rng.randrange(256)
        if i % 9 == 0: data = data[:rng.randrange(len(data))]
        open(path, "wb").write(data)
    attempt("scrambled %d" % i, scramble)
print("%d uses of crafted histories, %d wrong" % (tried, len(failed)))
for line in failed[:20]: print("  " + line)
sys.exit(1 if failed else 0)
