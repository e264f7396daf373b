"""The state directory is lost, the specs are not: what is on the platforms is found there and taken up."""

import os
import shutil

from kit.farside import VIAM_SPEC
from kit.local import Training
from kit.preload import Preload

SECONDS = 15


def run(world):
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections())
    pending, running, published = (daemon.spec(name, VIAM_SPEC) for name in ("pending", "running", "published"))
    local = Training(world, daemon, "local", publish="[]")
    daemon.start()
    for job in (pending, running, published):
        daemon.reaches(job, "submitted")
    local.started()
    jobs = {one["name"]: one for one in farside.jobs()}
    farside.move(jobs["running"], "running")
    farside.move(jobs["published"], "completed")
    daemon.reaches(published, "done")
    daemon.reaches(running, "running")
    daemon.kill()

    lose(daemon)
    daemon.start()
    world.same("a running job is found running", "running", daemon.reaches(running, "running")["state"])
    world.same("a pending one is found", "submitted", daemon.reaches(pending, "submitted")["state"])
    daemon.reaches(published, "done")
    local.go()
    world.same("a local run is found", "done", daemon.reaches(local.id, "done")["state"])
    farside.move(jobs["pending"], "completed")
    farside.move(jobs["running"], "completed")
    daemon.reaches(pending, "done")
    daemon.reaches(running, "done")
    state = farside.ask()
    world.same("nothing was submitted twice", 3, state["viam"]["submissions"])
    world.same("nothing was published twice", 3, len(state["synapse"]["models"]))
    world.same("no second version was even tried", 3, state["synapse"]["created"])
    world.same("the local command ran once", 1, local.runs)
    world.same("it stops when asked", 0, daemon.stop()[0])
    later(world, farside, daemon)


def lose(daemon):
    """All is gone but what the runner keeps, which is another service's where systemd starts it."""
    for name in os.listdir(daemon.state):
        if name != "runner":
            path = os.path.join(daemon.state, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def later(world, farside, daemon):
    """Found an hour later, they are older than what is wanted now: somebody has to say that they are what is meant."""
    for name in ("pending", "running", "published", "local"):
        os.remove(f"{daemon.config}/jobs.d/{name}.yaml")
    lose(daemon)
    old = daemon.spec("old", VIAM_SPEC)
    daemon.start()
    daemon.reaches(old, "submitted")
    daemon.kill()
    lose(daemon)
    clock = Preload(world)
    clock.ahead(3600)
    daemon.start(environment=clock.environment)
    daemon.until("an hour later it is held", lambda: daemon.job(old)["held"])
    world.says("why says what it found and what to do", daemon.why(old), "held", "already-exists", "--adopt")
    world.same("nothing was submitted for it", 4, farside.submissions)
    world.same("it can be adopted", 0, daemon.ctl("release", "--adopt", old).returncode)
    daemon.reaches(old, "submitted")
    farside.move(farside.jobs()[-1], "completed")
    daemon.reaches(old, "done")
    world.same("adopted, it was submitted once", 4, farside.submissions)
    world.same("it stops when asked then", 0, daemon.stop()[0])
