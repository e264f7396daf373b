"""Jobs on this machine whose runs can be counted, and which wait until they are told to go."""

import os


class Training:
    """A local job that notes each run of its command and waits for `go` before it writes `bytes` bytes."""

    def __init__(self, world, daemon, name, bytes=1000, publish="[{registry: shelf}]", extra=""):
        self.place = os.path.join(world.directory, f"{name}.training")
        os.makedirs(self.place, exist_ok=True)
        self.daemon = daemon
        self.name = name
        self.text = f"""provider: here
train:
  command:
    - /bin/sh
    - -c
    - |
      echo run >>{self.place}/runs
      until [ -e {self.place}/go ]; do sleep 0.05; done
      head -c {bytes} /dev/zero | tr '\\0' 'm' >"$TRAIND_OUTPUT/model"
publish: {publish}
{extra}
"""
        self.id = daemon.spec(name, self.text)

    @property
    def runs(self):
        try:
            with open(f"{self.place}/runs") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    def go(self):
        open(f"{self.place}/go", "w").close()

    def started(self):
        self.daemon.until(f"the command of {self.name} runs", lambda: self.runs > 0)

    @property
    def shelf(self):
        """The published model's size; `None` = there is none."""
        path = os.path.join(self.daemon.state, "models", self.name, "1.0.0", "model")
        return os.path.getsize(path) if os.path.exists(path) else None
