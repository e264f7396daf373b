"""The far sides as a process (traind-farside), and a gate before one of them that can be shut."""

import json
import select
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request


class FarSide:
    def __init__(self, world, wrapper=()):
        self.process = subprocess.Popen(
            [*wrapper, world.program("traind-farside")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        world.processes.append(self.process)
        self.wrapper = list(wrapper)
        self.addresses = json.loads(self.process.stdout.readline())
        self.lock = threading.Lock()

    def __getitem__(self, name):
        return self.addresses[name]

    def ask(self, path="/state", **query):
        address = f"{self['control']}{path}?{urllib.parse.urlencode(query)}"
        method = "GET" if path == "/state" else "POST"
        if self.wrapper:
            run = subprocess.run(
                [*self.wrapper, "python3", "-c", REQUEST, method, address], capture_output=True, text=True, timeout=30,
                check=True)
            return json.loads(run.stdout)
        request = urllib.request.Request(address, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    @property
    def submissions(self):
        return self.ask()["viam"]["submissions"]

    def jobs(self):
        return self.ask()["viam"]["jobs"]

    def only_job(self):
        jobs = self.jobs()
        assert len(jobs) == 1, jobs
        return jobs[0]

    def move(self, job, to, **query):
        return self.ask("/viam/move", id=job["id"], to=to, **query)

    def calls(self, method):
        return self.ask()["viam"]["calls"].get(method, 0)

    @property
    def registries(self):
        """What each of the other registries holds, by the name that `connections` gives it."""
        return self.ask()["registries"]

    @property
    def registry_secrets(self):
        """What their secrets are read from."""
        return self["environment"]

    def connections(self, viam=None, synapse=None, settle="2s"):
        """The connections `viam` and `synapse` as traind.yaml has them; the addresses may be gates'."""
        return f"""
providers:
  here: {{kind: local, slots: 4}}
  viam:
    {{kind: viam, organization: {self['organization']}, api_key_id: {self['key_id']}, api_key: {{env: VIAM_KEY}},
     endpoint: '{viam or self['viam']}', settle: {settle}}}
registries:
  synapse: {{kind: synapse, endpoint: '{synapse or self['synapse']}', token: {{env: SYNAPSE_TOKEN}}, settle: {settle}}}
"""


REQUEST = (
    "import sys,urllib.request as r;"
    "print(r.urlopen(r.Request(sys.argv[2],method=sys.argv[1]),timeout=20).read().decode())")

VIAM_SPEC = """provider: viam
train: {dataset: 66491a0666a6c8aa4a33e43e, type: object-detection, tags: [hardhat]}
publish: [{registry: synapse, plugin: 123}]
"""


class Gate:
    """Passes connections on to an address. Shut, it answers nothing; down, nobody listens."""

    def __init__(self, world, address):
        self.target = urllib.parse.urlparse(address)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.is_shut = False
        self.accepted = 0
        self.pairs = []
        self.is_over = False
        world.gates.append(self)
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def shut(self):
        """From now on what is sent gets nowhere, and nothing comes back; connections are still taken."""
        self.is_shut = True

    def open(self):
        self.is_shut = False
        # Whoever still waits on a dead connection is told.
        self._cut()

    def _cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                if end is not None:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass

    def down(self):
        listener, self.listener = self.listener, None
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        self._cut()

    def up(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        listener = self.listener
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            far = None
            if not self.is_shut:
                far = socket.create_connection((self.target.hostname, self.target.port))
            self.pairs.append((near, far))
            if far is not None:
                threading.Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near, far):
        while True:
            try:
                for end in select.select([near, far], [], [], 0.2)[0]:
                    while self.is_shut:
                        time.sleep(0.02)
                    data = end.recv(65536)
                    if not data:
                        raise OSError
                    (far if end is near else near).sendall(data)
            except (OSError, ValueError):
                break
            if self.is_over:
                break
        near.close()
        far.close()
