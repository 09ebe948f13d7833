/*
 * unroll_inspect.h: look inside a network while it reads. What runs networks is in unroll.h, what trains them in
 * unroll_train.h.
 *
 * In the order in which a reader needs it: 1 the probe, 2 gates, 3 cells, 4 gradient, 5 saliency, 6 memory, 7 near, 8 forcing.
 *
 * Errors, shapes and ownership as in unroll.h. An object here is used by one thread at a time; it may use several
 * threads inside. Equal models and texts give equal bits, whatever the number of threads and the machine; spectra alone
 * are as good as LAPACK's.
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
        *name; /* of the equations (docs/cells.md), a constant: i f g o c h of an LSTM; r z n h of a GRU, where an
                         open z keeps the old state; h of an RNN */
    ur_signal_kind kind;
} ur_signal;

/* Recurrent layers of the network, in the order of its lines; 0: it has none. One with `bi` counts as two: the second
 * reads each sequence from its end, so that its step 0 is the last. */
UR_API size_t ur_probe_layers(const ur_model *model);
/* Hidden units (H) and the cell's name of a layer, each may be NULL; false: there is no such layer. */
UR_API bool ur_probe_layer(const ur_model *model, size_t layer, size_t *units, const char **cell);
/* The name of the line that the layer stands in, "" for one without a name; NULL: there is no such layer. */
UR_API const char *ur_probe_line(const ur_model *model, size_t layer);
/* Signal i of a layer: its gates, then c where the cell has one, then h; false behind the last. */
UR_API bool ur_probe_signal(const ur_model *model, size_t layer, size_t i, ur_signal *signal);
/* The number of the signal of that name; SIZE_MAX, which is no signal, if the layer has none. */
UR_API size_t ur_probe_find(const ur_model *model, size_t layer, const char *name);

typedef struct ur_probe ur_probe;

/* A forward pass whose inner numbers can be read. The model stays the caller's and must outlive the probe; a run uses its
 * weights as they are then. Threads 0: as many as the machine has cores, at most 16. */
UR_API ur_status ur_probe_create(ur_probe **probe, const ur_model *model, size_t threads, ur_error *error);
UR_API void ur_probe_free(ur_probe *probe); /* NULL is allowed */

/* Runs the batch's inputs (targets are not used), dropout off. With `carry` it goes on from where the probe's last run
 * ended, which must have had as many lanes; from zero where there was none. Keeps every signal of every step until the next
 * run. UR_ERR_USAGE, UR_ERR_DATA for a wrong batch, as ur_learn. */
UR_API ur_status ur_probe_run(ur_probe *probe, const ur_batch *batch, ur_error *error);
/* Lanes of the last run in a layer, and steps of a lane; 0: none. Lines of a network may differ in both. */
UR_API size_t ur_probe_lanes(const ur_probe *probe, size_t layer);
UR_API size_t ur_probe_steps(const ur_probe *probe, size_t layer, size_t lane);
/* A signal of all units of a layer at a step of a lane: `out` takes H numbers. Behind a lane's end the states stay and
 * gates mean nothing. False, and nothing written: the last run has no such place, or there was none. */
UR_API bool ur_probe_read(const ur_probe *probe, size_t layer, size_t signal, size_t step, size_t lane, ur_real *out);
/* What its last line gave there: `outputs` numbers, valid until the next run. In a network with `last` only step 0 is there.
 * NULL: no such place. */
UR_API const ur_real *ur_probe_output(const ur_probe *probe, size_t step, size_t lane);
/* The logarithm of the probability that these outputs, as logits, give to `id`; NaN: no such place or id. */
UR_API double ur_probe_log_probability(const ur_probe *probe, size_t step, size_t lane, int32_t id);

/* Holds a unit of a layer in the runs that follow: its states are `values` from the end of step 0 on, whatever the gates
 * say (which are shown as they were computed). As many values as the cell has states, in the order of ur_state_values: h, c
 * of an LSTM, h of the others; copied. One unit at a time: another one lets go of the first, and NULL of whatever is held.
 * UR_ERR_USAGE: there is no such unit; UR_ERR_NUMERIC: a value is not finite. */
UR_API ur_status ur_probe_hold(ur_probe *probe, size_t layer, size_t unit, const ur_real *values, ur_error *error);

/* A text that a language model reads. It is cut into `lanes` pieces of equal length that are read side by side, each from
 * a zero state; up to lanes − 1 tokens at the end are left out. */
