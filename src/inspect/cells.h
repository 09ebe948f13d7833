/* The search for cells (section 3 of unroll_inspect.h), shared by the files that do its parts. */
#ifndef UR_INSPECT_CELLS_H
#define UR_INSPECT_CELLS_H

#include "inspect/labels.h"
#include "inspect/probe.h"
#include "inspect/tally.h"

enum {
    UR_OWN_MOST = 16,
    UR_CELL_LABELS_MOST = 64,
    UR_PREDICATES_MOST = UR_BUILT_IN + UR_OWN_MOST + UR_CELL_LABELS_MOST,
    UR_CELL_RANKS = 5,
    UR_CELLS_WARM = 256,  /* steps of a piece that do not count, at most a quarter of it */
    UR_CELLS_ENOUGH = 10, /* places of either kind in either half */
    UR_SAMPLE_TOKENS = 32768,
    UR_SAMPLE_LANES = 16,
    UR_SAMPLE_WINDOW = 128,
    UR_CONTROL_TOKENS = 262144,
};

typedef struct ur_cell_place {
    size_t layer, unit;
} ur_cell_place;

typedef struct ur_cell_rank {
    size_t cell;
    ur_cell_place place;
    bool falls;
    double fit, score;
} ur_cell_rank;

struct ur_cells {
    size_t predicates;
    ur_predicate predicate[UR_PREDICATES_MOST];
    char own_name[UR_OWN_MOST][64];
    char label_name[UR_CELL_LABELS_MOST][64], label_meaning[UR_CELL_LABELS_MOST][96];
    ur_cell_score score[UR_PREDICATES_MOST];
    ur_cell_rank rank[UR_PREDICATES_MOST][UR_CELL_RANKS];
    size_t ranks[UR_PREDICATES_MOST];
    /* The sample. */
    size_t steps, lanes, warm;
    int32_t *ids, *next;                         /* (T, B); of a task's data NULL, and instead: */
    char *text;                                  /* what stands at each place, one behind the other … */
    uint32_t *end;                               /* (T, B): … and where that ends */
    float *truth;                                /* (predicates, T, B) */
    float *values;                               /* (predicates + 1, T, B) */
    bool watched[UR_PREDICATES_MOST + 1];        /* values are kept of … */
    ur_cell_place watch[UR_PREDICATES_MOST + 1]; /* … this unit */
    double loss;
};

ur_cell_place ur_cell_at_number(const ur_model *model, size_t cell);
size_t ur_cell_total(const ur_model *model);

/* cells_read.c: one reading of the text. `keep`: fills the sample of `cells`. *tokens: of the whole text; *middle: where
 * the second half begins. */
typedef struct ur_cell_reading {
    const ur_model *model;
    const ur_cell_search *search;
    ur_cells *cells; /* the sample is kept in; NULL: nowhere */
    ur_reading how;
    ur_tally *tally;
    uint64_t tokens, middle;
} ur_cell_reading;
ur_status ur_cells_read(ur_cell_reading *reading, ur_error *error);

/* cells.c: what a search must have; and the scores of a reading. */
ur_status ur_cells_check(const ur_model *model, const ur_cell_search *search, ur_error *error);
void ur_cells_name_own(ur_cells *cells, const ur_cell_search *search, size_t first);
void ur_cells_conclude(ur_cells *cells, const ur_model *model, const ur_tally *tally);
void ur_cells_conclude_control(ur_cells *cells, const ur_model *random, const ur_tally *tally);
/* A network of the same line and sizes with random weights; it borrows the tokens. */
ur_status ur_cells_make_random(ur_model **random, const ur_model *model, ur_error *error);
void ur_cells_free_random(ur_model *random);

/* cells_rank.c: the best units of predicate p, by the first half; returns how many. */
size_t ur_cells_choose(const ur_tally *tally, size_t cells, size_t predicate, bool number,
                       ur_cell_rank rank[UR_CELL_RANKS]);
ur_cell_verdict ur_cells_verdict(const ur_tally *tally, size_t predicate, bool number);

/* cells_hold.c: what the loss of the sample gains when each of the best units is held. */
typedef struct ur_cell_holding ur_cell_holding;
typedef struct ur_cell_runs { /* who runs the sample */
    void *context;
    /* Its mean loss. `watching`, where it is not NULL, is told every place by ur_cells_watch. */
    ur_status (*run)(void *context, ur_cell_holding *watching, double *loss, ur_error *error);
    ur_status (*hold)(void *context, ur_cell_place place, const ur_real *means, ur_error *error);
} ur_cell_runs;
ur_status ur_cells_hold(ur_cells *cells, const ur_cell_runs *runs, ur_error *error);
/* Place `at` of the sample is place (t, b) of the window, of the layer that predicate p watches. */
void ur_cells_watch(ur_cell_holding *holding, const ur_window *window, size_t p, size_t at, size_t t, size_t b);

/* cells_sample.c: those of a text. */
ur_status ur_cells_hold_text(ur_cells *cells, const ur_model *model, size_t threads, ur_error *error);

#endif
