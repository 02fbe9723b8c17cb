# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP on the screen: starts it, speaks Script-Fu with it, finds and uses its widgets.

Needs a display and a session bus of its own. What is waited for comes sooner or later, on a slow
machine later: a wait that ends without it is a failure.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import zlib

import pyatspi
from gi.repository import GLib

PATIENCE = 180  # seconds


class Missing(AssertionError):
    pass


def wait_for(what, ask):
    """Asks until the answer is true, and gives it. `what` says in words what is waited for."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = ask()
        except (GLib.Error, LookupError, NotImplementedError):
            answer = None  # a widget that went meanwhile
        if answer:
            return answer
        if time.monotonic() > end:
            raise Missing(what)
        time.sleep(0.05)


def has_ended(process):
    try:
        status = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] == "Z"  # GIMP has yet to ask for its status


def pixels_of_png(path):
    """The rows as they are packed, without what else is in the file, such as the time."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += length + 12
    return zlib.decompress(packed)


# ---- widgets ----


def is_on_screen(widget):
    states = widget.getState()
    return states.contains(pyatspi.STATE_SHOWING) and states.contains(pyatspi.STATE_VISIBLE)


def is_sensitive(widget):
    return widget.getState().contains(pyatspi.STATE_SENSITIVE)


def all_below(widget):
    yield widget
    for child in widget:
        if child is not None:
            yield from all_below(child)


def find(top, role, name=None, shown=True):
    """The first widget of a role and a name below `top`; None where there is none."""
    for widget in all_below(top):
        if widget.getRoleName() == role and name in (None, widget.name):
            if not shown or is_on_screen(widget):
                return widget
    return None


def await_widget(top, role, name=None, shown=True):
    return wait_for(f"the {role} “{name}”", lambda: find(top, role, name, shown))


def press(widget):
    widget.queryAction().doAction(0)


def window_number(title):
    """xdotool's number of the visible window with that title."""
    def search():
        # Whatever window goes while xdotool looks through all of them ends it: then again.
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name",
                                f"^{re.escape(title)}$"],
                               stdout=subprocess.PIPE, text=True, check=False)
        return found.returncode == 0 and found.stdout.split()[0]

    return wait_for(f"the window “{title}”", search)


def texts_of(top):
    """All that labels say."""
    return [w.name for w in all_below(top) if w.getRoleName() == "label" and is_on_screen(w)]


def set_number(top, name, value):
    await_widget(top, "spin button", name, shown=False).queryValue().currentValue = value


def get_number(top, name):
    return await_widget(top, "spin button", name, shown=False).queryValue().currentValue


def choose(top, name, item):
    combo = await_widget(top, "combo box", name, shown=False)
    press(await_widget(combo, "menu item", item, shown=False))
    wait_for(f"“{item}” in “{name}”", lambda: combo.name == item or item in texts_of(combo) or
             any(w.name == item for w in all_below(combo)))


# ---- GIMP ----


class Gimp:
    """A running GIMP with the plug-in in a folder of the build."""

    def __init__(self, build, preferences="", environment=None):
        """`preferences`: lines of a gimprc; `environment`: further variables."""
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="screen.", dir=build / "tests/gimp"))
        here = pathlib.Path(__file__).parent
        stock = self.files / "plug-ins"
        stock.mkdir()
        library = subprocess.check_output(
            ["pkg-config", "--variable=gimplibdir", "gimp-3.0"], text=True).strip()
        for name in ("script-fu", "script-fu-server", "file-png", "file-jpeg"):
            (stock / name).symlink_to(pathlib.Path(library) / "plug-ins" / name)
        profile = self.files / "gimp-gui"
        profile.mkdir()
        (profile / "scripts").symlink_to(build / "plugin/scripts")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = open(self.files / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [here / "run-gimp", "--gui", "--plug-ins", f"{build}/plugin:{stock}", self.files,
             build, "--new-instance", "--no-splash", "--no-fonts",
             "--batch-interpreter=plug-in-script-fu-eval", "--batch",
             "(plug-in-script-fu-server #:run-mode RUN-NONINTERACTIVE"
             f' #:ip "127.0.0.1" #:port {self.port} #:logfile "{self.files}/server")'],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"XDG_CONFIG_HOME": f"{self.files}/config",
                              "XDG_STATE_HOME": f"{self.files}/state",
                              "RESTORATOR_GIMPRC": preferences} | (environment or {}))
        try:
            self.server = wait_for("the Script-Fu server", self._connect)
            self.run("(script-fu-use-v3)")
        except Missing:
            self.close()
            raise

    def _connect(self):
        if self.process.poll() is not None:
            raise Missing("GIMP: " + (self.files / "log").read_text())
        try:
            return socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        except OSError:
            return None

    def _read(self, count):
        data = b""
        while len(data) < count:
            piece = self.server.recv(count - len(data))
            if not piece:
                raise Missing("an answer of the Script-Fu server")
            data += piece
        return data

    def run(self, code):
        """Evaluates Script-Fu, and gives what comes of it as text."""
        data = code.encode()
        self.server.sendall(b"G" + struct.pack(">H", len(data)) + data)
        _, failed, length = struct.unpack(">BBH", self._read(4))
        answer = self._read(length).decode()
        if failed:
            raise AssertionError(answer)
        return answer

    def application(self, name):
        """One of this GIMP: it and its plug-ins are a group of processes."""
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.name.startswith(name) and \
               self._is_own(application.get_process_id()):
                return application
        return None

    def _is_own(self, number):
        try:
            return os.getpgid(number) == self.process.pid
        except ProcessLookupError:
            return False

    def dialog(self):
        """The plug-in's dialog, None where it is not open."""
        application = self.application("restorator")
        return application and find(application, "dialog")

    def await_dialog(self):
        dialog = wait_for("the dialog", self.dialog)
        self.plug_in = dialog.get_process_id()
        return dialog

    def await_end(self):
        """Waits until the process of the dialog that was awaited last has ended. Of an application
        that is busy, the accessibility bus may give no name for a moment, as if it had gone."""
        wait_for("the end of the dialog", lambda: has_ended(self.plug_in))

    def choose_in_menu(self, *path):
        """Chooses from the image window's menus; the item's name begins with the last."""
        menu = wait_for("the image window", lambda: (gimp := self.application("gimp")) and
                        find(gimp, "menu bar"))
        for name in path[:-1]:
            menu = await_widget(menu, "menu", name, shown=False)
        press(wait_for(f"“{path[-1]}” in the menu", lambda: next(
            (w for w in all_below(menu)
             if w.getRoleName() == "menu item" and w.name.startswith(path[-1])), None)))

    def last_words(self):
        return (self.files / "log").read_text(encoding="utf-8").splitlines()[-12:]

    def close(self):
        for stop in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, stop)
                self.process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self.log.close()
        shutil.rmtree(self.files)