typedef struct ur_reading {
    const char *const *paths;
    size_t path_count;
    double begin, end;    /* the part of the text, as shares with begin < end; both 0: all of it */
    bool replace_invalid; /* invalid UTF-8 reads as U+FFFD */
    size_t lanes;         /* at most 256; 0: one for each 512 tokens, 1 to 32 */
    size_t window;        /* steps between two visits; 0: up to 128 */
    size_t threads;       /* 0: the machine's cores, at most 16 */
    ur_watcher watcher;
} ur_reading;

/* Some steps of the text that the probe has just run: (T, B). Valid until the visit returns. A token of text is what
 * training reads: the files one behind another with a line break between, without byte order marks and with CR LF as LF,
 * so that ur_encode of the raw bytes may count others. */
typedef struct ur_passage {
    size_t steps, lanes;
    const int32_t *ids, *next; /* what is read, and what follows it: −1 at the end of a piece */
    uint64_t step;             /* of each piece, that comes first here */
    uint64_t piece;            /* tokens of a piece: lane b reads [begin + b·piece, begin + (b + 1)·piece) */
    uint64_t begin;            /* token of the text that lane 0 begins with */
} ur_passage;

/* Called for one passage after another. It may read the probe and hold units (from the next passage on), not run or free
 * it. A failure, for which it fills `error` itself, ends the reading and is returned. */
typedef ur_status ur_visit(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error);

/* UR_ERR_USAGE for a model that is no language model (tokens in, as many outputs), UR_ERR_DATA for a text of fewer than 2
 * tokens; otherwise as ur_score_text. */
UR_API ur_status ur_probe_text(const ur_model *model, const ur_reading *reading, ur_visit *visit, void *context,
                               ur_error *error);

/* Reads `places` passages of `steps` tokens each, evenly far apart from the beginning of the part to its end (not side by
 * side: lanes, window and threads of the reading do not matter): ids (T, B). UR_ERR_USAGE as above, UR_ERR_DATA for a text
 * of fewer tokens than one passage, and where none is asked for. */
UR_API ur_status ur_read_places(const ur_model *model, const ur_reading *reading, size_t places, size_t steps,
                                int32_t *ids, ur_error *error);

/* ---- 2. Gates: how much they are open and shut ----------------------------------------------------------------------- */

/* A signal of one hidden unit over all steps of a text. */
typedef struct ur_unit_use {
    double mean, deviation, least, most; /* deviation: the squares divided by the number of steps */
    double open, shut; /* share of the steps in which it was above 0.9, below 0.1 (Karpathy et al. 2015: right and left
                          saturated); of values and states just these shares */
} ur_unit_use;

typedef struct ur_gate_table ur_gate_table;

/* All signals of all units. As ur_probe_text; *table is NULL after a failure, UR_ERR_USAGE also where the network has no
 * recurrent layer. */
UR_API ur_status ur_gate_table_create(ur_gate_table **table, const ur_model *model, const ur_reading *reading,
                                      ur_error *error);
/* The same over all data of a task's settings (ur_settings_of_model, with data added), for a model that was trained on
 * something else than a text. A task with a loop of its own (glimpse, draw, forecast) is run as in use. UR_ERR_USAGE where there
 * are no data, UR_ERR_UNSUPPORTED for a task whose batches go on from each other (a language model). */
struct ur_settings;
UR_API ur_status ur_gate_table_of_task(ur_gate_table **table, const ur_model *model, const struct ur_settings *settings,
                                       ur_error *error);
UR_API void ur_gate_table_free(ur_gate_table *table); /* NULL is allowed */
/* Of all lanes together, in a layer: lines of a network may differ. */
UR_API uint64_t ur_gate_table_steps(const ur_gate_table *table, size_t layer);
/* Layer, signal and unit as the probe numbers them; false: there is no such unit. */
UR_API bool ur_gate_table_unit(const ur_gate_table *table, size_t layer, size_t signal, size_t unit, ur_unit_use *use);

/* ---- 3. Cells: which unit follows what ------------------------------------------------------------------------------ */

/* Something that holds at a place of a text or does not, or a number there. What it says concerns the place behind the
 * token that was just read. */
typedef struct ur_predicate {
    const char *name;    /* "quote" */
    const char *meaning; /* "inside quotation marks: …" */
    bool number;         /* the score is a correlation; else an area under the ROC curve */
} ur_predicate;

/* Built-in predicate i; false behind the last. */
UR_API bool ur_predicate_at(size_t i, ur_predicate *predicate);

