"""A far side that takes connections and never answers: calls end in time, and it holds up nobody else."""

import time

from kit.farside import VIAM_SPEC
from kit.local import Training

SECONDS = 35


def run(world):
    farside = world.farside()
    gate = world.gate(farside["viam"])
    gate.shut()
    daemon = world.daemon()
    daemon.configure(farside.connections(viam=gate.address))
    job = daemon.spec("silent", VIAM_SPEC)
    local = Training(world, daemon, "local", publish="[]")
    local.go()
    began = time.monotonic()
    daemon.start()
    daemon.reaches(local.id, "done", seconds=20)
    world.check("a local job is not held up", time.monotonic() - began < 12, f"{time.monotonic() - began:.1f} s")
    world.same("the other waits for its provider", "submitting", daemon.job(job)["state"])
    viam = daemon.until("a call ends in time", lambda: not connection(daemon)["reachable"] and connection(daemon), 40)
    world.check("a call ended within its deadline", time.monotonic() - began < 30, f"{time.monotonic() - began:.1f} s")
    world.says("status names the connection", daemon.ctl("status").stdout, "viam", "no")
    world.check("and says why", viam["message"], viam)
    world.says("why says that it is tried again", daemon.why(job), "submitted", "again")
    world.same("the daemon answers at once", 0, daemon.ctl("list", timeout=3).returncode)
    world.check("few connections were made", gate.accepted <= 6, gate.accepted)

    status, seconds = daemon.stop()
    world.same("it stops when asked", 0, status)
    world.check("promptly, whatever is under way", seconds < 8, f"{seconds:.1f} s")

    gate.open()
    daemon.start()
    daemon.reaches(job, "submitted")
    world.same("once the far side answers, it is submitted, once", 1, farside.submissions)
    # Silent in the middle of it.
    gate.shut()
    daemon.until("the job is shown unreachable", lambda: daemon.job(job)["unreachable"], 40)
    world.same("its state stays", "submitted", daemon.job(job)["state"])
    world.says("why says that nothing changed", daemon.why(job), "has not answered", "changes nothing")
    gate.open()
    daemon.until("it is reachable again", lambda: not daemon.job(job)["unreachable"], 30)
    farside.move(farside.only_job(), "completed")
    daemon.reaches(job, "done")
    world.same("it was submitted once", 1, farside.submissions)
    world.same("it stops when asked", 0, daemon.stop()[0])


def connection(daemon):
    return next(one for one in daemon.api("/v1/status")["connections"] if one["name"] == "viam")
