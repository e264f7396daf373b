"""A real traind in directories of its own, seen as its users see it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time


class Gone(Exception):
    """The daemon did not answer in time, or ended when it should not have."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("traind", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    SETTINGS = {"poll": "{fastest: 100ms, slowest: 500ms}", "retry": "{attempts: 1, first: 100ms, most: 500ms}"}

    def __init__(self, world, name="traind"):
        self.world = world
        self.root = os.path.join(world.directory, name)
        self.config, self.state, self.runtime = (os.path.join(self.root, part) for part in ("etc", "state", "run"))
        os.makedirs(os.path.join(self.config, "jobs.d"))
        os.makedirs(self.state)
        self.stderr = os.path.join(self.root, "stderr")
        open(self.stderr, "w").close()
        self.process = None
        self.starts = 0
        world.daemons.append(self)

    # Configuration

    def configure(self, text="", **settings):
        """Writes traind.yaml: short waits, `settings`, and the connections in `text`."""
        lines = [f"{key}: {value}" for key, value in {**self.SETTINGS, **settings}.items()]
        self.write("traind.yaml", "\n".join(lines) + "\n" + text)

    def write(self, name, text):
        with open(os.path.join(self.config, name), "w") as file:
            file.write(text)

    def spec(self, name, text, version="1.0.0"):
        self.write(f"jobs.d/{name}.yaml", f"model: {{name: {name}, version: {version}}}\n{text}")
        return f"{name}@{version}"

    # Life

    def start(self, wrapper=(), environment=None, ready=True):
        """Runs it; returns once it is ready, as it says itself."""
        self.starts += 1
        mark = self.mark()
        with open(self.stderr, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, self.world.program("traind"), "--config-dir", self.config, "--state-dir", self.state,
                 "--runtime-dir", self.runtime, "--log", "stderr"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "SYNAPSE_TOKEN": "good", "VIAM_KEY": "secret-key", **(environment or {})})
        if ready:
            self.until("it is ready", lambda: ">ready" in self.since(mark))
        return self

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self):
        """Asks it to stop; returns its exit status and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.ended(60), time.monotonic() - began

    def ended(self, seconds=60):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Gone(f"it did not end within {seconds} s") from None

    @property
    def is_running(self):
        return self.process.poll() is None

    # What it says

    def mark(self):
        return os.path.getsize(self.stderr)

    def since(self, mark=0):
        with open(self.stderr, "rb") as file:
            file.seek(mark)
            return file.read().decode(errors="replace")

    def ctl(self, *arguments, timeout=60):
        """Runs trainctl: `.returncode`, `.stdout`, `.stderr`."""
        return subprocess.run(
            [self.world.program("trainctl"), "--socket", f"{self.runtime}/control.sock", *arguments],
            capture_output=True, text=True, timeout=timeout)

    def api(self, path, method="GET", timeout=30):
        """One request to the control socket; the decoded answer."""
        connection = _Connection(f"{self.runtime}/control.sock", timeout)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def job(self, job):
        return self.api(f"/v1/jobs/{job}")

    def why(self, job):
        return self.ctl("why", job).stdout.strip()

    def warnings(self):
        return " ".join(self.api("/v1/status")["warnings"])

    # Waiting

    def until(self, what, condition, seconds=60):
        """Waits for a condition; a daemon that cannot be asked does not fulfil it."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = condition()
                if answer:
                    return answer
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                pass
            if time.monotonic() > deadline:
                raise Gone(f"waited {seconds} s in vain: {what}")
            time.sleep(0.05)

    def reaches(self, job, *states, seconds=60):
        return self.until(
            f"{job} reaches {' or '.join(states)}", lambda: (self.job(job)["state"] in states) and self.job(job), seconds)
