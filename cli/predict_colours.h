/* The answers of a tagger on a terminal: each label, or word with its label, in the colour of the label. */
#ifndef UR_CLI_PREDICT_COLOURS_H
#define UR_CLI_PREDICT_COLOURS_H

#include "cli/report/terminal.h"
#include "cli/support/sink.h"

enum { UR_CLI_COLOURED_MOST = 48 };

typedef struct ur_cli_colouring {
    ur_text_out *out;
    ur_cli_colours colours;
    char *line; /* the current line, not yet complete */
    size_t length, room;
    char label[UR_CLI_COLOURED_MOST][32]; /* labels in the order in which they first came */
    size_t count;
    const char *column[2]; /* columns of CoNLL-U that are coloured, as names or as numbers from 1; NULL for none */
} ur_cli_colouring;

/* Colours words in lines of word/TAG, and the chosen columns in lines of CoNLL-U. `out` and `c`, which is all zeros at
 * the beginning, must outlive the sink. */
ur_sink ur_cli_colouring_sink(ur_cli_colouring *c, ur_text_out *out, ur_cli_colours colours);
void ur_cli_colouring_free(ur_cli_colouring *c);

#endif
