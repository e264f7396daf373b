"""The state directory is lost after a job was published in five registries: what is there is found, and nothing is sent."""

from kit.local import Training
from scenarios.lost_state import lose

SECONDS = 12

PUBLISH = (
    "[{registry: bucket}, {registry: images}, {registry: flow, experiment: trainings},"
    " {registry: tfy, ml_repo: vision-models}, {registry: machines}]")


def run(world):
    farside = world.farside()
    daemon = world.daemon()
    daemon.configure(farside.connections() + farside["connections"])
    # One of them is away at first: it delays nobody, and nobody forgets it.
    farside.ask("/registries/trouble", name="images", status=503, times=8)
    training = Training(world, daemon, "fanned", bytes=300_000, publish=PUBLISH)
    daemon.start(environment=farside.registry_secrets)
    training.started()
    training.go()
    daemon.until("somebody has it", lambda: any(one["versions"] for one in farside.registries.values()))
    daemon.kill()
    daemon.start(environment=farside.registry_secrets)
    daemon.reaches(training.id, "done")
    before = farside.registries
    for name, held in sorted(before.items()):
        world.same(f"{name} holds one version", 1, len(held["versions"]))
        world.same(f"{name} made it for the job", training.id, held["versions"][0]["job"])
    digests = {tuple(held["versions"][0]["files"].values()) for held in before.values()}
    world.same("all hold the same bytes", 1, len(digests))
    daemon.kill()

    lose(daemon)
    daemon.start(environment=farside.registry_secrets)
    daemon.reaches(training.id, "done")
    world.same("it ran once", 1, training.runs)
    for name, held in sorted(farside.registries.items()):
        world.same(f"{name} still holds one", 1, len(held["versions"]))
        world.same(f"{name} was asked for no other", before[name]["commits"], held["commits"])
        world.same(f"{name} was sent nothing", before[name]["received"], held["received"])
    world.same("it stops when asked", 0, daemon.stop()[0])
