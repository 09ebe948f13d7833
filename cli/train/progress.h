/* Progress of a training on standard error: one line that is redrawn on a terminal, or a line now and then
 * elsewhere. */
#ifndef UR_CLI_PROGRESS_H
#define UR_CLI_PROGRESS_H

#include "cli/support/watching.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct ur_cli_progress {
    bool terminal, drawn; /* drawn: a progress line is on the screen and must be replaced */
    double last;          /* time of the last line, by ur_cli_now */
    uint64_t step;        /* step that the last line showed */
    const char *counts;   /* what is counted, such as "char" */
} ur_cli_progress;

/* The columns of the terminal at standard error, or 80 if unknown. *rows (`rows` may be NULL) is its rows, or 24. */
size_t ur_cli_terminal_size(size_t *rows);

/* Writes "step 20/900  loss 2.1  val 2.3  40k chars/s  0:12 left". Returns its length. */
enum { UR_CLI_FACTS_MAX = 512 };
size_t ur_cli_progress_facts(const char *counts, const ur_event *event, char line[UR_CLI_FACTS_MAX]);

ur_cli_progress ur_cli_progress_begin(const char *counts, bool quiet);

/* Prints the plan: all decisions made before the first step. `chosen`: the user named the run folder. */
void ur_cli_progress_plan(const ur_plan *plan, const char *settings, const char *run, bool chosen);

void ur_cli_progress_show(ur_cli_progress *progress, const ur_event *event);
/* Removes the progress line from the screen, so that other text can be printed. */
void ur_cli_progress_clear(ur_cli_progress *progress);

/* Prints a sample, below a line with its step. */
void ur_cli_progress_sample(ur_cli_progress *progress, const ur_event *event, const char *text, size_t length);

#endif
