"""A far side that is down changes no job's state; one that forgot the job makes it lost, and says so plainly."""

import time

from kit.farside import VIAM_SPEC

# The provider is sure that a job is lost after a grace of 60 s.
SECONDS = 80


def run(world):
    farside = world.farside()
    viam, synapse = world.gate(farside["viam"]), world.gate(farside["synapse"])
    daemon = world.daemon()
    daemon.configure(farside.connections(viam=viam.address, synapse=synapse.address))
    job = daemon.spec("away", VIAM_SPEC)
    forgotten = daemon.spec("forgotten", VIAM_SPEC)
    daemon.start()
    daemon.reaches(job, "submitted")
    daemon.reaches(forgotten, "submitted")
    jobs = {one["name"]: one for one in farside.jobs()}
    farside.move(jobs["away"], "running")
    farside.move(jobs["forgotten"], "running")
    daemon.reaches(job, "running")
    daemon.reaches(forgotten, "running")

    mark = daemon.mark()
    viam.down()
    daemon.until("the job is shown unreachable", lambda: daemon.job(job)["unreachable"])
    time.sleep(2)
    world.same("down, it changes no state", "running", daemon.job(job)["state"])
    world.says("why says so", daemon.why(job), "runs on viam", "has not answered", "changes nothing")
    world.says("list shows it", daemon.ctl("list").stdout, "unreachable")
    world.says("the journal says that viam does not answer", daemon.since(mark), "viam", "does not answer")
    daemon.kill()
    daemon.start()
    daemon.until("after a restart it is unreachable again", lambda: daemon.job(job)["unreachable"])
    daemon.until("the journal says so", lambda: daemon.since(mark).count("does not answer") == 2)
    world.same("and still runs", "running", daemon.job(job)["state"])
    mark = daemon.mark()
    viam.up()
    daemon.until("it is reachable again", lambda: not daemon.job(job)["unreachable"])
    world.says("the journal says that viam answers again", daemon.since(mark), "viam", "answers again")

    # The registry is down when the training ends: the training does not fail for it.
    synapse.down()
    farside.ask("/viam/delete", id=jobs["forgotten"]["id"])
    lost_since = time.monotonic()
    farside.move(jobs["away"], "completed")
    daemon.reaches(job, "publishing")
    daemon.until("the publication waits", lambda: "again" in daemon.why(job) and "synapse" in daemon.why(job))
    world.same("a registry that is down fails no training", "publishing", daemon.job(job)["state"])
    synapse.up()
    daemon.reaches(job, "done")
    world.same("it was published once", 1, len(farside.ask()["synapse"]["models"]))

    world.same("a job that was forgotten a moment ago is not lost yet", "running", daemon.job(forgotten)["state"])
    ended = daemon.reaches(forgotten, "failed", seconds=100)
    world.check("it had its grace", time.monotonic() - lost_since > 55, f"{time.monotonic() - lost_since:.0f} s")
    world.same("then it is lost", "lost", ended["reason"])
    world.says("why says so plainly", daemon.why(forgotten), "lost", "knows training job", "no longer", "retry")
    world.same("nothing was submitted again for it", 2, farside.submissions)
    world.same("it stops when asked", 0, daemon.stop()[0])
