"""The disk fails writes and flushes: steps wait, or the process ends and starts anew; nothing is lost, nothing twice."""

import shutil
import subprocess
import time

from kit.farside import VIAM_SPEC
from kit.preload import Preload
from kit.world import Skip

SECONDS = 30


class Injection:
    """strace, attached to the daemon: calls on one file fail until it is detached."""

    def __init__(self, world, daemon, calls, error, path, when="1+"):
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(daemon.pid), "-P", path, "-e", f"trace={calls}",
             "-e", f"inject={calls}:error={error}:when={when}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        world.processes.append(self.process)
        deadline = time.monotonic() + 10
        while "TracerPid:\t0" in open(f"/proc/{daemon.pid}/status").read():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Skip(f"strace can't attach: {self.process.stderr.read().strip()}")
            time.sleep(0.02)
        # Every thread, not the first one alone.
        time.sleep(0.3)

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def run(world):
    if shutil.which("strace") is None:
        raise Skip("there is no strace")
    faults = Preload(world, below=f"{world.directory}/traind/state")
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections())
    store = f"{daemon.state}/store.db-wal"
    jobs = [daemon.spec(name, VIAM_SPEC) for name in ("first", "second", "third")]
    first, second, third = jobs
    daemon.start(environment=faults.environment)
    for job in jobs:
        daemon.reaches(job, "submitted")
    remote = {one["name"]: one for one in farside.jobs()}

    # Writes to the store fail for a while.
    mark = daemon.mark()
    injection = Injection(world, daemon, "pwrite64", "EIO", store)
    farside.move(remote["first"], "running")
    daemon.until("status says that the store can't be written", lambda: "store" in daemon.warnings())
    world.same("what can't be stored is not told", "submitted", daemon.job(first)["state"])
    world.says("the journal says so", daemon.since(mark), "can't be stored")
    injection.end()
    daemon.reaches(first, "running")
    world.check("when the disk is well again it goes on by itself", daemon.is_running)
    daemon.until("the warning is over", lambda: "store" not in daemon.warnings())

    # A flush fails: what is on the disk is unknown, and only a new process may go on.
    mark = daemon.mark()
    injection = Injection(world, daemon, "fdatasync,fsync", "EIO", store)
    farside.move(remote["first"], "completed")
    status = daemon.ended(20)
    injection.end()
    world.same("after a failed flush it ends", 1, status)
    world.says("and says why", daemon.since(mark), "the store failed", "starts anew")
    daemon.start(environment=faults.environment)
    world.same("the new one goes on", "done", daemon.reaches(first, "done")["state"])

    # A flush fails while a new job is taken in: its submitter is told no, and the daemon does not go on guessing.
    injection = Injection(world, daemon, "fdatasync,fsync", "EIO", store)
    fourth = daemon.spec("fourth", VIAM_SPEC)
    answer = daemon.ctl("submit", f"{daemon.config}/jobs.d/fourth.yaml")
    world.check("a job that can't be stored is refused", answer.returncode != 0, answer.stdout)
    world.same("and the daemon ends", 1, daemon.ended(20))
    injection.end()
    daemon.start(environment=faults.environment)
    daemon.reaches(fourth, "submitted")
    remote = {one["name"]: one for one in farside.jobs()}

    # Disk full at one write in the middle of a transaction.
    injection = Injection(world, daemon, "pwrite64", "ENOSPC", store, when="2")
    farside.move(remote["second"], "running")
    farside.move(remote["second"], "completed")
    daemon.reaches(second, "publishing", "done")
    injection.end()
    daemon.reaches(second, "done")
    world.check("single writes that do not fit are made good", True)

    # A flush of the artifact fails: what lies there is not trusted, and fetched again.
    requests = farside.ask()["archives"]["requests"]
    injection = Injection(
        world, daemon, "fdatasync,fsync", "EIO", f"{daemon.state}/spool/fifth@1.0.0/1/fifth.tar.gz.part", when="1")
    fifth = daemon.spec("fifth", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.reaches(fifth, "submitted")
    farside.move(farside.jobs()[-1], "completed", bytes=100000)
    daemon.reaches(fifth, "done")
    injection.end()
    fetched = farside.ask()["archives"]["requests"] - requests
    world.check("after a failed flush the artifact is fetched again", fetched >= 3, f"{fetched} requests")

    # Every write comes out short, into the store and the spool alike.
    faults.short(1000)
    farside.move(remote["third"], "completed", bytes=200000)
    daemon.reaches(third, "done")
    farside.move(remote["fourth"], "completed", bytes=50000)
    daemon.reaches(fourth, "done")
    faults.short(0)
    world.check("short writes are completed", True)
    daemon.kill()
    daemon.start()
    for job in (*jobs, fourth, fifth):
        world.same(f"{job} is done", "done", daemon.job(job)["state"])
    state = farside.ask()
    world.same("each was submitted once", 5, state["viam"]["submissions"])
    trained = {one["name"]: one["sha256"] for one in state["viam"]["jobs"]}
    published = {one["name"].split("-")[0]: one["sha256"] for one in state["synapse"]["models"]}
    world.same("each was published once", 5, len(state["synapse"]["models"]))
    world.same("as it was trained", sorted(trained.values()), sorted(published.values()))
    world.same("it stops when asked", 0, daemon.stop()[0])
