#!/usr/bin/env python3
"""At most 0.1 % of innocent values are masked: values out of the data sets go through the program as log messages of their own.

  innocent.py HINDCAST DATA FOLDER [COUNT]
"""
import csv, gzip, json, os, random, re, shutil, subprocess, sys, tarfile


def texts(name, data, rng):
    """The values in a file: texts of JSON and XML, cells of tables, lines of logs."""
    text, low = data[:3000000].decode("utf8", "replace"), name.lower()
    if re.search(r"\.(jsonl?|ndjson)$", low):
        for line in [text] + text.split("\n")[:2000]:
            try: stack = [json.loads(line)]
            except ValueError: continue
            while stack:
                x = stack.pop()
                if isinstance(x, dict): stack += x.values()
                elif isinstance(x, list): stack += x
                elif isinstance(x, str): yield x
    elif low.endswith((".xml", ".trx")):
        for m in re.findall(r'="([^"]*)"|>([^<]+)<', text)[:4000]: yield m[0] or m[1]
    elif low.endswith((".csv", ".tsv")):
        try:
            for row in csv.reader(text.replace("\r", "").split("\n")[:2000]): yield from row
        except csv.Error: return
    elif low.endswith((".log", ".txt", ".out")):
        yield from text.split("\n")[:3000]


def main():
    hindcast, root, folder = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    count, rng = int(sys.argv[4]) if len(sys.argv) > 4 else 10000, random.Random(7)
    groups = {}
    for group in sorted(os.listdir(root)):
        if group in ("attack", "hostile") or not os.path.isdir(os.path.join(root, group)): continue
        files = sorted(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(root, group)) for f in fs)
        rng.shuffle(files)
        for path in files[:120]:
            try:
                if path.endswith((".tar.gz", ".tgz", ".tar")):
                    with tarfile.open(path) as archive:
                        members = [(m.name, archive.extractfile(m).read(400000)) for m in list(archive)[:40] if m.isfile()]
                elif path.endswith(".gz"): members = [(path[:-3], gzip.open(path).read(2000000))]
                else: members = [(path, open(path, "rb").read(3000000))]
            except (OSError, EOFError, tarfile.TarError): continue
            for name, data in members:
                for value in texts(name, data, rng):
                    value = value.strip()
                    # What holds a key by its form is no innocent value.
                    if value and "\n" not in value and len(value) < 300 and "eyJ" not in value: groups.setdefault(group, set()).add(value)
    picked = []
    for group in sorted(groups):
        values = sorted(groups[group])
        rng.shuffle(values)
        picked += values[:count // len(groups)]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    # Each value is a span's operation: those are kept word for word.
    spans = [{"traceId": "%032x" % (i + 1), "spanId": "%016x" % (i + 1), "name": v, "kind": 2, "startTimeUnixNano": str((1767225600 + i) * 10**9),
              "endTimeUnixNano": str((1767225600 + i) * 10**9 + 999)} for i, v in enumerate(picked)]
    service = [{"key": "service.name", "value": {"stringValue": "s"}}]
    json.dump({"resourceSpans": [{"resource": {"attributes": service}, "scopeSpans": [{"scope": {"name": "x"}, "spans": spans}]}]}, open(folder + "/t.json", "w"))
    events = subprocess.run([hindcast, "events", folder + "/t.json"], stdout=subprocess.PIPE).stdout.decode()
    masked = sorted({json.loads(line).get("operation", "") for line in events.split("\n") if "[masked" in line})
    print("%d innocent values, %d masked (%.3f %%)" % (len(picked), len(masked), 100 * len(masked) / max(1, len(picked))))
    for value in masked[:20]: print("  " + value[:160])
    sys.exit(1 if not picked or len(masked) > 0.001 * len(picked) else 0)


main()
