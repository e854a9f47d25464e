"""A night, or many, beyond one machine: hindcast's phases as one Apache Spark job.

    spark-submit hindcast_spark.py --date 2026-01-02 -o out /archive/2026-01-02
    spark-submit hindcast_spark.py --from 2026-01-01 --to 2026-01-31 -o 'reports/{date}' --history h.sqlite '/archive/{date}'

Spark moves bytes and mends what dies; what the bytes mean only hindcast knows. Batches of inputs are extracted to a frame per
partition, the frames of a partition meet and are aggregated, the partials are merged in a tree, the driver concludes. The report is
that of `hindcast run`, byte for byte. Inputs are paths that every machine sees, or URLs of a file system that Hadoop knows.

Exit codes are those of `hindcast conclude`; 64 to 66 of a phase (wrong usage, damage, a missing input) are no accident: they
travel as data and end the job with that code. Everything else that goes wrong is raised, and Spark tries again.
"""
import argparse, datetime, itertools, json, math, os, shutil, struct, subprocess, sys, tempfile, threading, zlib

END, BATCH, SHARE, FAN, FINAL = 0xFFFFFFFF, 128 << 20, 50 << 20, 16, (64, 65, 66)


class Refused(Exception):
    """What no second try mends: hindcast's exit code and what it said."""


