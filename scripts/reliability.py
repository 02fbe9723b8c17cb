#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/reliability.md from runs of the tests that break things.

Each line has what was tried, what came of it, the command that repeats it, and the day. A line whose
run fails stops the script.
"""

import argparse
import datetime
import os
import pathlib
import platform
import random
import re
import signal
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent


def run(command, **variables):
    """Runs a command in the tree; returns what it says, and stops the script where it fails."""
    done = subprocess.run(command, cwd=TOP, env={**os.environ, **variables}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


class Tests:
    """The test programs of the command line in a build folder."""

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


def kills(tests, count):
    text = tests.run("kills", "killed", RESTORATOR_KILLS=str(count))
    killed, runs = re.search(r"(\d+) of (\d+) runs killed", text).groups()
    return ("a batch killed at random moments, every file whole, old or new",
            f"{killed} kills in {runs} runs, 0 bad files",
            tests.shown("kills", "killed", f"RESTORATOR_KILLS={count} "))


def memory(tests):
    text = tests.run("limits", "memory")
    tried = re.findall(r"(\d+) MB: (\d+)", text)
    return ("restores in address spaces in steps of 50 MB",
            f"{tried[0][0]} to {tried[-1][0]} MB: a message each time, done at {tried[-1][0]} MB",
            tests.shown("limits", "memory"))


def passed(tests, subject, case, what, figure):
    tests.run(subject, case)
    return what, figure, tests.shown(subject, case)


def latency(tests, count):
    """Seconds from SIGTERM to the end, at random moments of a restore of a large region."""
    worst = 0.0
    picture = TOP / "docs/demo/portrait.jpg"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(tests.program), "restore", str(picture), folder + "/out.png", "--quiet",
                   "--model", "portrait", "--sampler", "ddpm", "--mode", "full"]
        for _ in range(count):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(1, 3))
            begin = time.monotonic()
            process.send_signal(signal.SIGTERM)
            if process.wait() != 128 + signal.SIGTERM:
                raise SystemExit("cancel did not end it")
            worst = max(worst, time.monotonic() - begin)
    return ("SIGTERM while a picture of 288,000 points is sampled",
            f"{count} times, ended within {1000 * worst:.0f} ms",
            f"scripts/reliability.py {os.path.relpath(tests.build, TOP)}")


def fuzz(target, minutes):
    text = run(["./dev", "fuzz", target, str(minutes)])
    if "ERROR" in text:
        raise SystemExit(text)
    executions = int(re.search(r"number_of_executed_units: (\d+)", text).group(1))
    return (f"any bytes to the reader `{target}`", f"{executions:,} executions, 0 findings",
            f"./dev fuzz {target} {minutes}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="a build folder with the tests")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=1, help="of each fuzz target; 0: none")
    options = parser.parse_args()
    tests = Tests(options.build.resolve())
    rows = [
        kills(tests, options.kills),
        passed(tests, "kills", "swept", "temporary files of killed runs",
               "cleared by the next run, those at work kept"),
        passed(tests, "kills", "second-signal", "a second signal while the program hangs",
               "ends it at once"),
        memory(tests),
        passed(tests, "limits", "parameters", "every parameter at its ends and beyond",
               "each within 60 s"),
        passed(tests, "limits", "shapes", "pictures of 1 × 20000 … with windows up to 16777216",
               "60 runs, each within 60 s"),
        passed(tests, "hostile", "opens-nothing-else",
               "SVG and PostScript named as pictures, under strace",
               "no program run, no socket, none of the files that they name opened"),
        passed(tests, "hostile", "shrinking", "inputs that shrink while they are read",
               "16 runs, 0 killed"),
        latency(tests, 10),
    ]
    if options.minutes > 0:
        for source in sorted((TOP / "engine/fuzz").glob("*.c")):
            if source.stem != "replay":
                rows.append(fuzz(source.stem, options.minutes))
    day = datetime.date.today().isoformat()
    lines = ["# Reliability", "",
             "What was thrown at the command line and the engine, and what came of it. Made by "
             "`scripts/reliability.py`; every line can be repeated by its command, in the shell "
             f"that `./dev shell` opens. {platform.machine()}, {os.cpu_count()} processors.", "",
             "| tried | result | command | day |", "|---|---|---|---|"]
    lines += [f"| {what} | {figure} | `{command}` | {day} |" for what, figure, command in rows]
    (TOP / "docs/reliability.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
