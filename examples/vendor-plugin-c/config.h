/*
 * config.h: reads one text of a configuration that is an object of plain values, such as
 * {"path":"/tmp","limit":3}. For lists and objects inside take a JSON library.
 *
 * The host passes compact JSON that it wrote itself: no white space between the parts, and of
 * the escapes only \" \\ \n \r \t \b \f and \u00XX. Compiles as C99 and as C++11.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <string.h>

#include "collector_plugin.h"

/* The text that starts behind `*at`, which is a quote, into `out`; -1 when it does not fit. */
static inline int config_unquote(const char **at, const char *end, char *out, size_t size)
{
    size_t n = 0;
    const char *p = *at + 1;
    for (; p < end && *p != '"'; p++) {
        char it = *p;
        if (it == '\\') {
            const char *from = "\"\\/nrtbf", *to = "\"\\/\n\r\t\b\f", *found;
            if (++p == end || (found = strchr(from, *p)) == NULL || *p == '\0')
                return -1; /* a control character as \u00XX, which no name needs */
            it = to[found - from];
        }
        if (n + 1 >= size)
            return -1;
        out[n++] = it;
    }
    if (p == end)
        return -1;
    out[n] = '\0';
    *at = p + 1;
    return 0;
}

/* Puts the text of `key` into `out`. 0 when it did; -1 without such a key, or when it is no text,
 * does not fit or has a control character. */
static inline int config_text(collector_str json, const char *key, char *out, size_t size)
{
    const char *at = json.ptr, *end = at + json.len;
    char quoted[64];
    size_t n = strlen(key) + 3;
    int depth = 0;
    if (n >= sizeof quoted)
        return -1;
    quoted[0] = '"';
    memcpy(quoted + 1, key, n - 3);
    memcpy(quoted + n - 2, "\":", 2);
    while (at < end) {
        if (*at == '"') {
            if (depth == 1 && (size_t)(end - at) > n && memcmp(at, quoted, n) == 0) {
                at += n;
                return *at == '"' ? config_unquote(&at, end, out, size) : -1;
            }
            /* Another key or value: only its end matters. */
            for (at++; at < end && *at != '"'; at++)
                at += *at == '\\';
        } else {
            depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        }
        at++;
    }
    return -1;
}

#endif
