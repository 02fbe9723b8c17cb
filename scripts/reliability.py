#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/reliability.md from runs of the tests that break things.

Each line has what was tried, what came of it, the command that repeats it, and the day. A line whose
run fails stops the script.
"""

import argparse
import collections
import datetime
import itertools
import os
import pathlib
import platform
import random
import re
import resource
import shlex
import signal
import struct
import subprocess
import tempfile
import time

import coverage

TOP = pathlib.Path(__file__).resolve().parent.parent
CANCELLED = 128 + signal.SIGTERM


def run(command, **variables):
    """Runs a command in the tree; returns what it says, and stops the script where it fails."""
    done = subprocess.run(command, cwd=TOP, env={**os.environ, **variables}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


class Tests:
    """The test programs in a build folder."""

    def __init__(self, build):
        self.build = build
        self.program = build / "engine/cli/restorator"

    def command(self, subject, case):
        return [str(self.build / f"tests/cli/test-cli-{subject}"), str(self.program),
                str(TOP / "tests/data/models"), "-p", f"/{subject}/{case}"]

    def run(self, subject, case, **variables):
        text = run(self.command(subject, case), **variables)
        if f"ok 1 /{subject}/{case}" not in text or "SKIP" in text:
            raise SystemExit(f"{subject} {case} did not run:\n{text}")
        return text

    def shown(self, subject, case, before=""):
        folder = os.path.relpath(self.build, TOP)
        return (f"{before}{folder}/tests/cli/test-cli-{subject} {folder}/engine/cli/restorator "
                f"tests/data/models -p /{subject}/{case}")

    def other(self, suite, name, **variables):
        """Runs a test of another suite; returns what it noted, and the command."""
        run(["meson", "test", "-C", str(self.build), "--no-rebuild", "-t", "5", "--suite", suite,
             name], **variables)
        before = "".join(f"{key}={value} " for key, value in variables.items())
        return ((self.build / "meson-logs/testlog.txt").read_text(encoding="utf-8"),
                f"{before}meson test -C {os.path.relpath(self.build, TOP)} --suite {suite} "
                f"{shlex.quote(name)}")


def kills(tests, count):
    text = tests.run("kills", "killed", RESTORATOR_KILLS=str(count))
    results = ", ".join(f"{command}: {killed} kills in {runs} runs" for command, killed, runs in
                        re.findall(r"(\w+): (\d+) of (\d+) runs killed", text))
    return ("a batch killed at random moments, every file whole, old or new",
            f"{results}; 0 bad files",
            tests.shown("kills", "killed", f"RESTORATOR_KILLS={count} "))


def memory(tests, case, what):
    text = tests.run("limits", case)
    done = [(command, limit) for command, limit, status in
            re.findall(r"(\w+): (\d+) MB: (\d+)", text) if status == "0"]
    return (f"{what} in address spaces from 100 MB on, in steps of up to 50 MB",
            "a message each time, then done: " +
            ", ".join(f"{command} at {limit} MB" for command, limit in done),
            tests.shown("limits", case))


def stack(tests):
    text = tests.run("limits", "stack")
    done = [(command, limit) for command, limit, status in
            re.findall(r"(\w+): (\d+) kB: (\d+)", text) if status == "1"]
    return ("a stack that may not grow, from 64 kB on",
            "a message each time, then done: " +
            ", ".join(f"{command} at {limit} kB" for command, limit in done),
            tests.shown("limits", "stack"))


def callers_stack(tests):
    _, command = tests.other("engine", "stack")
    return ("the library's calls on a thread with a stack of 128 kB", "all done", command)


def allocations(tests):
    text, command = tests.other("engine", "memory")
    counts = [int(number) for number in re.findall(r"# (\d+) allocations", text)]
    if not counts:
        raise SystemExit("no allocation was counted")
    return ("each allocation of the engine failing, alone and with all after it",
            f"{2 * sum(counts)} failures in {len(counts)} scenes: RST_NO_MEMORY, nothing left, "
            "nothing written but what is right", command)


def allocations_of(tests, suite, name, what):
    text, command = tests.other(suite, name)
    failed = re.findall(r"fewer than \d+ allocations, (\d+) failures", text)
    if not failed:
        raise SystemExit(f"no allocation failed:\n{text}")
    return (f"an allocation failing under {what}, a later one each time",
            f"{sum(map(int, failed))} failures, each told; nothing written but what is right",
            command)


def kernels(tests):
    """Each set of kernels that this processor has, against the cases of the original program."""
    text = run([str(tests.build / "tests/engine/test-engine-kernels"), "-p", "/kernels/forced"])
    names = re.findall(r"# (\w+): forced", text)
    for name in names:
        _, command = tests.other("engine", "golden", RESTORATOR_KERNEL=name)
    return ("the cases of the original program with each set of kernels of this processor",
            ", ".join(names), command)


def whole(tests):
    more, size = re.search(r"(\d+) MB more for (\d+) MB", tests.run("large", "whole")).groups()
    return (f"a picture of {size} MB as one region",
            f"{more} MB more memory than a small region of it", tests.shown("large", "whole"))


def passed(tests, subject, case, what, figure):
    tests.run(subject, case)
    return what, figure, tests.shown(subject, case)


def write_picture(path, width, height, scratched=False):
    """An uncompressed TIFF of three channels; grey, with white lines, where it is scratched."""
    fields = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, 122), (259, 3, 1, 1),
              (262, 3, 1, 2), (273, 4, 1, 128), (277, 3, 1, 3), (278, 4, 1, height),
              (279, 4, 1, 3 * width * height)]
    with open(path, "wb") as file:
        file.write(b"II*\0" + struct.pack("<IH", 8, len(fields)))
        for field in fields:
            file.write(struct.pack("<HHII", *field))
        file.write(struct.pack("<I3H", 0, 8, 8, 8))
        hue = 0 if scratched else 50
        row = bytes((x // 18 + hue * c) % 200 for x in range(width) for c in range(3))
        for y in range(height):
            file.write(b"\xff" * len(row) if scratched and y % 100 < 2 else row)


def processor_time(process):
    """Of all its threads, by Linux's number of another process's clock: /proc counts in hundredths."""
    return time.clock_gettime(~process.pid << 3 | 2)


def children_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def latency(tests, what, picture, arguments, count, longest, command="restore"):
    """The processor's time from SIGTERM to the end, of all threads, at random moments of a
    restore, until `longest` seconds or its end: what passes meanwhile depends on what else the machine
    does."""
    worst, done = 0.0, 0
    finders = f"{TOP}/tests/data/finders:{TOP}/engine/finders"
    with tempfile.TemporaryDirectory() as folder:
        if picture is None:
            picture = folder + "/in.tif"
            write_picture(picture, 3600, 3000, scratched=command != "restore")
        line = [str(tests.program), command, str(picture),
                *(["-o"] if command == "damage" else ["--quiet"]), folder + "/out.png", *arguments]
        while done < count:
            before = children_time()
            process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=os.environ | {"RESTORATOR_FINDERS": finders})
            moment = random.uniform(0.2, longest)
            while process.poll() is None and processor_time(process) < moment:
                time.sleep(0.002)
            spent = processor_time(process) if process.returncode is None else 0
            process.send_signal(signal.SIGTERM)
            late = process.returncode is None and processor_time(process) - spent > 0.005
            if process.wait() == 0:
                longest = 0.9 * moment
                continue
            if process.returncode != CANCELLED:
                raise SystemExit(f"{' '.join(line)} ended with {process.returncode}")
            if not late:  # else this program, not that one, was kept waiting in between
                worst = max(worst, children_time() - before - spent)
                done += 1
    return (f"SIGTERM while {what}", f"{count} times, ended after {1000 * worst:.0f} ms of the "
            "processor at most, of all threads",
            f"scripts/reliability.py {os.path.relpath(tests.build, TOP)}")


def cancel(process):
    process.send_signal(signal.SIGTERM)
    if process.wait() != CANCELLED:
        raise SystemExit("cancel did not end it")


def peak(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status")
                         .read_text()).group(1)) >> 10


def huge(tests, seconds):
    """All of a picture that no memory holds, in the mode colour, for some of the processor's time."""
    width, height = 30000, 20000
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        write_picture(folder + "/in.tif", width, height)
        process = subprocess.Popen(
            [str(tests.program), "restore", folder + "/in.tif", folder + "/out.png", "--quiet",
             "--mode", "colour", "--max-megapixels", "1000", "--model",
             str(TOP / "tests/data/models/tiny-single.safetensors")], stderr=subprocess.DEVNULL)
        while processor_time(process) < seconds:
            time.sleep(0.1)
        most = peak(process)
        cancel(process)
    return (f"all of a picture of {width} × {height} pixels in the mode colour",
            f"{most} MB of memory at most in {seconds} s of the processor, then cancelled",
            f"scripts/reliability.py {os.path.relpath(tests.build, TOP)}")


