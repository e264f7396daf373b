// What Linux offers around processes and Swift cannot call by itself: fork, variadic functions, macros, new system calls.
// Functions that return int give -1 and set errno when they fail, unless they say otherwise.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdint.h>
#include <sys/types.h>

// A command as train_fork runs it. The caller has one thread only.
struct train_command {
  const char *executable;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  int input;   // becomes descriptor 0
  int output;  // becomes descriptors 1 and 2
  int gate;    // one byte read from here lets the command start; end of file ends the child
  int closed;  // the gate's other end, which the child must not hold open
  int report;  // written to, as a train_failure, when the command can't be started; closed by a start that succeeds
};

struct train_failure {
  int32_t stage;  // enum train_stage
  int32_t error;  // errno
};

enum train_stage { TRAIN_STAGE_SETUP = 0, TRAIN_STAGE_DIRECTORY = 1, TRAIN_STAGE_EXEC = 2 };

// Forks a child that leads a process group of its own, dies with the caller, and waits at the gate.
pid_t train_fork(const struct train_command *command);

// A child that has ended and is not reaped yet; 0 = none has; -1 and ECHILD = there are no children.
pid_t train_ended_child(void);

// Orphans among the caller's descendants become its children.
int train_become_subreaper(void);
int train_set_name(const char *name);

// Blocks the signals and returns a non-blocking signalfd of them.
int train_signal_descriptor(const int *signals, int count);
// Takes one signal from it; 0 = none is pending.
int train_take_signal(int descriptor);

int train_pidfd_open(pid_t pid);
int train_pidfd_send(int pidfd, int signal);

// An open-file-description lock on the whole file, for writing. Does not wait: errno EAGAIN when it is taken.
int train_lock(int descriptor);
// 1 = another description holds it; 0 = nobody does.
int train_lock_is_held(int descriptor);

// Both ends, close-on-exec.
int train_pipe(int ends[2]);
// Accepts a connection: non-blocking, close-on-exec.
int train_accept(int listener);
// Opens a directory only to name things in it: needs no right to list it. Close-on-exec.
int train_open_path(const char *directory);

// The peer of a connected Unix socket.
int train_peer(int descriptor, pid_t *pid, uid_t *uid);

// Writes back all of the filesystem that the descriptor is on.
int train_sync_filesystem(int descriptor);

#endif
