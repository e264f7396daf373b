"""Frozen for longer than its tokens live, at every stage: afterwards all goes on, and nothing twice."""

import signal
import time

from kit.farside import VIAM_SPEC

SECONDS = 25


def run(world):
    farside = world.farside()
    farside.ask("/viam/tokens", life=2)
    daemon = world.daemon()
    daemon.configure(farside.connections())
    job = daemon.spec("frozen", VIAM_SPEC)

    # Frozen while a submission is on its way: the far side does it, and nobody takes its answer.
    farside.ask("/viam/trouble", method="SubmitTrainingJob", kind="swallow")
    daemon.start()
    daemon.until("it was submitted", lambda: farside.submissions == 1)
    freeze(daemon, 3.5)
    daemon.reaches(job, "submitted", "running", seconds=40)
    world.same("frozen in its submission, it was submitted once", 1, farside.submissions)

    tokens = farside.ask()["viam"]["tokens"]
    farside.move(farside.only_job(), "running")
    daemon.reaches(job, "running")
    freeze(daemon, 3.5)
    daemon.until("it asks again", lambda: farside.ask()["viam"]["tokens"] > tokens)
    world.same("frozen while it ran, it still runs", "running", daemon.job(job)["state"])
    farside.move(farside.only_job(), "completed", bytes=300000)
    freeze(daemon, 3.5)
    daemon.reaches(job, "done", seconds=40)
    state = farside.ask()
    world.same("it was submitted once", 1, state["viam"]["submissions"])
    world.same("it was published once", 1, len(state["synapse"]["models"]))
    world.same("as it was trained", state["viam"]["jobs"][0]["sha256"], state["synapse"]["models"][0]["sha256"])
    world.check("tokens were renewed", state["viam"]["tokens"] > 2, state["viam"]["tokens"])
    world.check("it never asked for attention", "<4>" not in daemon.since() and "<3>" not in daemon.since())
    world.same("it stops when asked", 0, daemon.stop()[0])


def freeze(daemon, seconds):
    """A real process can only be frozen for real time."""
    daemon.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    daemon.process.send_signal(signal.SIGCONT)
