/* Has no function that takes a sample. */
#define COLLECT NULL
#include "plugin.h"

PLUGIN("no-collect");
