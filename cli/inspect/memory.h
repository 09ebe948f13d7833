/* `unroll inspect memory`: what is tried, the results, and the reports. */
#ifndef UR_CLI_INSPECT_MEMORY_H
#define UR_CLI_INSPECT_MEMORY_H

#include "unroll_inspect.h"

enum { UR_CLI_MEMORY_MOST = 16 }; /* most entries of a list */

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
    size_t windows[UR_CLI_MEMORY_MOST]; /* 0 for the full window */
    double clips[UR_CLI_MEMORY_MOST];   /* 0 for off */
    size_t gaps[UR_CLI_MEMORY_MOST];    /* in rising order */
    size_t task_count, cell_count, window_count, clip_count, gap_count;
} ur_cli_memory_plan;

/* Reads the lists of the options. UR_ERR_USAGE names the option and the entry. */
ur_status ur_cli_memory_plan_read(ur_cli_memory_plan *plan, const ur_cli_memory_settings *settings, ur_error *error);

/* One training of a climb; `done` if it was not cut short. */
typedef struct ur_cli_memory_trial {
    bool done;
    ur_recall_result result;
} ur_cli_memory_trial;

/* One cell, window, clip, task and seed, which goes from gap to gap until one is not mastered. */
typedef struct ur_cli_memory_climb {
    size_t cell, window, clip, task; /* indices into the plan */
    uint64_t seed;
    size_t first, next; /* indices of gaps: the shortest that the task allows, and the next one to try */
    bool busy, over;
    ur_cli_memory_trial trials[UR_CLI_MEMORY_MOST];
} ur_cli_memory_climb;

/* Climbs are ordered by cell, window, clip, task, seed; the seed changes fastest. */
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
/* Runs all climbs, several at once. A time limit or a signal may leave some unfinished. */
ur_status ur_cli_memory_run(ur_cli_memory *memory, ur_error *error);

/* The result of all seeds with the same cell, window, clip and task. */
typedef struct ur_cli_memory_sum {
    const ur_cli_memory_climb *climbs; /* one per seed */
    size_t longest;                    /* longest gap that more than half of the seeds mastered; 0 if none */
    bool complete;                     /* every climb was finished */
    bool all;                          /* `longest` is the longest gap of all that were to be tried */
} ur_cli_memory_sum;

ur_cli_memory_sum ur_cli_memory_sum_of(const ur_cli_memory *memory, size_t cell, size_t window, size_t clip,
                                       size_t task);
/* The number of climbs that were not finished. */
size_t ur_cli_memory_left_out(const ur_cli_memory *memory);

/* Texts: "full" or the number; "off" or the number; "50", "100+" or "-", with "?" if a climb was not finished. */
enum { UR_CLI_MEMORY_WORD = 32 };
void ur_cli_memory_window_text(const ur_cli_memory *memory, size_t window, char text[UR_CLI_MEMORY_WORD]);
void ur_cli_memory_clip_text(const ur_cli_memory *memory, size_t clip, char text[UR_CLI_MEMORY_WORD]);
void ur_cli_memory_sum_text(const ur_cli_memory_sum *sum, char text[UR_CLI_MEMORY_WORD]);

void ur_cli_memory_print(const ur_cli_memory *memory);
ur_status ur_cli_memory_print_json(const ur_cli_memory *memory, ur_error *error);
ur_status ur_cli_memory_page(const ur_cli_memory *memory, const char *path, bool overwrite, ur_error *error);

#endif
