/* Errors as values: every function that fails fills the caller's ur_error and returns its status. */
#ifndef UR_BASE_ERROR_H
#define UR_BASE_ERROR_H

#include "unroll.h"

/* Fills `error` (which may be NULL) with a printf-formatted line; control characters are shown as \xNN. If the line is
 * too long, its middle is left out: paths and quoted texts may have any length, and the cause follows them. Returns
 * `status`, so that callers write `return ur_fail(error, …)`. */
ur_status ur_fail(ur_error *error, ur_status status, const char *format, ...) UR_PRINTF(3, 4);

/* Puts "prefix: " before the text of an error that is already filled. */
ur_status ur_fail_in(ur_error *error, ur_status status, const char *prefix);

/* The usual "not enough memory for WHAT". */
ur_status ur_fail_memory(ur_error *error, const char *what);

/* Returns from the calling function if `call` fails. */
#define UR_TRY(call)                                                                                                   \
    do {                                                                                                               \
        ur_status ur_try_status = (call);                                                                              \
        if (ur_try_status != UR_OK) return ur_try_status;                                                              \
    } while (0)

#endif
