/* unroll inspect cells: what its files share. */
#ifndef UR_CLI_INSPECT_CELLS_H
#define UR_CLI_INSPECT_CELLS_H

#include "cli/args/options.h"

#include "unroll_inspect.h"

#include <stdio.h>

typedef struct ur_cli_cells_settings {
    ur_cell_search search;
    const char *part, *show, *cell, *html;
    ur_each where;
    int invalid;
    size_t length; /* tokens of a passage that is shown */
    bool overwrite, json;
} ur_cli_cells_settings;

/* The result of the search, and what is needed to print it. */
typedef struct ur_cli_cells {
    const ur_cli_cells_settings *settings;
    const ur_model *model;
    const ur_cells *cells;
    ur_cell_sample sample;
    double seconds;
} ur_cli_cells;

/* cells_print.c */
void ur_cli_cells_table(const ur_cli_cells *found);
ur_status ur_cli_cells_json(const ur_cli_cells *found, ur_error *error);
/* Writes "1.43": layers are counted from 1, neurons from 0. */
enum { UR_CLI_CELL_NAME = 48 };
void ur_cli_cell_name(size_t layer, size_t unit, char name[UR_CLI_CELL_NAME]);
const char *ur_cli_cell_verdict(ur_cell_verdict verdict, bool number);

/* cells_show.c: consecutive tokens of one lane of the sample. */
typedef struct ur_cli_passage {
    size_t lane, first, steps;
} ur_cli_passage;
/* Chooses a passage in which the predicate changes. */
ur_cli_passage ur_cli_cells_passage(const ur_cli_cells *found, size_t predicate);
/* Writes a passage coloured by the values of the predicate's neuron. */
void ur_cli_cells_colour(const ur_cli_cells *found, size_t predicate, FILE *file, bool html);

/* cells_page.c */
ur_status ur_cli_cells_page(const ur_cli_cells *found, const char *const *paths, size_t path_count, ur_error *error);

/* cells_where.c: the user's own predicates, from "NAME=REGEX". */
typedef struct ur_cli_where ur_cli_where;
bool ur_cli_where_built(void);
ur_status ur_cli_where_open(ur_cli_where **where, const ur_each *given, ur_error *error);
void ur_cli_where_close(ur_cli_where *where);
const ur_own_predicate *ur_cli_where_predicates(const ur_cli_where *where, size_t *count);

#endif
