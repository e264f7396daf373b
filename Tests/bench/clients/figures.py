"""What an upload by a vendor's own client costs, in the lines that `run` reads. Starting the client is not counted."""
import resource
import time


def _status(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


def measure(upload):
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    idle = _status("VmRSS:")
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.perf_counter()
    upload()
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    print("seconds", round(seconds, 4))
    print("processor", round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 4))
    print("idle", idle)
    print("peak", _status("VmHWM:"))
