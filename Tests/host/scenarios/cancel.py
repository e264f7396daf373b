"""A cancel that was acknowledged holds, however soon after it the daemon is killed, and wherever the job was."""

import os

from kit.farside import VIAM_SPEC
from kit.local import Training

SECONDS = 30


def run(world):
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections())
    daemon.start()
    queued(world, farside, daemon)
    submitting_not_done(world, farside, daemon)
    submitting_done(world, farside, daemon)
    running(world, farside, daemon)
    publishing(world, farside, daemon)
    committing(world, farside, daemon)
    forced(world, daemon)
    jobs = daemon.api("/v1/jobs?all=true")["jobs"]
    world.check(
        "every job has ended", all(job["state"] in ("cancelled", "done") for job in jobs),
        [(job["id"], job["state"]) for job in jobs])
    world.same("it stops when asked", 0, daemon.stop()[0])


def cancel_and_kill(world, daemon, job, what):
    """Acknowledged, and dead at once."""
    world.same(f"{what}: the cancel is acknowledged", 0, daemon.ctl("cancel", job).returncode)
    daemon.kill()
    daemon.start()


def ended(world, daemon, job, what, state="cancelled"):
    view = daemon.reaches(job, "cancelled", "done", "failed")
    world.same(f"{what}: it is {state}", state, view["state"])
    if state == "cancelled":
        world.same(f"{what}: by its user", "cancelled-by-user", view["reason"])


def remote(farside, name):
    return next(job for job in farside.jobs() if job["name"] == name)


def queued(world, farside, daemon):
    daemon.ctl("drain")
    job = daemon.spec("queued", VIAM_SPEC)
    daemon.ctl("apply")
    world.same("queued: it waits", "queued", daemon.job(job)["state"])
    cancel_and_kill(world, daemon, job, "queued")
    ended(world, daemon, job, "queued")
    world.same("queued: it was never submitted", 0, farside.submissions)
    daemon.ctl("apply")
    world.same("queued: applying again changes nothing", "cancelled", daemon.job(job)["state"])


def submitting_not_done(world, farside, daemon):
    """The far side takes the call and does nothing with it."""
    before = farside.submissions
    calls = farside.calls("SubmitTrainingJob")
    farside.ask("/viam/trouble", method="SubmitTrainingJob", kind="hang")
    job = daemon.spec("unheard", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.until("it is being submitted", lambda: farside.calls("SubmitTrainingJob") > calls)
    cancel_and_kill(world, daemon, job, "submitting, not done")
    ended(world, daemon, job, "submitting, not done")
    world.same("submitting, not done: it was never submitted", before, farside.submissions)
    world.same("submitting, not done: nor tried again", calls + 1, farside.calls("SubmitTrainingJob"))


def submitting_done(world, farside, daemon):
    """The far side does it, and nobody hears so: the cancel waits for the handle, and then goes there."""
    before = farside.submissions
    farside.ask("/viam/trouble", method="SubmitTrainingJob", kind="swallow")
    job = daemon.spec("unanswered", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.until("it is submitted", lambda: farside.submissions == before + 1)
    cancel_and_kill(world, daemon, job, "submitting, done")
    daemon.until("it is found and told to stop", lambda: remote(farside, "unanswered")["status"] == "canceling")
    world.same("submitting, done: it is not over before the far side says so", "cancelling", daemon.job(job)["state"])
    farside.move(remote(farside, "unanswered"), "canceled")
    ended(world, daemon, job, "submitting, done")
    world.same("submitting, done: it was submitted once", before + 1, farside.submissions)


def running(world, farside, daemon):
    job = daemon.spec("running", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.reaches(job, "submitted")
    farside.move(remote(farside, "running"), "running")
    daemon.reaches(job, "running")
    # The far side does not hear the first ones.
    farside.ask("/viam/trouble", method="CancelTrainingJob", kind="refuse", times=2)
    cancel_and_kill(world, daemon, job, "running")
    daemon.until("it is told to stop", lambda: remote(farside, "running")["status"] == "canceling")
    farside.move(remote(farside, "running"), "canceled")
    ended(world, daemon, job, "running")


def publishing(world, farside, daemon):
    """The registry does not answer its uploads: what is not committed is withdrawn."""
    models = len(farside.ask()["synapse"]["models"])
    farside.ask("/synapse/trouble", call="firstChunk", kind="status", times=1000)
    job = daemon.spec("publishing", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.reaches(job, "submitted")
    farside.move(remote(farside, "publishing"), "completed")
    daemon.until("it is being published", lambda: daemon.job(job)["artifact"] is not None)
    cancel_and_kill(world, daemon, job, "publishing")
    ended(world, daemon, job, "publishing")
    world.same("publishing: nothing was published", models, len(farside.ask()["synapse"]["models"]))


def committing(world, farside, daemon):
    """The version was committed and nobody heard so: the cancel waits until that is known, and came too late."""
    farside.ask("/synapse/trouble", call="firstChunk", kind="clear")
    before = farside.ask()["synapse"]
    # It is looked for before the upload and before the commit; then the registry is down for a while.
    farside.ask("/synapse/trouble", call="listModels", kind="none", times=2)
    farside.ask("/synapse/trouble", call="listModels", kind="status", times=8)
    farside.ask("/synapse/trouble", call="createModel", kind="answerLost")
    job = daemon.spec("committing", VIAM_SPEC)
    daemon.ctl("apply")
    daemon.reaches(job, "submitted")
    farside.move(remote(farside, "committing"), "completed")
    daemon.until("it is committed", lambda: farside.ask()["synapse"]["created"] > before["created"])
    cancel_and_kill(world, daemon, job, "committing")
    ended(world, daemon, job, "committing", state="done")
    world.same("committing: and why it is not cancelled", "completed-before-cancel", daemon.job(job)["reason"])
    after = farside.ask()["synapse"]
    world.same("committing: it was published once", len(before["models"]) + 1, len(after["models"]))
    world.same("committing: nor tried twice", before["created"] + 1, after["created"])


def forced(world, daemon):
    """A command that does not listen to TERM is ended after `limits.stop`, across a kill."""
    training = Training(world, daemon, "deaf", publish="[]", extra="limits: {stop: 2s}")
    text = training.text.replace("- |\n", "- |\n      trap '' TERM\n", 1)
    daemon.spec("deaf", text)
    daemon.ctl("apply")
    training.started()
    cancel_and_kill(world, daemon, training.id, "deaf")
    ended(world, daemon, training.id, "deaf")
    world.same("deaf: its command ran once", 1, training.runs)
    world.check("deaf: nothing of it is left", not processes_with(training.place))


def processes_with(text):
    """Processes whose command line holds the text."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if text.encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found
