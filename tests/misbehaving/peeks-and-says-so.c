/* Looks at the descriptors of the core, and says that it reads other processes. */
#define NEEDS \
    "{\"caps\":[\"CAP_SYS_PTRACE\",\"CAP_DAC_READ_SEARCH\"],\"proc_other_pids\":true}"
#include "peeks.c"
