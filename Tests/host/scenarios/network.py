"""The network is cut by a firewall that drops everything, and heals: jobs stay what they are, and go on."""

import shutil
import subprocess
import time

from kit.farside import VIAM_SPEC
from kit.world import Skip

SECONDS = 40


class Namespace:
    """A network of its own, with nothing but a loopback, which a firewall can cut."""

    def __init__(self, world):
        for program in ("nft", "ip", "nsenter"):
            if shutil.which(program) is None:
                raise Skip(f"there is no {program}")
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "1000"])
        world.processes.append(self.holder)
        self.enter = ["nsenter", "--target", str(self.holder.pid), "--net"]
        deadline = time.monotonic() + 5
        while not self._is_own():
            if time.monotonic() > deadline:
                raise Skip("no network namespace here")
            time.sleep(0.02)
        self.do("ip", "link", "set", "lo", "up")
        self.do("nft", "add table inet cut")
        self.do("nft", "add chain inet cut input { type filter hook input priority 0; }")

    def _is_own(self):
        return subprocess.run(["readlink", f"/proc/{self.holder.pid}/ns/net"], capture_output=True).stdout not in (
            b"", subprocess.run(["readlink", "/proc/self/ns/net"], capture_output=True).stdout)

    def do(self, *command):
        run = subprocess.run([*self.enter, *command], capture_output=True, text=True)
        if run.returncode != 0:
            raise Skip(f"{' '.join(command)}: {run.stderr.strip()}")

    def cut(self, *ports):
        """Whatever goes to or from these ports is dropped."""
        ports = ", ".join(str(port) for port in ports)
        self.do("nft", f"add rule inet cut input tcp dport {{ {ports} }} drop")
        self.do("nft", f"add rule inet cut input tcp sport {{ {ports} }} drop")

    def heal(self):
        self.do("nft", "flush chain inet cut input")


def port(address):
    return int(address.rsplit(":", 1)[1])


def run(world):
    network = Namespace(world)
    farside = world.farside(wrapper=network.enter)
    viam, synapse = port(farside["viam"]), port(farside["synapse"])
    daemon = world.daemon()
    daemon.configure(farside.connections())
    job = daemon.spec("cut", VIAM_SPEC)
    daemon.start(wrapper=network.enter)
    daemon.reaches(job, "submitted")
    farside.move(farside.only_job(), "running")
    daemon.reaches(job, "running")

    network.cut(viam, synapse)
    late = daemon.spec("late", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.until("the job is shown unreachable", lambda: daemon.job(job)["unreachable"], 40)
    world.same("cut off, it still runs", "running", daemon.job(job)["state"])
    world.says("why says so", daemon.why(job), "has not answered", "changes nothing")
    world.same("a new job waits to be submitted", "submitting", daemon.job(late)["state"])
    world.same("status answers", 0, daemon.ctl("status", timeout=5).returncode)
    daemon.kill()
    daemon.start(wrapper=network.enter)
    world.same("a restart changes nothing", "running", daemon.job(job)["state"])
    network.heal()
    daemon.until("it is reachable again", lambda: not daemon.job(job)["unreachable"], 40)
    daemon.reaches(late, "submitted", seconds=40)

    jobs = {one["name"]: one for one in farside.jobs()}
    farside.move(jobs["cut"], "completed", bytes=500000)
    farside.move(jobs["late"], "completed", bytes=1000)
    daemon.until("both are done", lambda: all(daemon.job(one)["state"] == "done" for one in (job, late)), 40)
    state = farside.ask()
    world.same("each was submitted once", 2, state["viam"]["submissions"])
    world.same("each was published once", 2, len(state["synapse"]["models"]))
    world.check("nothing failed", "failed (" not in daemon.since(), daemon.since())
    world.same("it stops when asked", 0, daemon.stop()[0])