/* A predicate of one's own, yes or no: for a line of the text, without its line break, `mark` sets mark[i] (0 before) where
 * byte i is what is looked for. It holds behind a token whose last byte is marked. A line of more than 4096 tokens is given in
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
    size_t sample; /* tokens of text on which cells are held, and that can be shown; 0: 32768 */
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
/*
 * The same for a classifier, a tagger or a model of frames, on all data of a task's settings (ur_settings_of_model, with data
 * added). Predicates are the model's labels, at most the first 64 of them, as the data give them: that of a step, or that of the
 * whole sequence at each of its steps. Where the steps are text, the built-in ones and one's own (for a whole sentence at a time)
 * are there, too. Sequences take turns: every other one chooses, the others score; all steps count. Cells of lines that read
 * something else than the labelled steps, such as the spelling of words, are not scored. Of the reading the watcher alone
 * matters. `sample`: about so many steps; 0: 8192. UR_ERR_UNSUPPORTED for a task without such labels.
 */
UR_API ur_status ur_cells_find_of_task(ur_cells **cells, ur_model *model, const struct ur_settings *settings,
                                       const ur_cell_search *search, ur_error *error);
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
    double rise; /* of the loss on the sample when the unit's states are held at their means; nats a token or label */
} ur_cell_score;

UR_API size_t ur_cells_count(const ur_cells *cells); /* of predicates: built-in, labels, one's own */
UR_API ur_cell_score ur_cells_score(const ur_cells *cells, size_t predicate); /* one that is below the count */
/* The unit that is number `rank` (0: the best, up to 4) by the first half; false where there is none. */
UR_API bool ur_cells_rank(const ur_cells *cells, size_t predicate, size_t rank, size_t *layer, size_t *unit,
                          double *score);

/* The sample: pieces of the second half of the text; of a task's data sequences one behind the other, in one lane. */
typedef struct ur_cell_sample {
    size_t steps, lanes, warm; /* the first `warm` steps do not count */
    double loss;               /* nats a token, or a label; nothing held */
    const int32_t *ids;        /* (T, B); NULL of a task's data */
} ur_cell_sample;
UR_API ur_cell_sample ur_cells_sample(const ur_cells *cells);
/* What stands at a place of it, `*length` bytes, valid as long as the cells and the model: a token, a word; a frame, as its label
 * where one begins and a mark. A sequence that is not the first begins with a line break. */
UR_API const char *ur_cells_text(const ur_cells *cells, const ur_model *model, size_t place, size_t *length);
/* (T, B): whether the predicate holds; what its best unit is there, from −1 to 1; NULL where it is not scored. For yes and no
 * that is tanh(c), or h; for a number, which a unit may follow far beyond, the distance from the mean, twice the standard
 * deviation shown as 1. Number ur_cells_count has tanh(c), or h, of the unit that was to be followed. */
UR_API const float *ur_cells_truth(const ur_cells *cells, size_t predicate);
UR_API const float *ur_cells_values(const ur_cells *cells, size_t predicate);

/* ---- 4. The gradient: how far back it lives ------------------------------------------------------------------------ */

/* Zero: chosen. */
typedef struct ur_flow_settings {
    size_t steps;   /* K: how far back; 200 */
    size_t warm;    /* steps read before those; of a text 100, or as many as there are, of ids none */
    size_t places;  /* of a text at which a loss is followed back; 64 */
    size_t threads; /* as many as the machine has cores, at most 16 */
    bool no_jacobian;
} ur_flow_settings;

/* What one recurrent layer shows. Arrays of K + 1 numbers, by k: natural logarithms, each the mean over the places where it
 * is finite, NaN where it is so nowhere. NULL: the cell has no such thing. loss_t is the loss of one prediction. */
typedef struct ur_flow_layer {
    const char *cell;
    size_t units, steps;
    const double *h;    /* ‖∂loss_t/∂h_{t−k}‖, by every way */
    const double *c;    /* ‖∂loss_t/∂c_{t−k}‖, by every way: the one through that step's own h too */
    const double *plus; /* ‖∂loss_t/∂c_t ∘ f_t ∘ … ∘ f_{t−k+1}‖: what of it came by the "+" of c alone */
    const double *slopes; /* of the step from t−k back: ‖da‖/‖∂(h, c)‖, what the gates' slopes (tanh′, σ′) leave … */
    const double *recurrent; /* … ‖W_hhᵀ da‖/‖da‖, and what W_hh makes of it */
    const double *kept; /* and what passes both by: ‖∂c∘f‖/‖∂c‖ of an LSTM, ‖∂h∘z‖/‖∂h‖ of a GRU */
    const double *jacobian; /* largest singular value of ∂(h, c)_t/∂(h, c)_{t−k}, the layer's input held, at the first
                                place; NULL also for a layer of more than 1024 states */
    const double
        *alive; /* share of the places that are so long where ∂loss_t/∂h_{t−k} is not exactly 0 (no logarithm) */
    double h_moves, c_moves; /* mean of ‖h_t − h_{t−1}‖/‖h_t‖ and the same of c; NaN: no c */
} ur_flow_layer;

