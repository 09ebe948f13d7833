/* What a tagger answers, on a terminal: each label, or word with its label, in a colour of its own. */
#ifndef UR_CLI_PREDICT_COLOURS_H
#define UR_CLI_PREDICT_COLOURS_H

#include "cli/report/terminal.h"
#include "cli/support/sink.h"

enum { UR_CLI_COLOURED_MOST = 48 };

typedef struct ur_cli_colouring {
    ur_text_out *out;
    ur_cli_colours colours;
    char *line; /* that is not complete */
    size_t length, room;
    char label[UR_CLI_COLOURED_MOST][32]; /* in the order in which they came */
    size_t count;
    const char *column[2]; /* of CoNLL-U: names, or numbers from 1; NULL: none */
} ur_cli_colouring;

/* Colours lines of word/TAG, and of CoNLL-U the columns told. `out` and `c`, which begins as zeros, must outlive the sink. */
ur_sink ur_cli_colouring_sink(ur_cli_colouring *c, ur_text_out *out, ur_cli_colours colours);
void ur_cli_colouring_free(ur_cli_colouring *c);

#endif
