/* Where a network looked as it wrote its answers: on the terminal as they come, and as a page at the end. */
#ifndef UR_CLI_PREDICT_ATTENTION_H
#define UR_CLI_PREDICT_ATTENTION_H

#include "cli/report/page.h"

#include "unroll_generate.h"

/* Begins as zeros. */
typedef struct ur_cli_attention {
    bool json;         /* the objects are printed as they are */
    ur_cli_page *page; /* takes them as well; NULL: there is none */
    char *text;        /* of the object that is coming */
    size_t length, room;
    size_t count; /* of the pictures so far */
} ur_cli_attention;

/* Takes the answers: an object a line, with "target", "attention", and "source", "picture" or "step_seconds". */
ur_sink ur_cli_attention_sink(ur_cli_attention *attention);
void ur_cli_attention_free(ur_cli_attention *attention);

#endif