typedef struct ur_flow ur_flow;

/* UR_ERR_USAGE for a network without a recurrent layer, and for small weights. The model stays the caller's and must outlive the flow. It gets ready for gradients as
 * for a learner, must not be in use by others meanwhile, and keeps its f32 weights from then on; their values are only read.
 * settings NULL: all chosen. */
UR_API ur_status ur_flow_create(ur_flow **flow, ur_model *model, const ur_flow_settings *settings, ur_error *error);
UR_API void ur_flow_free(ur_flow *flow); /* NULL is allowed */

/* Reads ids (warm + K + 1, B) from a zero state and follows the loss of predicting next[b] behind the last of them back in
 * every lane. May be called again: means are over all lanes of all calls. For a network of one line that takes ids and gives one
 * answer at every step, or one behind the last; else UR_ERR_USAGE. An id that is not below the network's is UR_ERR_DATA. After UR_ERR_NUMERIC, a gradient that is not finite, or UR_ERR_MEMORY the flow can only be freed. */
UR_API ur_status ur_flow_ids(ur_flow *flow, const int32_t *ids, const int32_t *next, size_t lanes, ur_error *error);
/* The same at `places` places of a text, evenly far apart, of which `reading` says path and part (not lanes, window and
 * threads). UR_ERR_USAGE for a model without tokens, UR_ERR_DATA for a text of fewer than K + 2 tokens. */
UR_API ur_status ur_flow_text(ur_flow *flow, const ur_reading *reading, ur_error *error);

/* The same of any network, and from the first target of the batch: in each lane from the label of its last step, and for layers
 * that read from the end from that of its first (or from the one label of a line that leaves one step). k counts from a lane's own
 * end, in the line of the layer; curves of a line whose lanes are shorter end sooner. Norms are not scaled on their way back: what
 * is below 1e-38 counts as none. UR_ERR_USAGE without a target; UR_ERR_USAGE, UR_ERR_DATA for a wrong batch, as ur_learn. */
UR_API ur_status ur_flow_batch(ur_flow *flow, const ur_batch *batch, ur_error *error);

/* The same from the labels of a task's examples (settings as for ur_gate_table_of_task): each of up to `places` examples with
 * K + 1 steps or more is read from its beginning, as ur_flow_ids where the network is a line of ids that ends in `last`, else as
 * ur_flow_batch; where the task has a loop of its own, k counts the steps of that loop. UR_ERR_DATA where no example is so long,
 * UR_ERR_UNSUPPORTED where no step says where a gradient begins (draw, ctc). */
UR_API ur_status ur_flow_task(ur_flow *flow, const struct ur_settings *settings, ur_error *error);
/* The largest K for which `places` examples (0: 64), or else all, are long enough. */
UR_API ur_status ur_flow_task_steps(const ur_model *model, const struct ur_settings *settings, size_t places,
                                    size_t *steps, ur_error *error);

/* Recurrent layer `layer`, valid until the next call; false: there is none, or nothing was read. */
UR_API bool ur_flow_layer_at(ur_flow *flow, size_t layer, ur_flow_layer *shown);
UR_API size_t ur_flow_places(const ur_flow *flow); /* all that were read */

/* Recurrent weights of a given size, to see what it does to gradients before any training. */
typedef struct ur_gain {
    double gain;
    bool orthogonal; /* each (H, H) block of W_hh is gain times an orthogonal matrix, instead of gain/√H · N(0, 1) */
    double keep_bias; /* added to the bias of the gate that keeps the old state: f of an LSTM, z of a GRU */
    uint64_t seed;
} ur_gain;

/* Gives all recurrent layers such weights; what else the model has stays. Not while others use it. */
UR_API ur_status ur_model_set_gain(ur_model *model, const ur_gain *gain, ur_error *error);

