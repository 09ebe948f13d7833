/*
 * unroll_inspect.h: look inside a network while it reads. What runs networks is in unroll.h, what trains them in
 * unroll_train.h.
 *
 * In the order in which a reader needs it: 1 the probe, 2 gates, 3 cells, 5 saliency.
 *
 * Errors, shapes and ownership as in unroll.h. An object here is used by one thread at a time; it may use several
 * threads inside. Equal models and texts give equal bits, whatever the number of threads and the machine.
 */
#ifndef UNROLL_INSPECT_H
#define UNROLL_INSPECT_H

#include "unroll_train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1. The probe: every gate and state of every cell at every step ------------------------------------------------- */

/* What a layer shows: a gate between 0 (shut) and 1 (open), another value that the gates work on, or a state. */
typedef enum ur_signal_kind { UR_SIGNAL_GATE, UR_SIGNAL_VALUE, UR_SIGNAL_STATE } ur_signal_kind;

typedef struct ur_signal {
    const char
        *name; /* of the equations (docs/cells.md): "i" "f" "g" "o" "c" "h" of an LSTM, "r" "z" "n" "h" of a GRU */
    ur_signal_kind kind;
} ur_signal;

/* Recurrent layers of the network, in the order of its line; 0: it has none. */
UR_API size_t ur_probe_layers(const ur_model *model);
/* Units (H) and the cell's name of a layer, each may be NULL; false: there is no such layer. */
UR_API bool ur_probe_layer(const ur_model *model, size_t layer, size_t *units, const char **cell);
/* Signal i of a layer: its gates, then c where the cell has one, then h; false behind the last. */
UR_API bool ur_probe_signal(const ur_model *model, size_t layer, size_t i, ur_signal *signal);
/* The signal of that name; SIZE_MAX if the layer has none. */
UR_API size_t ur_probe_find(const ur_model *model, size_t layer, const char *name);

typedef struct ur_probe ur_probe;

/* A forward pass whose inner numbers can be read. The model stays the caller's and must outlive the probe. Threads 0: as
 * many as the machine has cores, at most 16. */
UR_API ur_status ur_probe_create(ur_probe **probe, const ur_model *model, size_t threads, ur_error *error);
UR_API void ur_probe_free(ur_probe *probe); /* NULL is allowed */

/* Runs the batch's inputs (targets are not used), dropout off; `carry` as in ur_batch. What can be read afterwards holds
 * until the next run. */
UR_API ur_status ur_probe_run(ur_probe *probe, const ur_batch *batch, ur_error *error);
/* A signal of all units of a layer at a step of a lane: `out` takes H numbers. Behind a lane's end the states stay and
 * gates mean nothing. All places must be there. */
UR_API void ur_probe_read(const ur_probe *probe, size_t layer, size_t signal, size_t step, size_t lane, ur_real *out);
/* What the network gave there: `outputs` numbers. Behind `last` only step 0 is there. */
UR_API const ur_real *ur_probe_output(const ur_probe *probe, size_t step, size_t lane);

/* Holds a unit of a layer in the runs that follow: its states, h and then c, are `values` at every step whatever the gates
 * say. One unit at a time; values NULL lets it go. UR_ERR_USAGE: there is no such unit. */
UR_API ur_status ur_probe_hold(ur_probe *probe, size_t layer, size_t unit, const ur_real *values, ur_error *error);

/* A text that a language model reads. It is cut into `lanes` pieces of equal length that are read side by side, each from
 * a zero state; up to lanes − 1 units at the end are left out. */
typedef struct ur_reading {
    const char *const *paths;
    size_t path_count;
    double begin, end;    /* the part of the text, as shares; both 0: all of it */
    bool replace_invalid; /* invalid UTF-8 reads as U+FFFD */
    size_t lanes, window; /* pieces, and steps between two visits; 0: up to 32, up to 128 */
    size_t threads;
} ur_reading;

/* Some steps of the text that the probe has just run: (T, B). */
typedef struct ur_passage {
    size_t steps, lanes;
    const int32_t *ids, *next; /* what is read, and what follows it: −1 at the end of a piece */
    uint64_t step;             /* of each piece, that comes first here */
    uint64_t piece;            /* units of a piece: lane b reads [begin + b·piece, begin + (b + 1)·piece) */
    uint64_t begin;            /* unit of the text that lane 0 begins with */
} ur_passage;

/* Called for one passage after another. A failure ends the reading and is returned. */
typedef ur_status ur_visit(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error);

/* UR_ERR_USAGE for a model that is no language model, UR_ERR_DATA for a text of fewer than 2 units. */
UR_API ur_status ur_probe_text(const ur_model *model, const ur_reading *reading, ur_visit *visit, void *context,
                               ur_error *error);

/* ---- 2. Gates: how much they are open and shut ----------------------------------------------------------------------- */

/* A signal of one unit over all steps of a text. */
typedef struct ur_unit_use {
    double mean, deviation, least, most;
    double open, shut; /* share of the steps in which it was above 0.9, below 0.1 (Karpathy et al. 2015: right and left
                          saturated) */
} ur_unit_use;

typedef struct ur_gate_table ur_gate_table;

UR_API ur_status ur_gate_table_create(ur_gate_table **gates, const ur_model *model, const ur_reading *reading,
                                      ur_error *error);
