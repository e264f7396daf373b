"""The disk of the state directory is full: nothing accepted is lost, nothing new is taken."""

import os
import subprocess

from kit.local import Training

SECONDS = 25


def run(world):
    daemon = world.daemon()
    world.disk(daemon.state, 48)
    # The training itself has space: a full disk there would be its own failure.
    world.disk(f"{daemon.state}/runner", 8)
    daemon.configure("providers:\n  here: {kind: local, slots: 1}\n")
    daemon.start()
    first, second = Training(world, daemon, "first"), Training(world, daemon, "second")
    daemon.ctl("apply")
    first.started()
    mark = daemon.mark()
    ballast = world.fill(daemon.state)
    daemon.until("status says that the disk is full", lambda: "space" in daemon.warnings(), 20)
    world.says("the journal says so", daemon.since(mark), "disk is full", daemon.state)
    world.says("status says so", daemon.ctl("status").stdout, "warning")
    world.says("doctor says so", daemon.ctl("doctor").stdout, "space")
    world.says("and so does a metric", daemon.ctl("metrics").stdout, "traind_disk_full 1")

    submitted = Training(world, daemon, "submitted")
    answer = daemon.ctl("submit", f"{daemon.config}/jobs.d/submitted.yaml")
    world.same("a new job is refused for now", 75, answer.returncode)
    world.says("the refusal says why and what to do", answer.stderr, "submit", "hint:", "free some space")
    world.same("nothing is half accepted", 66, daemon.ctl("show", submitted.id).returncode)
    world.same("apply is refused too", 75, daemon.ctl("apply").returncode)

    # What runs goes on as far as the reserve lets it be written down.
    first.go()
    daemon.until("the run's end is seen", lambda: daemon.job(first.id)["state"] in ("publishing", "done"), 20)
    world.check("what runs is still asked about and written down", True)
    world.same("the queued job waits", "queued", daemon.job(second.id)["state"])
    world.says("why says for what", daemon.why(second.id), "disk is full")
    world.same("a full disk is no failure", 0, sum(job["state"] == "failed" for job in daemon.api("/v1/jobs")["jobs"]))

    daemon.kill()
    daemon.start()
    world.check("it starts on a full disk", True)
    world.same("and knows its jobs", "queued", daemon.job(second.id)["state"])

    mark = daemon.mark()
    os.remove(ballast)
    daemon.reaches(first.id, "done")
    second.started()
    second.go()
    daemon.reaches(second.id, "done")
    world.check("with space it goes on by itself", True)
    daemon.until("the warning is over", lambda: not daemon.warnings() or "space" not in daemon.warnings())
    world.says("the journal says that it goes on", daemon.since(mark), "there is space again")
    world.same("the job that was refused is taken now", 0, daemon.ctl("apply").returncode)
    submitted.go()
    daemon.reaches(submitted.id, "done")
    for training in (first, second, submitted):
        world.same(f"{training.name} was trained once", 1, training.runs)
        world.same(f"{training.name} was published", 1000, training.shelf)
    runner(world, daemon)
    world.same("it stops when asked", 0, daemon.stop()[0])
    fresh(world)


def runner(world, daemon):
    """The disk on which local trainings run is full: they are not begun, and not failed."""
    ballast = world.fill(f"{daemon.state}/runner")
    late = Training(world, daemon, "late")
    late.go()
    daemon.ctl("apply")
    daemon.until("why says that the runner's disk is full", lambda: "space" in daemon.why(late.id))
    world.same("with no space for its run, a job waits", "submitting", daemon.job(late.id)["state"])
    world.same("its reason is disk-full", "disk-full", daemon.api(f"/v1/jobs/{late.id}/why")["reason"])
    os.remove(ballast)
    world.same("with space it is trained and published", "done", daemon.reaches(late.id, "done")["state"])
    world.same("once", 1, late.runs)


def fresh(world):
    """The very first start, on a full disk."""
    daemon = world.daemon("fresh")
    world.disk(daemon.state, 1)
    daemon.configure()
    ballast = world.fill(daemon.state)
    daemon.start(ready=False)
    world.same("a first start on a full disk is refused", 1, daemon.ended(20))
    world.says("with a hint", daemon.since(), "store.db", "\nhint: ", "free")
    world.check("and leaves no half of a store", not os.path.exists(f"{daemon.state}/store.db"))
    os.remove(ballast)
    subprocess.run(["mount", "-o", "remount,size=32m", daemon.state], check=True)
    daemon.start()
    world.check("with space it starts", daemon.is_running)
    world.same("and stops when asked", 0, daemon.stop()[0])