/* The matrix W_hh of a layer, of which the lectures' rule speaks, or one gate's block of it. */
typedef struct ur_spectrum {
    const char *gate;       /* "" for the whole matrix, else the gate of the block */
    size_t count;           /* H */
    double largest;         /* singular value */
    const double *singular; /* all, from the largest; NULL without LAPACK */
    double radius;          /* largest size of an eigenvalue; NaN without LAPACK, or of a matrix that is not square */
} ur_spectrum;

typedef struct ur_spectra ur_spectra;

/* The whole spectrum needs LAPACK, which is looked for when this is called (liblapack.so.3; Debian: liblapack3). Without it
 * there is only the largest singular value. */
UR_API ur_status ur_spectra_create(ur_spectra **spectra, const ur_model *model, size_t layer, ur_error *error);
UR_API void ur_spectra_free(ur_spectra *spectra); /* NULL is allowed */
/* The whole matrix first, then, of a cell with several gates, each block; false behind the last. */
UR_API bool ur_spectrum_at(const ur_spectra *spectra, size_t i, ur_spectrum *spectrum);
UR_API bool ur_spectra_whole(const ur_spectra *spectra); /* LAPACK was there */

/* ---- 5. Saliency: what moved a prediction --------------------------------------------------------------------------- */

/* What is explained: the probability of a target at a place of what a line gives. */
typedef struct ur_prediction {
    size_t line, step, lane; /* step 0 where the line leaves one step */
    int32_t
        target; /* one of the line's outputs, of a line with one output behind σ 0 or 1; below 0: the likeliest, which is then
                       written here */
    double
        probability; /* is set: of the target, by the softmax or σ of what the line gives (of a line that ends in `crf`, of
                           what enters the crf) */
    bool
        number; /* what is explained is the target itself, a number that the line gives; `probability` becomes that number */
    ur_real *
        features; /* of a line that takes numbers, (features): becomes how much each moved it, over all steps; NULL: that is
                          not wanted */
} ur_prediction;

/* How much each step of line `read` moved the logarithm of that probability: (gradient of log p to what stands for the step)
 * times that (Denil et al. 2014): the embedding of a token with what is joined to it (a word's spelling), its one-hot row, or the
 * step's numbers. Positive: it spoke for the target. Of a number the gradient of that itself: then positive says that it raised it. `moved` takes (T, B) numbers; 0 behind a lane's end. Dropout is off; the
 * targets of the batch are not used. One-hot ids need a cell right behind them (else UR_ERR_UNSUPPORTED). UR_ERR_USAGE: a line,
 * a place or a target that is not there, a line that begins with what another one gives, small weights; UR_ERR_USAGE and
 * UR_ERR_DATA for a wrong batch, as ur_learn.
 * The model gets ready for gradients as for a learner (which is not disturbed), must not be in use by others meanwhile, and
 * keeps its f32 weights from then on; its parameters' `gradient` is overwritten. */
UR_API ur_status ur_saliency_of(ur_model *model, const ur_batch *batch, ur_prediction *of, size_t read, ur_real *moved,
                                ur_error *error);

/* The same of a network of one line from ids to a prediction, and of `count` ids: for a language model the target is the token
 * behind the last one; for a classifier it is a label. *probability may be NULL. */
UR_API ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                             double *probability, ur_error *error);

/* ---- 6. Memory: the longest gap a cell can bridge ----------------------------------------------------------------- */

/* Tasks whose answer is due exactly `gap` steps after what it depends on.
 * COPY    two of eight letters are read, then blanks; at a sign they are due again, each `gap` steps after it was
 *         read.
 * ADDING  numbers, two of which are marked: their sum is due `gap` steps after the first of them (Hochreiter &
 *         Schmidhuber 1997).
 * WHO     "Tom was watching TV in his room . […] Mary came into the room . Mary said hi to": `gap` words after "Tom" the
 *         name is due. Sentences about other things stand between. */
typedef enum ur_recall_task { UR_RECALL_COPY, UR_RECALL_ADDING, UR_RECALL_WHO, UR_RECALL_TASKS } ur_recall_task;

/* The score of COPY and WHO is the share of answers that are right; of ADDING it is 1 − (mean squared error / variance of
 * the sum, 1/6): 0.94 is an error of 0.01. */
typedef struct ur_recall_facts {
    const char *name;
    size_t least_gap;
    double chance;   /* the score of who knows all but what is to be kept */
    double mastered; /* from which score on a gap counts as mastered */
} ur_recall_facts;

