// sd_journal_sendv is otherwise a macro, which Swift cannot import.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