def coverage_rows(build):
    shown = os.path.relpath(build, TOP)
    for path, (ran, count) in coverage.ratios(coverage.measure(build)).items():
        yield (f"lines of `{path}` that tests run", f"{100 * ran / count:.1f} % of {count}",
               f"scripts/coverage.py {shown} --missed")


def log_day(log):
    return datetime.date.fromtimestamp(log.stat().st_mtime).isoformat()


TESTED = re.compile(r"^ *\d+/(\d+) restorator:(\S+) / (.+?) +(OK|SKIP|FAIL|ERROR|TIMEOUT) +[\d.]+s"
                    r"(?: +(\d+) subtests passed)?", re.MULTILINE)


def sanitized_rows(entries):
    """From logs of runs that take too long to be made again each time: SUITE=FILE. Of several of one
    suite the later ones count: of what was mended. A run may be of other suites too."""
    results, totals, days = collections.defaultdict(dict), collections.Counter(), {}
    seen = collections.defaultdict(set)
    for entry in entries:
        suite, _, path = entry.partition("=")
        log = pathlib.Path(path)
        days[suite] = log_day(log)
        for total, suites, name, result, points in TESTED.findall(log.read_text("utf-8")):
            seen[suite].add((suites, name))
            totals[suite] = max(totals[suite], int(total))
            if suite in suites.split("+"):
                results[suite][name] = (result, int(points or 1))
    for suite, tests in results.items():
        passed = [points for result, points in tests.values() if result == "OK"]
        missing = [name for name, (result, _) in tests.items() if result not in ("OK", "SKIP")]
        skipped = sum(result == "SKIP" for result, _ in tests.values())
        if len(seen[suite]) < totals[suite]:
            missing.append(f"{totals[suite] - len(seen[suite])} more")
        left = f"; not seen to their end: {', '.join(missing)}" if missing else "; 0 findings left"
        left = f", {skipped} left out here{left}" if skipped else left
        yield (f"the suite `{suite}` under the sanitizers for addresses, leaks, undefined behaviour "
               "and threads", f"{sum(passed)} cases passed, in {len(passed)} tests{left}",
               f"./dev test --sanitize {suite}", days[suite])


