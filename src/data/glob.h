/* Names by pattern, in bytes: * any, ? one, [5-9] or [!a] one of a set; {label} is a * whose text is wanted, the shortest
 * that fits. */
#ifndef UR_DATA_GLOB_H
#define UR_DATA_GLOB_H

#include "unroll.h"

#include <stdbool.h>

/* A bracket without its end, a second {label}, or another brace. */
ur_status ur_glob_check(const char *pattern, bool *labelled, ur_error *error);

/* Whether a checked pattern fits the whole name. `label` and `length`, where they are not NULL, get what {label} stood
 * for. */
bool ur_glob(const char *pattern, const char *name, const char **label, size_t *length);

#endif