class Program:
    """The program with what every call of a phase is told; it travels to the executors."""

    def __init__(self, path, pipeline, memory):
        self.path, self.memory = path, memory
        self.pipeline = open(pipeline, encoding="utf-8").read() if pipeline else None

    def frames(self, verb, arguments, feed=None, date=None):
        """The frames that a call writes, each with its number; all there and unchanged, or an exception."""
        with tempfile.TemporaryDirectory(prefix="hindcast-") as folder, open(folder + "/log", "w+b") as log:
            command = [self.path, verb, "-o", "-"]
            if verb != "merge":
                command += ["--date", date] + (["--memory", self.memory] if self.memory else [])
                if self.pipeline is not None:
                    command += ["--pipeline", write(folder + "/pipeline.yaml", self.pipeline)]
            process = subprocess.Popen(
                command + arguments, stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
            broken = []
            feeder = threading.Thread(target=send, args=(feed, process.stdin, broken), daemon=True)
            if feed:
                feeder.start()
            whole = yield from receive(process.stdout)
            process.stdout.read()
            code = process.wait()
            if feed:
                feeder.join()
            log.seek(0)
            said = log.read()[-2000:].decode("utf-8", "replace").strip()
            if code in FINAL:
                raise Refused(code, said)
            if code != 0 or not whole or broken:
                raise RuntimeError(f"hindcast {verb} ended with {code}, {'all' if whole else 'not all'} frames came: {said} {broken}")


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def receive(stream):
    """The frames of a stream; gives whether its trailer was there and held."""
    checksum, count = 0, 0
    while True:
        head = stream.read(8)
        number, length = struct.unpack("<II", head) if len(head) == 8 else (END, 0)
        body = stream.read(length)
        if number == END or len(body) < length:
            return len(body) == 8 and number == END and struct.unpack("<II", body) == (count, checksum)
        checksum, count = zlib.crc32(body, zlib.crc32(head, checksum)), count + 1
        yield number, body


def send(frames, pipe, broken):
    """Writes frames as one stream; the trailer only when all of them came."""
    checksum, count = 0, 0
    try:
        with pipe:
            for body in frames:
                head = struct.pack("<II", 0, len(body))
                checksum, count = zlib.crc32(body, zlib.crc32(head, checksum)), count + 1
                pipe.write(head)
                pipe.write(body)
            pipe.write(struct.pack("<IIII", END, 8, count, checksum))
    except BrokenPipeError:
        pass  # The program says why it took no more.
    except Exception as error:
        broken.append(repr(error))


def extract(program, batch, partitions):
    """A batch to (key, frame); what is refused to (key, refusal)."""
    arguments = ["--partitions", str(partitions), "--tolerate"] + (["--root", batch["root"]] if batch["root"] else [])
    try:
        with tempfile.TemporaryDirectory(prefix="hindcast-") as folder:
            if batch["remote"]:
                fetch(batch["paths"][0], folder + "/input")
                arguments += ["--name", batch["paths"][0], folder + "/input"]
            else:
                arguments += ["@" + write(folder + "/inputs", "".join(path + "\n" for path in batch["paths"]))]
            for number, body in program.frames("extract", arguments, date=batch["date"]):
                yield batch["key"] + number, body
    except Refused as refusal:
        yield batch["key"], refusal.args


def fetch(url, path):
    """A file out of any file system of Hadoop, by its own shell from the jars that Spark brings."""
    import pyspark
    home = os.environ.get("SPARK_HOME") or os.path.dirname(pyspark.__file__)
    command = ["java", "-cp", home + "/jars/*", "org.apache.hadoop.fs.FsShell", "-cat", url]
    with open(path, "wb") as file, subprocess.Popen(command, stdout=subprocess.PIPE) as cat:
        shutil.copyfileobj(cat.stdout, file, 1 << 20)
    if cat.returncode != 0:
        raise RuntimeError("cannot read " + url)


def join(program, verb, records, date=None):
    """What met at one key to one partial: segments are aggregated, partials merged."""
    records = iter(records)
    first = next(records, None)
    if first is None:
        return []
    key, refusals = first[0], []

    def bodies():
        for _, body in itertools.chain([first], records):
            refusals.append(body) if isinstance(body, tuple) else (yield body)

    frames = bodies()
    start = next(frames, None)
    try:
        feed = itertools.chain([start], frames)
        made = start is not None and [body for _, body in program.frames(verb, ["-"], feed, date and date(key))]
    except Refused as refusal:
        refusals.insert(0, refusal.args)
    return [(key, refusals[0])] if refusals else [(key, body) for body in made]


def listing(sc, options, date):
    """What a run would read: objects with name, root, bytes and the parts of a split file."""
    named = [word.replace("{date}", date) for word in options.inputs]
    local = [os.path.abspath(word) for word in named if "://" not in word]
    found = []
    if local or not named:
        command = [options.hindcast, "inputs", "--json", "--date", date, *local, *given(options, "pipeline")]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise Refused(done.returncode, done.stderr.strip())
        found = [json.loads(line) for line in done.stdout.splitlines()]
        for entry in found:
            if not entry["name"].startswith("/"):
                raise Refused(64, entry["name"] + ": executors work elsewhere, so inputs need absolute paths")
    for word in (word for word in named if "://" in word):
        path = sc._jvm.org.apache.hadoop.fs.Path(word)
        files = path.getFileSystem(sc._jsc.hadoopConfiguration())
        if not files.exists(path):
            raise Refused(66, word + ": no such input")
        walk = files.listFiles(path, True)
        while walk.hasNext():
            status = walk.next()
            name = status.getPath().toString()
            found.append({"name": name, "root": path.toString(), "bytes": status.getLen(), "remote": True})
    return found


def batches(entries, date, key):
    """Inputs of one root side by side, up to BATCH stored bytes; remote ones one by one."""
    made, size = [], 0
    for entry in sorted(entries, key=lambda entry: (entry["root"] == entry["name"], entry["root"], entry["name"])):
        root, remote = entry["root"] if entry["root"] != entry["name"] else None, entry.get("remote", False)
        size += entry.get("bytes", 0)
        if not made or made[-1]["root"] != root or size > BATCH or remote or made[-1]["remote"]:
            made.append({"key": key, "date": date, "root": root, "paths": [], "remote": remote})
            size = entry.get("bytes", 0)
        made[-1]["paths"] += entry.get("parts") or [entry["name"]]
    return made


def given(options, *names):
    return [word for name in names if getattr(options, name) for word in ("--" + name, getattr(options, name))]


def conclude(options, date, entries, partial):
    """The night's report, on the driver; hindcast's own exit code."""
    with tempfile.TemporaryDirectory(prefix="hindcast-") as folder:
        with open(folder + "/night.partial", "wb") as file:
            file.write(partial)
        command = [options.hindcast, "conclude", "--date", date, "-q", *given(options, "pipeline", "policies", "history", "memory", "format")]
        command += ["--expect", write(folder + "/expected", "".join(json.dumps(entry) + "\n" for entry in entries))]
        command += ["--no-history"] if options.no_history else []
        return subprocess.run(command + ["-o", options.output.replace("{date}", date), folder + "/night.partial"]).returncode


def nights(options):
    first, last = (datetime.date.fromisoformat(options.date or day or options.first) for day in (options.first, options.last))
    return [(first + datetime.timedelta(days)).isoformat() for days in range((last - first).days + 1)]


def run(sc, words):
    """One job for all nights of a command line; the worst exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--date", "--pipeline", "--policies", "--history", "--memory", "--format"):
        parser.add_argument(name)
    parser.add_argument("--from", dest="first", help="the first of several nights, with --to the last")
    parser.add_argument("--to", dest="last")
    parser.add_argument("--no-history", action="store_true")
    parser.add_argument("--partitions", type=int, help="by default stored bytes of the largest night / 50 MB")
    parser.add_argument("--hindcast", default=os.environ.get("HINDCAST", "hindcast"), help="the program, on every machine")
    parser.add_argument("-o", "--output", required=True, help="the night's folder; {date} stands for the night")
    parser.add_argument("inputs", nargs="*", help="as for `hindcast run`; {date} stands for the night")
    options = parser.parse_args(words)
    if bool(options.date) == bool(options.first):
        parser.error("name the night with --date, or several with --from and --to")
    dates = nights(options)
    try:
        listed = [listing(sc, options, date) for date in dates]
    except Refused as refusal:
        print(refusal.args[1], file=sys.stderr)
        return refusal.args[0]
    count = options.partitions or max(1, math.ceil(max(sum(entry.get("bytes", 0) for entry in night) for night in listed) / SHARE))
    program = Program(options.hindcast, options.pipeline, options.memory)
    work = [batch for i, date in enumerate(dates) for batch in batches(listed[i], date, i * count)]
    if not work:
        print("no input", file=sys.stderr)
        return 64
    # Keys are night × partitions + partition: at every level of the tree a night's keys stand side by side.
    partials = sc.parallelize(work, len(work)).flatMap(lambda batch: extract(program, batch, count)).partitionBy(
        count * len(dates), int).mapPartitions(lambda records: join(program, "aggregate", records, lambda key: dates[key // count]))
    width = count
    while width > 1:
        narrow = math.ceil(width / FAN)
        move = lambda pair, width=width, narrow=narrow: (pair[0] // width * narrow + pair[0] % width // FAN, pair[1])
        partials = partials.map(move).partitionBy(narrow * len(dates), int).mapPartitions(lambda records: join(program, "merge", records))
        width = narrow
    worst, missing = 0, set(range(len(dates)))
    for night, made in partials.toLocalIterator():
        missing.discard(night)
        if isinstance(made, tuple):
            print(f"{dates[night]}: {made[1]}", file=sys.stderr)
        worst = max(worst, made[0] if isinstance(made, tuple) else conclude(options, dates[night], listed[night], made))
    for night in missing:
        print(f"{dates[night]}: nothing was made of the night", file=sys.stderr)
    return max(worst, 2) if missing else worst


if __name__ == "__main__":
    from pyspark import SparkContext
    context = SparkContext(appName="hindcast")
    try:
        code = run(context, sys.argv[1:])
    finally:
        context.stop()
    sys.exit(code)