def platform_rows(logs):
    """What this machine is, from logs of ./dev test: SUITE=FILE."""
    libc, version = platform.libc_ver()
    compiler = run(["cc", "--version"]).splitlines()[0]
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    for entry in logs:
        suite, _, path = entry.partition("=")
        log = pathlib.Path(path)
        passed, failed = re.findall(r"^(\d+) passed, (\d+) failed$",
                                    log.read_text(encoding="utf-8"), re.MULTILINE)[-1]
        if failed != "0":
            raise SystemExit(f"{path} is not of a run that passed")
        yield (f"the suite `{suite}` on {platform.machine()}, {system}, {libc} {version}, "
               f"{compiler}", f"{passed} cases passed", f"./dev test {suite}", log_day(log))


def fuzz(target, minutes):
    text = run(["./dev", "fuzz", target, str(minutes)])
    if "ERROR" in text:
        raise SystemExit(text)
    executions = int(re.search(r"number_of_executed_units: (\d+)", text).group(1))
    return (f"any bytes to the reader `{target}`", f"{executions:,} executions, 0 findings",
            f"./dev fuzz {target} {minutes}")


def tests_rows(tests, kill_count):
    yield kills(tests, kill_count)
    yield passed(tests, "kills", "swept", "temporary files of killed runs",
                 "cleared by the next run, those at work kept")
    yield passed(tests, "kills", "second-signal", "a second signal while the program hangs",
                 "ends it at once")
    yield passed(tests, "kills", "full-disk", "a disk that is full in the middle of a batch",
                 "the pictures that fit whole, no piece of the one that does not")
    yield passed(tests, "kills", "full-disk-of-found", "a full disk under a table or a mask",
                 "said, and no piece of it there")
    yield passed(tests, "kills", "special-outputs",
                 "each command's outputs onto a FIFO and onto a link to a device",
                 "refused before the work, both as they were")
    yield memory(tests, "memory", "a small picture")
    yield memory(tests, "memory-of-pixels", "a picture of 1600 × 2000 pixels")
    yield stack(tests)
    yield callers_stack(tests)
    yield allocations(tests)
    yield allocations_of(tests, "ui", "preview memory", "the preview")
    yield allocations_of(tests, "plugin", "run", "the plug-in")
    yield kernels(tests)
    yield whole(tests)
    yield passed(tests, "limits", "parameters",
                 "every parameter at its ends and beyond: restore, photo, damage",
                 "each within 60 s")
    yield passed(tests, "limits", "shapes",
                 "pictures of 1 × 20000 … with windows up to 16777216: restore, photo, damage",
                 "95 runs, each within 60 s")
    yield passed(tests, "hostile", "opens-nothing-else",
                 "SVG and PostScript named as pictures, to ten commands, under strace",
                 "no program run, no socket, none of the files that they name opened")
    yield passed(tests, "hostile", "shrinking",
                 "inputs that shrink while they are read: restore, photo, damage",
                 "48 runs, 0 killed")
    yield passed(tests, "hostile", "records", "forged records, to restore and photo",
                 "refused by what is wrong with them")
    yield huge(tests, 60)


