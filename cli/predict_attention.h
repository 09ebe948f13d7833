/* Where a network looked while it wrote its answers: on the terminal as they come, and as a page at the end. */
#ifndef UR_CLI_PREDICT_ATTENTION_H
#define UR_CLI_PREDICT_ATTENTION_H

#include "cli/report/page.h"

#include "unroll_generate.h"

/* All zeros at the beginning. */
typedef struct ur_cli_attention {
    bool json;         /* print the objects unchanged */
    ur_cli_page *page; /* page to which the answers are added too, or NULL */
    char *text;        /* text of the current object, not yet complete */
    size_t length, room;
    size_t count; /* number of answers on the page so far */
} ur_cli_attention;

/* Takes the answers, one JSON object per line, with "target", "attention", and one of "source", "picture" and
 * "step_seconds". */
ur_sink ur_cli_attention_sink(ur_cli_attention *attention);
void ur_cli_attention_free(ur_cli_attention *attention);

#endif
