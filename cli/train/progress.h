/* What one sees of a training on standard error: a line that is redrawn on a terminal, lines now and then elsewhere. */
#ifndef UR_CLI_PROGRESS_H
#define UR_CLI_PROGRESS_H

#include "cli/support/watching.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct ur_cli_progress {
    bool terminal, drawn; /* a line stands that the next one replaces */
    double last;          /* when the last line was written, by the clock */
    uint64_t step;        /* of which it told */
    const char *counts;   /* "char" */
} ur_cli_progress;

/* Columns of the terminal at standard error, 80 where it does not say; *rows (may be NULL) 24. */
size_t ur_cli_terminal_size(size_t *rows);

/* "step 20/900  loss 2.1  val 2.3  40k chars/s  0:12 left"; its length. */
enum { UR_CLI_FACTS_MAX = 512 };
size_t ur_cli_progress_facts(const char *counts, const ur_event *event, char line[UR_CLI_FACTS_MAX]);

ur_cli_progress ur_cli_progress_begin(const char *counts, bool quiet);

/* The plan: what was decided before the first step. `chosen`: the run folder was named by the user. */
void ur_cli_progress_plan(const ur_plan *plan, const char *settings, const char *run, bool chosen);

void ur_cli_progress_show(ur_cli_progress *progress, const ur_event *event);
/* Makes room for other text: the line that stands is taken away. */
void ur_cli_progress_clear(ur_cli_progress *progress);

/* A sample, under a line that says from when. */
void ur_cli_progress_sample(ur_cli_progress *progress, const ur_event *event, const char *text, size_t length);

#endif
