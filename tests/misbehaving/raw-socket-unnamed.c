/* Opens a raw socket and does not say that this takes a capability. */
#define NEEDS "{}"
#include "raw-socket.c"
