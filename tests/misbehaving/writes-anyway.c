/* Writes files where it likes: it says that it reads other processes, which keeps it free to. */
#define NEEDS "{\"proc_other_pids\":true}"
#include "writes.c"
