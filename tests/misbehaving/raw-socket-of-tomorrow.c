/* Names a capability that nobody knows beside the one that it takes. */
#define NEEDS "{\"caps\":[\"CAP_NET_RAW\",\"CAP_OF_TOMORROW\"]}"
#include "raw-socket.c"
