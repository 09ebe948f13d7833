/* The search for cells (section 3 of unroll_inspect.h), shared by the files that implement its parts. */
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
    UR_CELLS_WARM = 256,  /* first steps of a piece that do not count, at most a quarter of the piece */
    UR_CELLS_ENOUGH = 10, /* least number of places where a predicate holds, and where it does not, in each half */
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
    /* The sample of the data. */
    size_t steps, lanes, warm;
    int32_t *ids, *next;                         /* (T, B) token ids; NULL for data of another task */
    char *text;                                  /* texts of all places, one after the other; NULL for a text */
    uint32_t *end;                               /* (T, B) offsets at which the text of each place ends; NULL for a
                                                  * text */
    float *truth;                                /* (predicates, T, B) values of the predicates */
    float *values;                               /* (predicates + 1, T, B) values of the watched units */
    bool watched[UR_PREDICATES_MOST + 1];        /* whether the values of a unit are stored */
    ur_cell_place watch[UR_PREDICATES_MOST + 1]; /* this unit */
    double loss;
};

ur_cell_place ur_cell_at_number(const ur_model *model, size_t cell);
size_t ur_cell_total(const ur_model *model);

/* One reading of the text (cells_read.c). tokens: those of the whole text; middle: the token with which the second half
 * begins. */
typedef struct ur_cell_reading {
    const ur_model *model;
    const ur_cell_search *search;
    ur_cells *cells; /* takes the sample, or NULL if no sample is needed */
    ur_reading how;
    ur_tally *tally;
    uint64_t tokens, middle;
} ur_cell_reading;
ur_status ur_cells_read(ur_cell_reading *reading, ur_error *error);

/* Checks a search, names the user's predicates, and computes the scores from a reading (cells.c). */
ur_status ur_cells_check(const ur_model *model, const ur_cell_search *search, ur_error *error);
void ur_cells_name_own(ur_cells *cells, const ur_cell_search *search, size_t first);
void ur_cells_conclude(ur_cells *cells, const ur_model *model, const ur_tally *tally);
void ur_cells_conclude_control(ur_cells *cells, const ur_model *random, const ur_tally *tally);
/* Makes a network of the same line and sizes with random weights. It shares the model's vocabulary. */
ur_status ur_cells_make_random(ur_model **random, const ur_model *model, ur_error *error);
void ur_cells_free_random(ur_model *random);

/* Finds the best units of a predicate by their scores in the first half (cells_rank.c). Returns their number. */
size_t ur_cells_choose(const ur_tally *tally, size_t cells, size_t predicate, bool number,
                       ur_cell_rank rank[UR_CELL_RANKS]);
ur_cell_verdict ur_cells_verdict(const ur_tally *tally, size_t predicate, bool number);

/* Measures how much the loss of the sample rises when each of the best units is held at its mean (cells_hold.c). */
typedef struct ur_cell_holding ur_cell_holding;
typedef struct ur_cell_runs { /* functions that run the sample */
    void *context;
    /* Computes the sample's mean loss. If `watching` is not NULL, every place is passed to ur_cells_watch. */
    ur_status (*run)(void *context, ur_cell_holding *watching, double *loss, ur_error *error);
    ur_status (*hold)(void *context, ur_cell_place place, const ur_real *means, ur_error *error);
} ur_cell_runs;
ur_status ur_cells_hold(ur_cells *cells, const ur_cell_runs *runs, ur_error *error);
/* Records the unit that predicate p watches. Place `at` of the sample is place (t, b) of the window of the unit's
 * layer. */
void ur_cells_watch(ur_cell_holding *holding, const ur_window *window, size_t p, size_t at, size_t t, size_t b);

/* The same for the sample of a text (cells_sample.c). */
ur_status ur_cells_hold_text(ur_cells *cells, const ur_model *model, size_t threads, ur_error *error);

#endif
