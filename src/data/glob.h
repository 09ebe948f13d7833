/* Patterns for names, matched byte by byte: * any text, ? one byte, [5-9] or [!a] one byte of a set. {label} is a *
 * whose text is returned; it matches the shortest text that fits. */
#ifndef UR_DATA_GLOB_H
#define UR_DATA_GLOB_H

#include "unroll.h"

#include <stdbool.h>

/* UR_ERR_USAGE for a bracket without its end, a second {label}, or another brace. *labelled: whether
 * there is a {label}. */
ur_status ur_glob_check(const char *pattern, bool *labelled, ur_error *error);

/* Whether a checked pattern matches the whole name. `label` and `length` may be NULL; they get the text of {label}. */
bool ur_glob(const char *pattern, const char *name, const char **label, size_t *length);

#endif
