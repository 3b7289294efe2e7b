/* Lets an exception of C++ escape into the program that called it. */
#include <stdexcept>

extern "C" {
#include "plugin.h"

static collector_status collect(void *, const collector_host *host)
{
    deliver(host, "before", "whole");
    throw std::runtime_error("nobody catches this");
}

PLUGIN("throws");
}
