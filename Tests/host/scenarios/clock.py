"""The wall clock is moved under it: no limit fires early or stalls, nothing is submitted again."""

import time

from kit.farside import VIAM_SPEC
from kit.preload import Preload

SECONDS = 40
YEAR = 365 * 86400
LIMITED = VIAM_SPEC + "limits: {queue: 10s, run: 10s, stop: 2s}\n"


def run(world):
    clock = Preload(world)
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections())
    names = ("forward", "queued", "overdue", "doubtful")
    forward, queued, overdue = (daemon.spec(name, LIMITED) for name in names[:3])
    daemon.start(environment=clock.environment)
    for job in (forward, queued, overdue):
        daemon.reaches(job, "submitted")
    jobs = {one["name"]: one for one in farside.jobs()}
    farside.move(jobs["forward"], "running")
    farside.move(jobs["overdue"], "running")
    daemon.reaches(forward, "running")
    daemon.reaches(overdue, "running")
    began = time.monotonic()

    clock.ahead(3600)
    time.sleep(1.5)
    world.same("an hour ahead, no run limit fires", "running", daemon.job(forward)["state"])
    world.same("and no queue limit", "submitted", daemon.job(queued)["state"])
    world.says("why still speaks of it", daemon.why(forward), "runs on viam")
    farside.move(jobs["forward"], "completed")
    daemon.reaches(forward, "done")
    world.check("what ends meanwhile is published", True)

    clock.ahead(-3600)
    time.sleep(1)
    world.same("an hour back, nothing fires", "running", daemon.job(overdue)["state"])
    daemon.reaches(overdue, "cancelling", "failed", seconds=20)
    taken = time.monotonic() - began
    world.check("a run limit fires in its time all the same", 8 < taken < 14, f"{taken:.1f} s")
    farside.move(jobs["overdue"], "canceled")
    world.same("and names itself", "run-timeout", daemon.reaches(overdue, "failed")["reason"])
    daemon.reaches(queued, "cancelling", "failed", seconds=20)
    farside.move(jobs["queued"], "canceled")
    world.same("so does a queue limit", "queue-timeout", daemon.reaches(queued, "failed")["reason"])

    # A submission whose answer is lost, while the clock jumps by years: the settle time is not shortened.
    clock.ahead(0)
    farside.ask("/viam/trouble", method="SubmitTrainingJob", kind="lose")
    doubtful = daemon.spec("doubtful", VIAM_SPEC)
    clock.ahead(10 * YEAR)
    daemon.ctl("apply")
    daemon.until("it was submitted", lambda: farside.submissions == 4)
    clock.ahead(-10 * YEAR)
    daemon.until(
        "the lost answer is dealt with", lambda: daemon.job(doubtful)["state"] == "submitted" or daemon.job(doubtful)["held"])
    time.sleep(3)
    world.same("years ahead and back, a lost answer makes no second submission", 4, farside.submissions)
    # Its record is ten years older than the intent that our clock gave: that is for somebody to look at.
    if daemon.job(doubtful)["held"]:
        world.says("why says what to do", daemon.why(doubtful), "held", "already-exists", "--adopt")
        world.same("which then does it", 0, daemon.ctl("release", "--adopt", doubtful).returncode)
    daemon.reaches(doubtful, "submitted")
    clock.ahead(0)
    job = next(one for one in farside.jobs() if one["name"] == "doubtful")
    farside.move(job, "completed")
    daemon.reaches(doubtful, "done")
    state = farside.ask()
    world.same("each was submitted once", 4, state["viam"]["submissions"])
    world.same("what was trained was published once", 2, len(state["synapse"]["models"]))
    world.same("it stops when asked", 0, daemon.stop()[0])
