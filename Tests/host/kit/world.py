"""What one scenario has: a directory, its processes, its checks."""

import os
import shutil
import subprocess
import tempfile
import time
import traceback

from kit.daemon import Daemon, Gone
from kit.farside import FarSide, Gate


class Skip(Exception):
    """Why this machine can't do it."""


class World:
    def __init__(self, binaries, name):
        self.binaries = binaries
        self.name = name
        self.directory = tempfile.mkdtemp(prefix=f"host-{name}-")
        self.daemons, self.processes, self.gates, self.mounts = [], [], [], []
        self.lines = []
        self.passed = self.failed = 0
        self.skipped = None

    def program(self, name):
        return os.path.join(self.binaries, name)

    # Parts

    def daemon(self, name="traind"):
        return Daemon(self, name)

    def farside(self, wrapper=()):
        return FarSide(self, wrapper)

    def gate(self, address):
        return Gate(self, address)

    def disk(self, path, megabytes):
        """A file system of its own, of this size."""
        os.makedirs(path, exist_ok=True)
        run = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", path], capture_output=True, text=True)
        if run.returncode != 0:
            raise Skip(f"may not mount a file system: {run.stderr.strip()}")
        self.mounts.append(path)

    def fill(self, path, leave=0):
        """Uses up the file system at `path`, but for so many bytes. Returns the file to be removed for space."""
        ballast = os.path.join(path, "ballast")
        facts = os.statvfs(path)
        with open(ballast, "wb") as file:
            left = facts.f_bavail * facts.f_frsize - leave
            try:
                while left > 0:
                    left -= os.write(file.fileno(), bytes(min(left, 1 << 20)))
            except OSError:
                pass
        return ballast

    # Checks

    def check(self, what, is_so, detail=""):
        """Counts and notes one check; returns whether it holds."""
        if is_so:
            self.passed += 1
            self.lines.append(f"host: ok {self.name}: {what}")
        else:
            self.failed += 1
            self.lines.append(f"host: NOT OK {self.name}: {what}" + (f": {detail}" if detail != "" else ""))
            self._tails()
        return bool(is_so)

    def same(self, what, expected, actual):
        return self.check(what, expected == actual, f"expected {expected!r}, got {actual!r}")

    def says(self, what, text, *words):
        """Each of the words is in the text."""
        missing = [word for word in words if word.lower() not in text.lower()]
        return self.check(what, not missing, f"no {missing} in: {text}")

    def _tails(self):
        for daemon in self.daemons:
            self.lines += [f"host:   | {line}" for line in daemon.since().splitlines()[-25:]]

    def run(self, scenario):
        began = time.monotonic()
        try:
            scenario(self)
        except Skip as reason:
            self.skipped = str(reason)
            self.lines.append(f"host: {self.name}: skipped: {reason}")
        except Gone as reason:
            self.check("goes on", False, str(reason))
        except Exception:
            self.check("goes on", False, traceback.format_exc())
        finally:
            self._end()
        self.lines.append(f"host: {self.name}: {self.passed + self.failed} checks in {time.monotonic() - began:.1f} s")

    def _end(self):
        processes = [daemon.process for daemon in self.daemons if daemon.process] + self.processes
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait(30)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        for gate in self.gates:
            gate.is_over = True
            if gate.listener is not None:
                gate.down()
        for path in reversed(self.mounts):
            subprocess.run(["umount", "--lazy", path], capture_output=True)
        shutil.rmtree(self.directory, ignore_errors=True)
