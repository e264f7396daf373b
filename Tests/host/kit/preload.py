"""The preloaded library of faults.c, and its controls."""

import mmap
import os
import struct
import subprocess

from kit.world import Skip

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "faults.c")


class Preload:
    def __init__(self, world, below="/"):
        """- below: only writes to files under this path come out short."""
        library = os.path.join(world.directory, "faults.so")
        try:
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Skip(f"no C compiler here: {error}") from None
        controls = os.path.join(world.directory, "faults")
        with open(controls, "wb") as file:
            file.write(bytes(16))
        with open(controls, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 16)
        self.environment = {"LD_PRELOAD": library, "HOST_FAULTS": controls, "HOST_FAULTS_BELOW": below}

    def ahead(self, seconds):
        """The wall clock is so far ahead from now on."""
        self.map[0:8] = struct.pack("<q", int(seconds * 1000))

    def short(self, most):
        """One write takes at most so many bytes; 0 = all."""
        self.map[8:16] = struct.pack("<q", most)
