"""A store that can't be used stops the daemon with a hint, and stays as it is, byte for byte."""

import hashlib
import os
import shutil
import sqlite3
import subprocess

from kit.local import Training

SECONDS = 12


def digest(directory):
    """Of all that belongs to the store."""
    whole = hashlib.sha256()
    for name in ("store.db", "store.db-wal"):
        path = os.path.join(directory, name)
        # An empty log is none: looking at a store makes one.
        if os.path.exists(path) and os.path.getsize(path) > 0:
            with open(path, "rb") as file:
                whole.update(name.encode() + file.read())
    return whole.hexdigest()


def overwritten(path):
    with open(path, "r+b") as file:
        file.write(b"\0" * 100)


def damaged(path):
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(3 * 4096))


def truncated(path):
    os.truncate(path, os.path.getsize(path) // 2)


def emptied(path):
    os.truncate(path, 0)


def text(path):
    with open(path, "w") as file:
        file.write("this is a note, not a database\n" * 20)


def foreign(path):
    os.remove(path)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE other (a)")
    database.commit()
    database.close()


def newer(path):
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 9999")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def gone(path):
    """The log is there, the database is not."""
    with open(path + "-wal", "wb") as file:
        file.write(b"x" * 5000)
    os.remove(path)


BREAKS = [
    (overwritten, "its header is overwritten", ["not a database", "backup"]),
    (damaged, "its pages are garbage", ["store.db", "backup"]),
    (truncated, "it is cut off", ["store.db", "backup"]),
    (emptied, "it is empty", ["cut off after 0 bytes", "backup"]),
    (text, "it is a text", ["not a database", "backup"]),
    (foreign, "it is another program's", ["another program", "backup"]),
    (newer, "it is newer", ["newer traind", "untouched|not touched"]),
    (gone, "only its log is left", ["its log", "backup"]),
]


def run(world):
    daemon = world.daemon()
    daemon.configure()
    daemon.start()
    training = Training(world, daemon, "kept")
    training.go()
    daemon.ctl("apply")
    daemon.reaches(training.id, "done")
    daemon.stop()
    good = daemon.state + ".good"
    shutil.copytree(daemon.state, good)
    store = f"{daemon.state}/store.db"
    for breaks, what, words in BREAKS:
        shutil.copyfile(f"{good}/store.db", store)
        for ending in ("-wal", "-shm"):
            if os.path.exists(store + ending):
                os.remove(store + ending)
        breaks(store)
        before = digest(daemon.state)
        refuses(world, daemon, what, words)
        world.same(f"{what}: it is left as it is", before, digest(daemon.state))
        world.check(
            f"{what}: no other was made", not os.path.exists(f"{daemon.state}/store.db.new"))
        if os.path.exists(store + "-wal"):
            os.remove(store + "-wal")

    shutil.copyfile(f"{good}/store.db", store)
    unwritable(world, daemon)
    daemon.start()
    world.same("put back, it is all there", "done", daemon.job(training.id)["state"])
    world.same("and nothing was trained again", 1, training.runs)
    daemon.stop()


def refuses(world, daemon, what, words, wrapper=()):
    mark = daemon.mark()
    daemon.start(wrapper=wrapper, ready=False)
    world.same(f"{what}: it does not start", 1, daemon.ended(20))
    said = daemon.since(mark)
    for word in words:
        world.check(f"{what}: it says so ({word.split('|')[0]})", any(one in said for one in word.split("|")), said)
    world.check(f"{what}: there is a hint", "\nhint: " in said, said)


def unwritable(world, daemon):
    os.makedirs(f"{daemon.root}/mount", exist_ok=True)
    subprocess.run(["mount", "--bind", daemon.state, daemon.state], check=True)
    world.mounts.append(daemon.state)
    subprocess.run(["mount", "-o", "remount,bind,ro", daemon.state], check=True)
    before = digest(daemon.state)
    refuses(world, daemon, "the directory is read-only", [daemon.state])
    world.same("the directory is read-only: the store is left as it is", before, digest(daemon.state))
    subprocess.run(["umount", daemon.state], check=True)
    # As somebody whom the directory does not belong to.
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    os.chmod(world.directory, 0o755)
    os.chmod(daemon.root, 0o755)
    refuses(world, daemon, "the directory is somebody else's", [daemon.state], nobody)
