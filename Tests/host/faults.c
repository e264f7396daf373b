/* Preloaded into a daemon under test: its wall clock is moved, and its writes come out short, while it runs.
 *
 * HOST_FAULTS names a file of 16 bytes, mapped here and by the test: int64 milliseconds that the wall clock is ahead, then
 * int64 bytes that one write to a file below HOST_FAULTS_BELOW takes at most (0 = any). Monotonic clocks are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct faults {
  _Atomic int64_t ahead;
  _Atomic int64_t most;
};

static struct faults none;
static struct faults *faults = &none;
static const char *below = "";
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);

__attribute__((constructor)) static void start(void) {
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  const char *path = getenv("HOST_FAULTS");
  if (getenv("HOST_FAULTS_BELOW")) below = getenv("HOST_FAULTS_BELOW");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *place = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) faults = place;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  int status = real_clock_gettime(clock, time);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    int64_t ahead = atomic_load(&faults->ahead);
    time->tv_sec += ahead / 1000;
    time->tv_nsec += ahead % 1000 * 1000000;
    if (time->tv_nsec >= 1000000000) time->tv_sec++, time->tv_nsec -= 1000000000;
    if (time->tv_nsec < 0) time->tv_sec--, time->tv_nsec += 1000000000;
  }
  return status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  int status = clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return status;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

/* How much of a write of so many bytes is taken. */
static size_t taken(int file, size_t count) {
  int64_t most = atomic_load(&faults->most);
  if (most <= 0 || count <= (size_t)most) return count;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return count;
  path[length] = 0;
  return strncmp(path, below, strlen(below)) == 0 ? (size_t)most : count;
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
  return real_write(file, bytes, taken(file, count));
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return real_pwrite(file, bytes, taken(file, count), offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return pwrite64(file, bytes, count, offset);
}