def latency_rows(tests):
    yield latency(tests, "288,000 points are sampled", TOP / "docs/demo/portrait.jpg",
                  ["--model", "portrait", "--sampler", "ddpm", "--mode", "full"], 10, 3)
    yield latency(tests, "a part of 7.8 million points is matched", None,
                  ["--model", str(TOP / "tests/data/models/tiny-single.safetensors"),
                   "--hide-region", "--region", "200,200,3000x2600"], 10, 4)
    yield latency(tests, "damage of 10.8 million points is looked for, mended, and the rest "
                  "coloured", None, ["--model", "photo"], 5, 20, "photo")
    yield latency(tests, "damage of 10.8 million points is looked for", None,
                  [], 20, 1.2, "damage")


def fuzz_rows(minutes, chosen):
    for source in sorted((TOP / "tests/fuzz").glob("*.c")):
        if source.stem != "replay" and chosen in (None, source.stem):
            yield fuzz(source.stem, minutes)


class Page:
    """docs/reliability.md. Each line is written as it comes; what was not tried this time stays as
    it was, unless all of it is anew."""

    def __init__(self, anew):
        self.path = TOP / "docs/reliability.md"
        self.lines = {} if anew else {
            line.split(" | ")[0]: line for line in self.path.read_text("utf-8").splitlines()
            if line.startswith("| ") and not line.startswith("| tried |")}

    def add(self, what, figure, command, day=None):
        day = day or datetime.date.today().isoformat()
        self.lines[f"| {what}"] = f"| {what} | {figure} | `{command}` | {day} |"
        head = ["# Reliability", "",
                "What was thrown at the command line and the engine, and what came of it. Made by "
                "`scripts/reliability.py`; every line can be repeated by its command, in the shell "
                f"that `./dev shell` opens. {platform.machine()}, {os.cpu_count()} processors. A forge "
                "tries arm64 too ([test.yml](../.github/workflows/test.yml)); machines of the other "
                "byte order are not supported ([model-file.md](model-file.md)). Of a file that others "
                "made, no test reaches what only a lack of memory or a fault inside another library "
                "would.", "",
                "| tried | result | command | day |", "|---|---|---|---|"]
        self.path.write_text("\n".join(head + list(self.lines.values())) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="a build folder with the tests")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=1, help="of each fuzz target")
    parser.add_argument("--target", help="this fuzz target alone")
    parser.add_argument("--only", choices=["tests", "latency", "fuzz", "coverage", "logs"],
                        help="leave the other lines as they are")
    parser.add_argument("--sanitized", action="append", default=[], metavar="SUITE=LOG",
                        help="the log of ./dev test --sanitize SUITE, which takes long")
    parser.add_argument("--tested", action="append", default=[], metavar="SUITE=LOG",
                        help="the log of ./dev test SUITE, on this machine")
    parser.add_argument("--coverage", type=pathlib.Path,
                        help="a build folder as scripts/coverage.py has it, with the tests run")
    options = parser.parse_args()
    rows = []
    if options.only in (None, "tests"):
        rows.append(tests_rows(Tests(options.build.resolve()), options.kills))
    if options.only in (None, "tests", "latency"):
        rows.append(latency_rows(Tests(options.build.resolve())))
    if options.only in (None, "fuzz"):
        rows.append(fuzz_rows(options.minutes, options.target))
    if options.coverage and options.only in (None, "coverage"):
        rows.append(coverage_rows(options.coverage.resolve()))
    rows += [sanitized_rows(options.sanitized), platform_rows(options.tested)]
    page = Page(options.only is None)
    for row in itertools.chain(*rows):
        page.add(*row)


main()
