/* Errors as values: every failing function fills the caller's ur_error and returns its status. */
#ifndef UR_BASE_ERROR_H
#define UR_BASE_ERROR_H

#include "unroll.h"

/* Fills `error` (which may be NULL) with a printf-formatted line, control characters shown as \xNN. Of one that is too long
 * the middle is left out, since the cause stands behind a path or a text of any length. Returns `status`, so that callers write `return ur_fail(error, …)`. */
ur_status ur_fail(ur_error *error, ur_status status, const char *format, ...) UR_PRINTF(3, 4);

/* Puts "prefix: " before the text of an error already filled. */
ur_status ur_fail_in(ur_error *error, ur_status status, const char *prefix);

/* The usual "not enough memory for WHAT". */
ur_status ur_fail_memory(ur_error *error, const char *what);

/* Returns from the calling function when `call` fails. */
#define UR_TRY(call)                                                                                                   \
    do {                                                                                                               \
        ur_status ur_try_status = (call);                                                                              \
        if (ur_try_status != UR_OK) return ur_try_status;                                                              \
    } while (0)

#endif
