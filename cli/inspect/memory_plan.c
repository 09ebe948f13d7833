/* Reads what `unroll inspect memory` is to try: lists separated by commas, and a range of gaps. */
#include "cli/inspect/memory.h"

#include "cli/args/value.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { ENTRY_MAX = 32 }; /* a longer entry is cut, and no valid entry is that long */

typedef bool take_entry(ur_cli_memory_plan *plan, const char *entry);

static ur_status read_list(ur_cli_memory_plan *plan, const char *list, size_t *count, take_entry *take,
                           const char *option, const char *allowed, ur_error *error)
{
    char entry[ENTRY_MAX];
    while (ur_cli_next_word(&list, entry, sizeof entry)) {
        if (*count == UR_CLI_MEMORY_MOST)
            return ur_fail(error, UR_ERR_USAGE, "--%s: more than %d entries", option, UR_CLI_MEMORY_MOST);
        if (!take(plan, entry))
            return ur_fail(error, UR_ERR_USAGE, "--%s: '%s' is not allowed; give %s, with commas between", option,
                           entry, allowed);
        ++*count;
    }
    return UR_OK;
}

static bool take_task(ur_cli_memory_plan *plan, const char *entry)
{
    for (int i = 0; i < UR_RECALL_TASKS; i++)
        if (strcmp(ur_recall_about((ur_recall_task)i)->name, entry) == 0) {
            plan->tasks[plan->task_count] = (ur_recall_task)i;
            return true;
        }
    return false;
}

/* Writes "copy, adding or who". */
static void name_tasks(char text[96])
{
    text[0] = 0;
    for (int i = 0; i < UR_RECALL_TASKS; i++) {
        const char *before = i == 0 ? "" : i + 1 < UR_RECALL_TASKS ? ", " : " or ";
        size_t used = strlen(text);
        snprintf(text + used, 96 - used, "%s%s", before, ur_recall_about((ur_recall_task)i)->name);
    }
}

/* Reads the list of tasks; NULL: all of them. */
static ur_status read_tasks(ur_cli_memory_plan *plan, const char *list, ur_error *error)
{
    char allowed[96];
    name_tasks(allowed);
    for (int i = 0; !list && i < UR_RECALL_TASKS; i++) plan->tasks[plan->task_count++] = (ur_recall_task)i;
    return list ? read_list(plan, list, &plan->task_count, take_task, "task", allowed, error) : UR_OK;
}

static bool take_cell(ur_cli_memory_plan *plan, const char *entry)
{
    for (size_t i = 0; ur_cell_name(i); i++)
        if (strcmp(ur_cell_name(i), entry) == 0) {
            plan->cells[plan->cell_count] = ur_cell_name(i);
            return true;
        }
    return false;
}

/* Reads a whole number from `least` to `most`. */
static bool read_size(const char *text, size_t least, size_t most, size_t *value)
{
    double number;
    if (text[strspn(text, "0123456789")] || !ur_read_number(text, &number)) return false;
    *value = number <= (double)most ? (size_t)number : most + 1;
    return *value >= least && *value <= most;
}

static bool take_window(ur_cli_memory_plan *plan, const char *entry)
{
    size_t *window = &plan->windows[plan->window_count];
    *window = 0;
    return strcmp(entry, "full") == 0 || read_size(entry, 1, UR_RECALL_GAP_MOST, window);
}

static bool take_clip(ur_cli_memory_plan *plan, const char *entry)
{
    double *clip = &plan->clips[plan->clip_count];
    *clip = 0;
    return strcmp(entry, "off") == 0 || (ur_read_number(entry, clip) && *clip > 0);
}

/* ---- Gaps ---------------------------------------------------------------------------------------------------------- */

static bool take_gap(ur_cli_memory_plan *plan, const char *entry)
{
    size_t i = plan->gap_count;
    return read_size(entry, 2, UR_RECALL_GAP_MOST, &plan->gaps[i]) && (i == 0 || plan->gaps[i] > plan->gaps[i - 1]);
}

/* Reads "10:100", "10-100", "10..100", "10...100" or "10…100". */
static bool read_range(const char *text, size_t *low, size_t *high)
{
    static const char *const BETWEEN[] = {"...", "..", "\u2026", ":", "-"};
    char first[ENTRY_MAX];
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits >= sizeof first) return false;
    memcpy(first, text, digits);
    first[digits] = 0;
    for (size_t i = 0; i < sizeof BETWEEN / sizeof BETWEEN[0]; i++) {
        size_t length = strlen(BETWEEN[i]);
        if (strncmp(text + digits, BETWEEN[i], length) != 0) continue;
        return read_size(first, 2, UR_RECALL_GAP_MOST, low) &&
               read_size(text + digits + length, *low, UR_RECALL_GAP_MOST, high);
    }
    return false;
}

/* Fills in the gaps: low, high, and 10, 20, 50, 100, 200, 500 … between them. */
static void make_ladder(ur_cli_memory_plan *plan, size_t low, size_t high)
{
    static const size_t FACTORS[] = {1, 2, 5};
    plan->gaps[plan->gap_count++] = low;
    for (size_t ten = 1, i = 0; ten * FACTORS[i] < high; ten *= i == 2 ? 10 : 1, i = (i + 1) % 3)
        if (ten * FACTORS[i] > low) plan->gaps[plan->gap_count++] = ten * FACTORS[i];
    if (high > low) plan->gaps[plan->gap_count++] = high;
}

static ur_status read_gaps(ur_cli_memory_plan *plan, const char *text, ur_error *error)
{
    size_t low, high;
    if (!strchr(text, ',') && read_range(text, &low, &high)) {
        make_ladder(plan, low, high);
        return UR_OK;
    }
    char allowed[96];
    snprintf(allowed, sizeof allowed, "LOW:HIGH or rising numbers from 2 to %d", UR_RECALL_GAP_MOST);
    return read_list(plan, text, &plan->gap_count, take_gap, "gaps", allowed, error);
}

static ur_status check_gaps(const ur_cli_memory_plan *plan, ur_error *error)
{
    size_t most = plan->gaps[plan->gap_count - 1];
    for (size_t i = 0; i < plan->task_count; i++) {
        const ur_recall_facts *facts = ur_recall_about(plan->tasks[i]);
        if (most < facts->least_gap)
            return ur_fail(
                error, UR_ERR_USAGE,
                "--gaps: %zu is too short for the task %s, whose shortest gap is %zu; choose longer ones, or "
                "leave the task out",
                most, facts->name, facts->least_gap);
    }
    return UR_OK;
}

ur_status ur_cli_memory_plan_read(ur_cli_memory_plan *plan, const ur_cli_memory_settings *s, ur_error *error)
{
    *plan = (ur_cli_memory_plan){0};
    UR_TRY(read_tasks(plan, s->tasks, error));
    UR_TRY(
        read_list(plan, s->cells, &plan->cell_count, take_cell, "cells", "cells that unroll --version lists", error));
    UR_TRY(
        read_list(plan, s->windows, &plan->window_count, take_window, "windows", "full or a number of steps", error));
    UR_TRY(read_list(plan, s->clips, &plan->clip_count, take_clip, "clip", "off or a number above 0", error));
    UR_TRY(read_gaps(plan, s->gap, error));
    return check_gaps(plan, error);
}
