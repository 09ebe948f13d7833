/* An answer as a line of JSON. */
#ifndef UR_TASK_ANSWER_LINE_H
#define UR_TASK_ANSWER_LINE_H

#include "base/error.h"
#include "unroll_generate.h"

#include <jansson.h>

/* Writes the object and lets go of it; NULL: there was no memory for it. */
ur_status ur_answer_line(json_t *answer, const ur_sink *sink, ur_error *error);

#endif
