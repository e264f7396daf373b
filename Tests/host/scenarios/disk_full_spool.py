"""The spool's disk is full: artifacts wait, new work is not begun, what runs is still asked about."""

import os

from kit.local import Training

SECONDS = 25


def run(world):
    daemon = world.daemon()
    world.disk(f"{daemon.state}/spool", 8)
    daemon.configure("providers:\n  here: {kind: local, slots: 2}\n")
    daemon.start()
    fetched, polled = (Training(world, daemon, name, bytes=2 << 20) for name in ("fetched", "polled"))
    daemon.ctl("apply")
    fetched.started()
    polled.started()
    ballast = world.fill(f"{daemon.state}/spool", leave=1 << 20)
    mark = daemon.mark()
    fetched.go()
    daemon.reaches(fetched.id, "publishing")
    daemon.until("status says that the spool is full", lambda: "spool" in daemon.warnings())
    world.says("the journal says so", daemon.since(mark), "disk is full", "spool")
    world.says("status says so", daemon.ctl("status").stdout, "warning", "spool", "needs")
    world.says("why says so of the artifact that waits", daemon.why(fetched.id), "fetched", "free some space")
    world.same("its reason is disk-full", "disk-full", daemon.api(f"/v1/jobs/{fetched.id}/why")["reason"])
    world.check("nothing was published", fetched.shelf is None)

    # A slot is free, but nothing new is begun on a full disk.
    queued = Training(world, daemon, "queued", bytes=2 << 20)
    world.same("a new job is taken in", 0, daemon.ctl("apply").returncode)
    world.same("a queued job stays queued", "queued", daemon.job(queued.id)["state"])
    world.says("why says that it waits for the disk", daemon.why(queued.id), "disk is full", "by itself")
    world.same("its reason is disk-full", "disk-full", daemon.api(f"/v1/jobs/{queued.id}/why")["reason"])

    # Polling goes on: the platform's news still arrive.
    polled.go()
    world.same("what runs is still asked about", "publishing", daemon.reaches(polled.id, "publishing")["state"])

    mark = daemon.mark()
    os.remove(ballast)
    daemon.reaches(fetched.id, "done")
    daemon.reaches(polled.id, "done")
    world.check("with space it goes on by itself", True)
    queued.started()
    queued.go()
    daemon.reaches(queued.id, "done")
    daemon.until("the warning is over", lambda: not daemon.warnings() or "full" not in daemon.warnings())
    world.says("the journal says that it goes on", daemon.since(mark), "there is space again")
    for training in (fetched, polled, queued):
        world.same(f"{training.name} was trained once", 1, training.runs)
        world.same(f"{training.name} was published whole", 2 << 20, training.shelf)

    cancelled_while_full(world, daemon)
    world.same("it stops when asked", 0, daemon.stop()[0])


def cancelled_while_full(world, daemon):
    """The artifact that did not fit is not wanted any more: that must not keep others waiting."""
    large, small = Training(world, daemon, "large", bytes=12 << 20), Training(world, daemon, "small")
    large.go()
    daemon.ctl("run", "large")
    daemon.until("large does not fit", lambda: "spool" in daemon.warnings())
    daemon.ctl("run", "small")
    small.go()
    world.same("a small job waits behind what does not fit", "queued", daemon.job(small.id)["state"])
    world.same("the large one is cancelled", 0, daemon.ctl("cancel", large.id).returncode)
    world.same("then the small one is trained and published", "done", daemon.reaches(small.id, "done")["state"])
    world.same("nothing of the large one was published", None, large.shelf)
