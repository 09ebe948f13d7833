/* See answer_line.h. */
#include "task/answer_line.h"

#include "format/json_text.h"

#include <stdlib.h>
#include <string.h>

ur_status ur_answer_line(json_t *answer, const ur_sink *sink, ur_error *error)
{
    char *text = NULL;
    ur_status status = answer ? ur_json_write(answer, &text, error) : ur_fail_memory(error, "an answer");
    json_decref(answer);
    if (status == UR_OK) status = sink->write(sink->context, text, strlen(text), error);
    if (status == UR_OK) status = sink->write(sink->context, "\n", 1, error);
    free(text);
    return status;
}
