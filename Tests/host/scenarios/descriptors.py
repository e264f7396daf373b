"""No file descriptor is left: it still answers or refuses, never ends, and goes on when there are some again."""

import os
import socket
import subprocess
import time

from kit.farside import VIAM_SPEC
from kit.local import Training

SECONDS = 20


def run(world):
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections())
    job = daemon.spec("remote", VIAM_SPEC)
    local = Training(world, daemon, "local", publish="[]")
    daemon.start()
    daemon.reaches(job, "submitted")
    local.started()
    # As many as it has now, and a few.
    open_now = len(os.listdir(f"/proc/{daemon.pid}/fd"))
    subprocess.run(["prlimit", "--pid", str(daemon.pid), f"--nofile={open_now + 6}:4096"], check=True)
    mark = daemon.mark()
    crowd = []
    for _ in range(60):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        one.settimeout(2)
        try:
            one.connect(f"{daemon.runtime}/control.sock")
        except OSError:
            one.close()
            break
        crowd.append(one)
    time.sleep(1)
    world.same("with no descriptor left it runs", True, daemon.is_running)
    world.says("who comes then is told so", answer(crowd[-1]), "503", "file descriptor", "hint")
    refused = daemon.ctl("status")
    world.same("trainctl says to try again", 75, refused.returncode)
    world.says("and why", refused.stderr, "file descriptor", "hint:")
    world.says("the journal says so", daemon.since(mark), "no file descriptor is left")
    ticks = cpu(daemon)
    time.sleep(1)
    world.check("it does not spin", cpu(daemon) - ticks < 0.6, f"{cpu(daemon) - ticks:.2f} s of CPU in 1 s")
    calls = farside.calls("GetTrainingJob")
    time.sleep(1)
    world.check("it still asks its provider", farside.calls("GetTrainingJob") > calls)
    # The job ends while there is none to spare: it waits, or gets through.
    farside.move(farside.only_job(), "completed", bytes=100000)
    local.go()
    time.sleep(1.5)
    world.same("it still runs", True, daemon.is_running)

    for one in crowd:
        one.close()
    daemon.until("it answers again", lambda: daemon.job(job), 40)
    world.same("once there are some, the control socket answers", 0, daemon.ctl("status").returncode)
    subprocess.run(["prlimit", "--pid", str(daemon.pid), "--nofile=1024:4096"], check=True)
    daemon.reaches(job, "done", seconds=40)
    daemon.reaches(local.id, "done", seconds=40)
    state = farside.ask()
    world.same("it was submitted once", 1, state["viam"]["submissions"])
    world.same("it was published once", 1, len(state["synapse"]["models"]))
    world.same("the local command ran once", 1, local.runs)
    world.check("nothing failed", "failed (" not in daemon.since(mark), daemon.since(mark))
    world.same("it stops when asked", 0, daemon.stop()[0])


def answer(one):
    """What a connection was told without having asked."""
    try:
        return one.recv(65536).decode()
    except OSError as error:
        return str(error)


def cpu(daemon):
    """Seconds of CPU that the daemon has used."""
    with open(f"/proc/{daemon.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
