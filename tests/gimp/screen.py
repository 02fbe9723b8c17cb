# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen for a test, with a session bus and a window manager of its own.

To be imported first: the program starts anew on that screen.
"""

import os
import subprocess
import sys
import tempfile

_OWN = "RESTORATOR_TEST_SCREEN"

if _OWN not in os.environ:
    os.environ |= {_OWN: "1", "XDG_RUNTIME_DIR": tempfile.mkdtemp(prefix="restorator-"),
                   "GDK_BACKEND": "x11"}
    os.environ.pop("NO_AT_BRIDGE", None)
    os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1280x720x24", "dbus-run-session",
                           "--", sys.executable, "-B", *sys.argv])

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk


def managed():
    """A window manager, to be terminated."""
    return subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL)


def keep(build, name):
    """A picture of the screen, in BUILD/screenshots."""
    folder = build / "screenshots"
    folder.mkdir(exist_ok=True)
    root = Gdk.get_default_root_window()
    Gdk.pixbuf_get_from_window(root, 0, 0, root.get_width(), root.get_height()).savev(
        str(folder / f"{name}.png"), "png", [], [])


def pixels(x, y, width, height):
    """What there is in an area of the screen, as bytes."""
    return Gdk.pixbuf_get_from_window(Gdk.get_default_root_window(), x, y, width,
                                      height).get_pixels()