UR_API void ur_gate_table_free(ur_gate_table *gates); /* NULL is allowed */
UR_API uint64_t ur_gate_table_steps(const ur_gate_table *gates);
/* Layer, signal and unit as the probe numbers them; false: there is no such unit. */
UR_API bool ur_gate_table_unit(const ur_gate_table *gates, size_t layer, size_t signal, size_t unit, ur_unit_use *use);

/* ---- 3. Cells: which unit follows what in the text ------------------------------------------------------------------ */

/* Something that holds at a place of a text or does not, or a number there. What it says concerns the place behind the
 * unit that was just read. */
typedef struct ur_predicate {
    const char *name;    /* "quote" */
    const char *meaning; /* "inside quotation marks: …" */
    bool number;         /* the score is a correlation; else an area under the ROC curve */
} ur_predicate;

/* Built-in predicate i; false behind the last. */
UR_API bool ur_predicate_at(size_t i, ur_predicate *predicate);

/* A predicate of one's own, yes or no: for a line of the text, without its line break, `mark` sets mark[i] (0 before) where
 * byte i is what is looked for. It holds behind a unit whose last byte is marked. A line of more than 4096 units is given in
 * parts. */
typedef struct ur_own_predicate {
    const char *name;
    ur_status (*mark)(void *context, const char *line, size_t length, unsigned char *mark, ur_error *error);
    void *context;
} ur_own_predicate;

typedef struct ur_cell_search {
    ur_reading reading;
    const ur_own_predicate *own; /* at most 16 */
    size_t own_count;
    size_t sample; /* units of text on which cells are held, and that can be shown; 0: 32768 */
    bool follow;   /* one more cell whose values on the sample are kept: */
    size_t layer, unit;
} ur_cell_search;

/*
 * Scores the c of every unit of every recurrent layer, or h where the cell has no c, against every predicate. The first half
 * of the text chooses the best unit, the second half scores it. The first steps of each piece of the text, in which the
 * network still knows nothing, do not count. Memory does not grow with the text.
 */
typedef struct ur_cells ur_cells;
UR_API ur_status ur_cells_find(ur_cells **cells, const ur_model *model, const ur_cell_search *search, ur_error *error);
UR_API void ur_cells_free(ur_cells *cells); /* NULL is allowed */

typedef enum ur_cell_verdict {
    UR_CELL_SCORED,
    UR_CELL_NEVER,  /* it holds nowhere in the text, or the number is the same everywhere */
    UR_CELL_ALWAYS, /* it holds everywhere */
    UR_CELL_RARE    /* in a half of the text it holds, or does not, at fewer than 10 places; a number has fewer */
} ur_cell_verdict;

typedef struct ur_cell_score {
    ur_predicate predicate;
    ur_cell_verdict verdict;
    double share; /* of the places at which it holds; the mean of a number */
    /* Where it is scored: */
    size_t layer, unit; /* the best one */
    bool falls;         /* it is low where the predicate holds */
    double score;       /* on the second half: area 0.5 … 1 or below, where it does not hold up; |r| likewise */
    double fit;         /* on the first */
    double control;     /* `score` of the best unit of a network of the same line with random weights */
    double mean;        /* of tanh(c), or h, on the sample; for a number of c */
    double rise;        /* of the loss on the sample when the unit's states are held at their means; nats a unit */
} ur_cell_score;

UR_API size_t ur_cells_count(const ur_cells *cells); /* of predicates, the own ones last */
UR_API ur_cell_score ur_cells_score(const ur_cells *cells, size_t predicate);
/* The unit that is number `rank` (0: the best, up to 4) by the first half; false where there is none. */
UR_API bool ur_cells_rank(const ur_cells *cells, size_t predicate, size_t rank, size_t *layer, size_t *unit,
                          double *score);

/* The sample: pieces of the second half of the text. */
typedef struct ur_cell_sample {
    size_t steps, lanes, warm; /* the first `warm` steps do not count */
    double loss;               /* nats a unit, nothing held */
    const int32_t *ids;        /* (T, B) */
} ur_cell_sample;
UR_API ur_cell_sample ur_cells_sample(const ur_cells *cells);
/* (T, B): whether the predicate holds; what its best unit is there, from −1 to 1; NULL where it is not scored. For yes and no
 * that is tanh(c), or h; for a number, which a unit may follow far beyond, the distance from the mean, twice the standard
 * deviation shown as 1. Number ur_cells_count has tanh(c), or h, of the unit that was to be followed. */
UR_API const float *ur_cells_truth(const ur_cells *cells, size_t predicate);
UR_API const float *ur_cells_values(const ur_cells *cells, size_t predicate);
/* ---- 5. Saliency: what moved a prediction --------------------------------------------------------------------------- */

/* How much each of the `count` units read moved the logarithm of the probability of `target` behind the last of them:
 * (gradient of log p to the unit's input) times that input, Denil et al. 2014. Positive: it spoke for the target. `moved`
 * takes `count` numbers; *probability, that of the target, may be NULL. The model, a language model whose first cell reads
 * the units (onehot or embed right before it), gets ready for gradients and must not be in use by others meanwhile. */
UR_API ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                             double *probability, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
