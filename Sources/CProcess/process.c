#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// linux/close_range.h; the same on every architecture.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

static void fail(const struct train_command *command, enum train_stage stage, int error) {
  struct train_failure failure = {stage, error};
  // There is nobody to tell when this fails: the exit status says the rest.
  ssize_t written = write(command->report, &failure, sizeof failure);
  (void)written;
  _exit(127);
}

// In the child. Only what is safe between fork and exec.
static void run(const struct train_command *command, pid_t parent) {
  if (setpgid(0, 0) != 0) fail(command, TRAIN_STAGE_SETUP, errno);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(command, TRAIN_STAGE_SETUP, errno);
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(127);

  close(command->closed);
  char byte;
  ssize_t count;
  do count = read(command->gate, &byte, 1);
  while (count < 0 && errno == EINTR);
  if (count != 1) _exit(127);

  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, NULL);  // refused for KILL, STOP and what the C library keeps
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  umask(022);

  if (dup2(command->input, 0) < 0 || dup2(command->output, 1) < 0 || dup2(command->output, 2) < 0)
    fail(command, TRAIN_STAGE_SETUP, errno);
  // Every descriptor of the caller's is close-on-exec already; this is for those that a library forgot.
  if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0)
    for (int descriptor = 3; descriptor < 1024; descriptor++) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  if (chdir(command->directory) != 0) fail(command, TRAIN_STAGE_DIRECTORY, errno);
  execve(command->executable, command->arguments, command->environment);
  fail(command, TRAIN_STAGE_EXEC, errno);
}

pid_t train_fork(const struct train_command *command) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) run(command, parent);
  // Also here: the group has to be there whoever runs first.
  if (child > 0) setpgid(child, child);
  return child;
}

pid_t train_ended_child(void) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
  return info.si_pid;
}

int train_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

int train_set_name(const char *name) { return prctl(PR_SET_NAME, name); }

int train_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int train_take_signal(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  if (count == (ssize_t)sizeof info) return (int)info.ssi_signo;
  return count < 0 && errno == EAGAIN ? 0 : -1;
}

int train_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int train_pidfd_send(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int train_lock(int descriptor) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int train_lock_is_held(int descriptor) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -1;
  return lock.l_type != F_UNLCK;
}

int train_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int train_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int train_open_path(const char *directory) { return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC); }

int train_peer(int descriptor, pid_t *pid, uid_t *uid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *pid = peer.pid;
  *uid = peer.uid;
  return 0;
}

int train_sync_filesystem(int descriptor) { return syncfs(descriptor); }
