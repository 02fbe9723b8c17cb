# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and reports them in the Test Anything Protocol."""

import pathlib
import sys
import tempfile


def run(tests):
    """Calls each test with a folder that they share. Ends the program."""
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for number, test in enumerate(tests, 1):
            title = test.__name__.replace("_", " ")
            try:
                test(pathlib.Path(folder))
                print(f"ok {number} - {title}", flush=True)
            except Exception as error:  # the next test may tell more
                failed = True
                print(f"not ok {number} - {title}", flush=True)
                detail = getattr(error, "stderr", None) or ""
                detail = detail.decode() if isinstance(detail, bytes) else detail
                for line in f"{type(error).__name__}: {error}\n{detail}".splitlines():
                    print(f"# {line}", flush=True)
    sys.exit(failed)