/* NULL behind the last task. */
UR_API const ur_recall_facts *ur_recall_about(ur_recall_task task);

enum { UR_RECALL_GAP_MOST = 10000 };

/* Example `number` as a line of text: what is read, "->", what is due; `size` 0 only measures. Returns its length. */
UR_API size_t ur_recall_show(ur_recall_task task, size_t gap, uint64_t seed, uint64_t number, char *text, size_t size);

/* One training: a new network, "… > CELL HIDDEN > dense", learns from new examples at each update. */
typedef struct ur_recall {
    ur_recall_task task;
    size_t gap, hidden, lanes; /* lanes: examples an update */
    const char *cell;
    size_t window;  /* truncated BPTT: the gradient goes back through windows of so many steps, states are carried
                              from one into the next; 0: through the whole example */
    size_t updates; /* at most; it ends when the gap is mastered */
    size_t evaluate_every; /* updates */
    ur_optimizer optimizer;
    double rate;      /* falls in a line to a tenth of it */
    double clip_norm; /* as in ur_learning */
    double remember;  /* ur_model_remember's steps; 0: as ur_model_create leaves it */
    uint64_t seed;
    const char *isa;
    /* Called at each evaluation where it is set; false ends the training with UR_ERR_INTERRUPTED. */
    bool (*go_on)(void *context, size_t updates, double score);
    void *context;
} ur_recall;

/* A recipe with which LSTM and GRU master gaps of 100. The strings stay the caller's. */
UR_API ur_recall ur_recall_default(ur_recall_task task, const char *cell, size_t gap);

typedef struct ur_recall_result {
    bool mastered;
    bool exploded;       /* the loss or gradient was not finite any more */
    size_t updates;      /* made */
    double score;        /* the best on examples that are not learnt from */
    double largest_norm; /* of a gradient, before clipping */
} ur_recall_result;

/* On the calling thread alone; several threads may each run one. UR_ERR_USAGE for a gap or settings that cannot be,
 * UR_ERR_FORMAT for a cell or size that network lines do not have. */
UR_API ur_status ur_recall_train(const ur_recall *recall, ur_recall_result *result, ur_error *error);

/* ---- 7. Near: the rows of an embedding ------------------------------------------------------------------------------ */

/* Rows (V, one for each token) of the embedding that a model reads its tokens through, and numbers in each (E); either may be
 * NULL. UR_ERR_UNSUPPORTED, with what to do, where it has none. */
UR_API ur_status ur_embedding_size(const ur_model *model, size_t *rows, size_t *width, ur_error *error);

typedef struct ur_neighbour {
    int32_t id;
    double cosine; /* of the angle between the two rows: 1 for the same direction, 0 for a right angle */
} ur_neighbour;

/* The rows nearest to row `id`, nearest first, itself left out: `nearest` takes `count` of them, *found is how many there
 * are (rows of zeros have no direction). UR_ERR_USAGE: there is no such row; UR_ERR_NUMERIC: it has no direction. */
UR_API ur_status ur_embedding_near(const ur_model *model, int32_t id, ur_neighbour *nearest, size_t count,
                                   size_t *found, ur_error *error);

/* Principal component analysis of all rows (Pearson 1901): places (V, 2) along the two directions in which the rows differ
 * most, from their mean; share[k] is the share of the rows' variance along direction k. The number of a direction that is
 * greatest in size is positive. Takes memory for E² doubles and time as V·E² + 30·E³. */
UR_API ur_status ur_embedding_plane(const ur_model *model, double *places, double share[2], ur_error *error);

/* ---- 8. Forcing: a decoder fed the true tokens, and its own -------------------------------------------------------------- */

/* What a decoder writes (a translation, a caption, what is said) is written twice, step by step: it is fed the true tokens as in
 * training, and those that it has written itself. *json is one object; free() it:
 *
 *     sentences, tokens; loss, own_loss (nats a token); wrong, own_wrong (shares of the tokens)
 *     steps: for each step, from 1: step, tokens, loss, own_loss, wrong, own_wrong
 *     examples: `examples` sentences of all lengths: source (of a picture or recording its name); wanted, forced, own: lists of
 *         tokens, the end is ""; goes_wrong: the step at which its own first differ from those wanted, 0: nowhere
 *
 * The settings are the model's (ur_settings_of_model), with the data. UR_ERR_UNSUPPORTED for a model without a decoder. */
UR_API ur_status ur_inspect_forcing(ur_model *model, const ur_settings *settings, size_t examples, char **json,
                                    ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
