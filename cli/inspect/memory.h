/* `unroll inspect memory`: what is tried, how far each got, and the reports of it. */
#ifndef UR_CLI_INSPECT_MEMORY_H
#define UR_CLI_INSPECT_MEMORY_H

#include "unroll_inspect.h"

enum { UR_CLI_MEMORY_MOST = 16 }; /* entries of a list */

typedef struct ur_cli_memory_settings {
    const char *tasks, *cells, *gap, *windows, *clips;
    size_t hidden, batch, updates, seeds, threads;
    uint64_t seed;
    int optimizer;
    double rate, remember, minutes;
    const char *html;
    bool overwrite, quiet, json;
} ur_cli_memory_settings;

typedef struct ur_cli_memory_plan {
    ur_recall_task tasks[UR_CLI_MEMORY_MOST];
    const char *cells[UR_CLI_MEMORY_MOST];
    size_t windows[UR_CLI_MEMORY_MOST]; /* 0: full */
    double clips[UR_CLI_MEMORY_MOST];   /* 0: off */
    size_t gaps[UR_CLI_MEMORY_MOST];    /* rising */
    size_t task_count, cell_count, window_count, clip_count, gap_count;
} ur_cli_memory_plan;

/* Reads the lists. UR_ERR_USAGE names the option and the entry. */
ur_status ur_cli_memory_plan_read(ur_cli_memory_plan *plan, const ur_cli_memory_settings *settings, ur_error *error);

/* One training of a climb; `done` where it came to its end. */
typedef struct ur_cli_memory_trial {
    bool done;
    ur_recall_result result;
} ur_cli_memory_trial;

/* One cell, window, clip, task and seed, from gap to gap until one is not mastered. */
typedef struct ur_cli_memory_climb {
    size_t cell, window, clip, task; /* places in the plan */
    uint64_t seed;
    size_t first, next; /* places of gaps: the least that the task has; what is tried next */
    bool busy, over;
    ur_cli_memory_trial trials[UR_CLI_MEMORY_MOST];
} ur_cli_memory_climb;

/* In the order cell, window, clip, task, seed: the last turns fastest. */
typedef struct ur_cli_memory {
    const ur_cli_memory_settings *settings;
    ur_cli_memory_plan plan;
    ur_cli_memory_climb *climbs;
    size_t climb_count;
    double seconds;
    bool interrupted;
} ur_cli_memory;

ur_status ur_cli_memory_open(ur_cli_memory *memory, const ur_cli_memory_settings *settings, ur_error *error);
void ur_cli_memory_close(ur_cli_memory *memory);
/* Trains them all, several at once; the minutes or a signal may leave some out. */
ur_status ur_cli_memory_run(ur_cli_memory *memory, ur_error *error);

/* What the seeds of one cell, window, clip and task come to. */
typedef struct ur_cli_memory_sum {
    const ur_cli_memory_climb *climbs; /* one a seed */
    size_t longest;                    /* the gap that the median of the seeds mastered; 0: none */
    bool complete;                     /* nothing was left out */
    bool all;                          /* `longest` is the end of the ladder */
} ur_cli_memory_sum;

ur_cli_memory_sum ur_cli_memory_sum_of(const ur_cli_memory *memory, size_t cell, size_t window, size_t clip,
                                       size_t task);
/* Climbs that did not come to their end. */
size_t ur_cli_memory_left_out(const ur_cli_memory *memory);

/* "full" or the number; "off" or the number; "50", "100+", "-", with "?" where something was left out. */
enum { UR_CLI_MEMORY_WORD = 32 };
void ur_cli_memory_window_text(const ur_cli_memory *memory, size_t window, char text[UR_CLI_MEMORY_WORD]);
void ur_cli_memory_clip_text(const ur_cli_memory *memory, size_t clip, char text[UR_CLI_MEMORY_WORD]);
void ur_cli_memory_sum_text(const ur_cli_memory_sum *sum, char text[UR_CLI_MEMORY_WORD]);

void ur_cli_memory_print(const ur_cli_memory *memory);
ur_status ur_cli_memory_print_json(const ur_cli_memory *memory, ur_error *error);
ur_status ur_cli_memory_page(const ur_cli_memory *memory, const char *path, bool overwrite, ur_error *error);

#endif
