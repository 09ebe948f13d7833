/*
 * unroll_inspect.h: look inside a network while it reads. unroll.h runs networks, unroll_train.h trains them.
 *
 * Sections: 1 the probe, 2 gates, 3 cells, 4 gradient, 5 saliency, 6 memory, 7 near, 8 forcing.
 *
 * Errors, shapes and ownership as in unroll.h. An object here is used by one thread at a time; it may use several
 * threads inside. Equal models and texts give equal bits, whatever the number of threads and the machine, except for
 * the spectra, which may come from LAPACK.
 */
#ifndef UNROLL_INSPECT_H
#define UNROLL_INSPECT_H

#include "unroll_train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1. The probe: every gate and state of every cell at every step ------------------------------------------------- */

/* What a layer shows: a gate between 0 (shut) and 1 (open), a value that gates are applied to, or a state. */
typedef enum ur_signal_kind { UR_SIGNAL_GATE, UR_SIGNAL_VALUE, UR_SIGNAL_STATE } ur_signal_kind;

typedef struct ur_signal {
    /* As in the equations (docs/cells.md); a constant: i f g o c h of an LSTM; r z n h of a GRU, where an open z keeps
     * the old state; h of an RNN. */
    const char *name;
    ur_signal_kind kind;
} ur_signal;

/* The number of recurrent layers, which are counted in the order of the network's lines. One with `bi` counts as two:
 * the second reads each sequence from its end, so its step 0 is the last. */
UR_API size_t ur_probe_layers(const ur_model *model);
/* Hidden units (H) and the name of the cell of a layer, either of which may be NULL; false if there is no such
 * layer. */
UR_API bool ur_probe_layer(const ur_model *model, size_t layer, size_t *units, const char **cell);
/* The name of the layer's line, "" for one without a name; NULL if there is no such layer. */
UR_API const char *ur_probe_line(const ur_model *model, size_t layer);
/* Signal i of a layer: its gates, then c if the cell has one, then h; false after the last. */
UR_API bool ur_probe_signal(const ur_model *model, size_t layer, size_t i, ur_signal *signal);
/* The number of the signal of that name; SIZE_MAX if the layer has none. */
UR_API size_t ur_probe_find(const ur_model *model, size_t layer, const char *name);

typedef struct ur_probe ur_probe;

/* A forward pass whose inner values can be read. The model stays the caller's and must outlive the probe; each run uses
 * its weights as they are then. Threads 0: as many as the machine has cores, at most 16. */
UR_API ur_status ur_probe_create(ur_probe **probe, const ur_model *model, size_t threads, ur_error *error);
UR_API void ur_probe_free(ur_probe *probe); /* NULL is allowed */

/* Runs the batch's inputs without dropout; targets are not used. With `carry` it continues from where the probe's last
 * run ended, which must have had as many lanes, or from zero if there was none. Keeps every signal of every step until
 * the next run. UR_ERR_USAGE, UR_ERR_DATA for a wrong batch, as in ur_learn. */
UR_API ur_status ur_probe_run(ur_probe *probe, const ur_batch *batch, ur_error *error);
/* Lanes of a layer in the last run, and steps of a lane; 0: none. Lines of a network may differ in both. */
UR_API size_t ur_probe_lanes(const ur_probe *probe, size_t layer);
UR_API size_t ur_probe_steps(const ur_probe *probe, size_t layer, size_t lane);
/* A signal of all units of a layer at a step of a lane: `out` takes H numbers. After a lane's end the states stay, and
 * gates mean nothing. False, with nothing written, if the last run has no such place, or if there was none. */
UR_API bool ur_probe_read(const ur_probe *probe, size_t layer, size_t signal, size_t step, size_t lane, ur_real *out);
/* What the network's last line gave at a step: `outputs` numbers, valid until the next run. In a network with `last`
 * there is only step 0. NULL: no such place. */
UR_API const ur_real *ur_probe_output(const ur_probe *probe, size_t step, size_t lane);
/* The logarithm of the probability of `id` by these outputs, taken as logits; NaN: no such place or id. */
UR_API double ur_probe_log_probability(const ur_probe *probe, size_t step, size_t lane, int32_t id);

/* Holds a unit of a layer in the runs that follow: from the end of step 0 on its states are `values`, whatever the
 * gates say (the gates are shown as they were computed). There are as many values as the cell has states, in the order
 * of ur_state_values; they are copied. One unit can be held at a time: holding another one releases the first, and NULL
 * releases it. UR_ERR_USAGE: there is no such unit; UR_ERR_NUMERIC: a value is not finite. */
UR_API ur_status ur_probe_hold(ur_probe *probe, size_t layer, size_t unit, const ur_real *values, ur_error *error);

/* A text that a language model reads. It is cut into `lanes` pieces of equal length that are read side by side, each
 * from a zero state. Up to lanes − 1 tokens at the end are left out. */
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

/* Steps of the text that the probe has just run: (T, B). Valid until the visit returns. Tokens are those that training
 * reads: of the files one after another with a line break between, without byte order marks and with CR LF as LF. So
 * ur_encode of the raw bytes may count others. */
typedef struct ur_passage {
    size_t steps, lanes;
    const int32_t *ids, *next; /* tokens read, and the tokens that follow them: −1 at the end of a piece */
    uint64_t step;             /* number of the first step here, in each piece */
    uint64_t piece;            /* tokens of a piece: lane b reads [begin + b·piece, begin + (b + 1)·piece) */
    uint64_t begin;            /* token of the text with which lane 0 begins */
} ur_passage;

/* Called for one passage after another. It may read the probe and hold units (from the next passage on), but not run or
 * free the probe. A failure, for which it fills `error` itself, ends the reading and is returned. */
typedef ur_status ur_visit(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error);

/* UR_ERR_USAGE if the model is no language model (tokens in, as many outputs), UR_ERR_DATA for a text of fewer than 2
 * tokens; otherwise as ur_score_text. */
UR_API ur_status ur_probe_text(const ur_model *model, const ur_reading *reading, ur_visit *visit, void *context,
                               ur_error *error);

/* Reads `places` passages of `steps` tokens each, evenly spaced over the part of the text: ids (T, B). Lanes, window
 * and threads of the reading are not used. UR_ERR_USAGE as above; UR_ERR_DATA if the text has fewer tokens than one
 * passage, or if none is asked for. */
UR_API ur_status ur_read_places(const ur_model *model, const ur_reading *reading, size_t places, size_t steps,
                                int32_t *ids, ur_error *error);

/* ---- 2. Gates: how much they are open and shut ----------------------------------------------------------------------- */

/* A signal of one hidden unit over all steps of a text. */
typedef struct ur_unit_use {
    double mean, deviation, least, most; /* deviation: the squares divided by the number of steps */
    double open, shut; /* shares of the steps in which it was above 0.9, below 0.1 (Karpathy et al. 2015: right and left
                          saturated) */
} ur_unit_use;

typedef struct ur_gate_table ur_gate_table;

/* All signals of all units. Errors as in ur_probe_text; UR_ERR_USAGE also if the network has no recurrent layer. *table
 * is NULL after a failure. */
UR_API ur_status ur_gate_table_create(ur_gate_table **table, const ur_model *model, const ur_reading *reading,
                                      ur_error *error);
/* The same over all data of a task's settings (ur_settings_of_model, with data added), for a model of another task. A
 * task with a loop of its own (glimpse, draw, forecast) is run as in use. UR_ERR_USAGE if there are no data,
 * UR_ERR_UNSUPPORTED for a task whose states continue from batch to batch (a language model). */
struct ur_settings;
UR_API ur_status ur_gate_table_of_task(ur_gate_table **table, const ur_model *model, const struct ur_settings *settings,
                                       ur_error *error);
UR_API void ur_gate_table_free(ur_gate_table *table); /* NULL is allowed */
/* Steps of all lanes together, in a layer. */
UR_API uint64_t ur_gate_table_steps(const ur_gate_table *table, size_t layer);
/* Layers, signals and units are numbered as in the probe; false if there is no such unit. */
UR_API bool ur_gate_table_unit(const ur_gate_table *table, size_t layer, size_t signal, size_t unit, ur_unit_use *use);

/* ---- 3. Cells: which unit follows what ------------------------------------------------------------------------------ */

/* Something that holds at a place of a text or does not, or a number there. The place is the one after the token that
 * was just read. */
typedef struct ur_predicate {
    const char *name;    /* "quote" */
    const char *meaning; /* "inside quotation marks: …" */
    bool number;         /* the score is a correlation, not the area under the ROC curve */
} ur_predicate;

/* Built-in predicate i; false after the last. */
UR_API bool ur_predicate_at(size_t i, ur_predicate *predicate);

/* A predicate of the caller's, yes or no. For a line of the text, without its line break, `mark` sets mark[i] (0
 * before) for each byte i that is searched for. The predicate holds after a token whose last byte is marked. A line of
 * more than 4096 tokens is given in parts. */
typedef struct ur_own_predicate {
    const char *name;
    ur_status (*mark)(void *context, const char *line, size_t length, unsigned char *mark, ur_error *error);
    void *context;
} ur_own_predicate;

typedef struct ur_cell_search {
    ur_reading reading;
    const ur_own_predicate *own; /* at most 16 */
    size_t own_count;
    size_t sample; /* tokens of text on which units are held, and which can be shown; 0: 32768 */
    bool follow;   /* also keep the values of this unit on the sample: */
    size_t layer, unit;
} ur_cell_search;

/*
 * Scores the c of every unit of every recurrent layer (h in a cell without c) against every predicate. The first half
 * of the text chooses the best unit, the second half scores it. The first steps of each piece of the text, in which the
 * network still knows nothing, do not count. Memory does not grow with the text.
 */
typedef struct ur_cells ur_cells;
UR_API ur_status ur_cells_find(ur_cells **cells, const ur_model *model, const ur_cell_search *search, ur_error *error);
/*
 * The same for a classifier, a tagger or a model of frames, on all data of a task's settings (ur_settings_of_model,
 * with data added). The predicates are the first 64 labels as the data give them, that of a step or that of the whole
 * sequence at each of its steps. If the steps are text, the built-in predicates and the caller's own (for a whole
 * sentence at a time) are added. Every other sequence chooses, the others score; all steps count. Units of lines that
 * do not read the labelled steps, such as a line that spells words, are not scored. Of the reading only the watcher is
 * used. `sample`: about this many steps; 0: 8192. UR_ERR_UNSUPPORTED for a task without such labels.
 */
UR_API ur_status ur_cells_find_of_task(ur_cells **cells, ur_model *model, const struct ur_settings *settings,
                                       const ur_cell_search *search, ur_error *error);
UR_API void ur_cells_free(ur_cells *cells); /* NULL is allowed */

typedef enum ur_cell_verdict {
    UR_CELL_SCORED,
    UR_CELL_NEVER,  /* it holds nowhere in the text, or the number is the same everywhere */
    UR_CELL_ALWAYS, /* it holds everywhere */
    UR_CELL_RARE    /* in one half of the text it holds, fails, or is a number at fewer than 10 places */
} ur_cell_verdict;

typedef struct ur_cell_score {
    ur_predicate predicate;
    ur_cell_verdict verdict;
    double share; /* of the places at which it holds; the mean of a number */
    /* If it is scored: */
    size_t layer, unit; /* the best one */
    bool falls;         /* it is low where the predicate holds */
    double score;       /* on the second half: the area, below 0.5 if it fails there, or likewise |r| */
    double fit;         /* the same on the first half */
    double control;     /* `score` of the best unit of the same network with random weights */
    double mean;        /* of tanh(c), or h, on the sample; for a number, of c */
    double rise; /* of the loss on the sample if the unit's states are held at their means; nats per token or label */
} ur_cell_score;

UR_API size_t ur_cells_count(const ur_cells *cells); /* of predicates: built-in, labels, the caller's */
UR_API ur_cell_score ur_cells_score(const ur_cells *cells, size_t predicate); /* below the count */
/* The unit at rank `rank` (0: the best, up to 4) by the first half; false if there is none. */
UR_API bool ur_cells_rank(const ur_cells *cells, size_t predicate, size_t rank, size_t *layer, size_t *unit,
                          double *score);

/* The sample: pieces of the second half of the text, or of a task's data, sequences one after another in one lane. */
typedef struct ur_cell_sample {
    size_t steps, lanes, warm; /* the first `warm` steps do not count */
    double loss;               /* nats per token or label; nothing held */
    const int32_t *ids;        /* (T, B); NULL for a task's data */
} ur_cell_sample;
UR_API ur_cell_sample ur_cells_sample(const ur_cells *cells);
/* What stands at a place of the sample, `*length` bytes, valid as long as the cells and the model: a token, a word, or
 * for a frame a mark, after its label if a new one begins. Every sequence but the first begins with a line break. */
UR_API const char *ur_cells_text(const ur_cells *cells, const ur_model *model, size_t place, size_t *length);
/* (T, B): whether the predicate holds, and the value of its best unit, from −1 to 1; NULL if it is not scored. The
 * value is tanh(c), or h. For a number, which a unit may follow far beyond 1, it is the distance from the mean, with
 * twice the standard deviation shown as 1. Number ur_cells_count is the unit that was to be followed. */
UR_API const float *ur_cells_truth(const ur_cells *cells, size_t predicate);
UR_API const float *ur_cells_values(const ur_cells *cells, size_t predicate);

/* ---- 4. The gradient: how far back it lives ------------------------------------------------------------------------ */

/* Zeros stand for the defaults given here. */
typedef struct ur_flow_settings {
    size_t steps;   /* K: how far back; 200 */
    size_t warm;    /* steps read before those; for a text 100, or as many as there are, for ids none */
    size_t places;  /* of a text, from which a loss is followed back; 64 */
    size_t threads; /* as many as the machine has cores, at most 16 */
    bool no_jacobian;
} ur_flow_settings;

/* What one recurrent layer shows. Arrays have K + 1 numbers, by k: natural logarithms, averaged over the places where
 * they are finite; NaN if there are none. NULL: the cell has no such thing. loss_t is the loss of one prediction. */
typedef struct ur_flow_layer {
    const char *cell;
    size_t units, steps;
    const double *h; /* ‖∂loss_t/∂h_{t−k}‖, along all paths */
    const double *c; /* ‖∂loss_t/∂c_{t−k}‖, along all paths, the one through h of the same step included */
    const double *plus; /* ‖∂loss_t/∂c_t ∘ f_t ∘ … ∘ f_{t−k+1}‖: the part that came through the "+" of c alone */
    /* The step back from t−k: */
    const double *slopes;    /* ‖da‖/‖∂(h, c)‖: what the gates' slopes (tanh′, σ′) leave */
    const double *recurrent; /* ‖W_hhᵀ da‖/‖da‖: by what W_hh multiplies it */
    const double *kept; /* what passes both by: ‖∂c∘f‖/‖∂c‖ of an LSTM, ‖∂h∘z‖/‖∂h‖ of a GRU */
    const double *jacobian; /* largest singular value of ∂(h, c)_t/∂(h, c)_{t−k} with the layer's input fixed, at the
                               first place; NULL also for a layer of more than 1024 states */
    const double *alive; /* share (no logarithm) of the places so long where ∂loss_t/∂h_{t−k} is not exactly 0 */
    double h_moves, c_moves; /* means of ‖h_t − h_{t−1}‖/‖h_t‖ and of the same for c; NaN: no c */
} ur_flow_layer;

typedef struct ur_flow ur_flow;

/* UR_ERR_USAGE for a network without a recurrent layer, and for small weights. The model stays the caller's, must
 * outlive the flow and must not be used by others meanwhile. It is made ready for gradients, as for a learner, and
 * keeps its f32 weights from then on; their values are only read. settings NULL: the defaults. */
UR_API ur_status ur_flow_create(ur_flow **flow, ur_model *model, const ur_flow_settings *settings, ur_error *error);
UR_API void ur_flow_free(ur_flow *flow); /* NULL is allowed */

/* Reads ids (warm + K + 1, B) from a zero state, and in every lane follows the loss of predicting next[b] after the
 * last of them back. If it is called again, means are over all lanes of all calls. UR_ERR_USAGE unless the network is
 * one line that reads ids and gives an answer at every step, or one after the last; UR_ERR_DATA for an id that the
 * network does not have. After UR_ERR_NUMERIC (a gradient that is not finite) or UR_ERR_MEMORY the flow can only be
 * freed. */
UR_API ur_status ur_flow_ids(ur_flow *flow, const int32_t *ids, const int32_t *next, size_t lanes, ur_error *error);
/* The same at `places` evenly spaced places of a text. Of `reading`, path and part are used (not lanes, window and
 * threads). UR_ERR_USAGE for a model without tokens, UR_ERR_DATA for a text of fewer than K + 2 tokens. */
UR_API ur_status ur_flow_text(ur_flow *flow, const ur_reading *reading, ur_error *error);

/* The same for any network, from the loss of the first target of the batch: in each lane from its last step, and for
 * layers that read from the end, from its first step; if the line leaves one step, from that. Weights and smoothing of
 * the target are ignored. A crf begins at the softmax of its input. k counts from the lane's end in the line of the
 * layer; lines with shorter lanes have shorter curves. Norms are not rescaled on their way back, so those below 1e-38
 * count as 0. UR_ERR_USAGE without a target; UR_ERR_USAGE, UR_ERR_DATA for a wrong batch, as in ur_learn;
 * UR_ERR_UNSUPPORTED for a loss that does not say at which step a target is (ctc). */
UR_API ur_status ur_flow_batch(ur_flow *flow, const ur_batch *batch, ur_error *error);

/* The same from the labels or numbers of a task's examples (settings as for ur_gate_table_of_task). Up to `places`
 * examples with at least K + 1 steps are each read from the beginning: as in ur_flow_ids if the network is a line of ids
 * that ends in `last` and gives one label, else as in ur_flow_batch. If the task has a loop of its own, k counts the
 * steps of that loop. UR_ERR_DATA if no example is so long, UR_ERR_UNSUPPORTED if no step says where a gradient begins
 * (ctc). */
UR_API ur_status ur_flow_task(ur_flow *flow, const struct ur_settings *settings, ur_error *error);
/* The largest K for which `places` examples (0: 64), or all if there are fewer, are long enough. */
UR_API ur_status ur_flow_task_steps(const ur_model *model, const struct ur_settings *settings, size_t places,
                                    size_t *steps, ur_error *error);

/* Recurrent layer `layer`, valid until the next call; false if there is none, or if nothing was read. */
UR_API bool ur_flow_layer_at(ur_flow *flow, size_t layer, ur_flow_layer *shown);
UR_API size_t ur_flow_places(const ur_flow *flow); /* all that were read */

/* Recurrent weights of a given size, to see what they do to gradients before any training. */
typedef struct ur_gain {
    double gain;
    bool orthogonal; /* each (H, H) block of W_hh is gain times an orthogonal matrix, instead of gain/√H · N(0, 1) */
    double keep_bias; /* added to the bias of the gate that keeps the old state: f of an LSTM, z of a GRU */
    uint64_t seed;
} ur_gain;

/* Gives all recurrent layers such weights; the rest of the model stays as it is. Not while others use it. */
UR_API ur_status ur_model_set_gain(ur_model *model, const ur_gain *gain, ur_error *error);

/* The matrix W_hh of a layer, or one gate's block of it. (The lectures' rule on vanishing and exploding gradients is
 * about the whole.) */
typedef struct ur_spectrum {
    const char *gate;       /* "" for the whole matrix, else the gate of the block */
    size_t count;           /* H */
    double largest;         /* singular value */
    const double *singular; /* all, from the largest; NULL without LAPACK */
    double radius;          /* largest |eigenvalue|; NaN without LAPACK, or if the matrix is not square */
} ur_spectrum;

typedef struct ur_spectra ur_spectra;

/* The whole spectrum needs LAPACK, which is looked for when this is called (liblapack.so.3; Debian: liblapack3).
 * Without it there is only the largest singular value. */
UR_API ur_status ur_spectra_create(ur_spectra **spectra, const ur_model *model, size_t layer, ur_error *error);
UR_API void ur_spectra_free(ur_spectra *spectra); /* NULL is allowed */
/* The whole matrix first, then each block if the cell has several gates; false after the last. */
UR_API bool ur_spectrum_at(const ur_spectra *spectra, size_t i, ur_spectrum *spectrum);
UR_API bool ur_spectra_whole(const ur_spectra *spectra); /* LAPACK was found */

/* ---- 5. Saliency: what moved a prediction --------------------------------------------------------------------------- */

/* What is explained: the probability of a target at a place of a line's outputs, or one of the outputs itself. */
typedef struct ur_prediction {
    size_t line, step, lane; /* step 0 if the line leaves one step */
    /* One of the line's outputs; 0 or 1 if the line has one output, after σ. Below 0: the likeliest, written here. */
    int32_t target;
    /* Result: of the target, by the softmax or σ of the outputs (in a line that ends in `crf`, of the crf's input). */
    double probability;
    /* The output itself is explained, as a number; `probability` becomes that number. */
    bool number;
    /* Result for a line that takes numbers, (features): how much each moved it, over all steps. NULL: not wanted. */
    ur_real *features;
} ur_prediction;

/* How much each step of line `read` moved the logarithm of that probability, or that number: its gradient with respect to
 * the step's input, times that input (Denil et al. 2014). The input is the embedding of a token with what is joined to it
 * (a word's spelling), its one-hot row, or the step's numbers. A positive value spoke for the target, or raised the
 * number. `moved` takes (T, B) numbers; 0 after a lane's end. Dropout is off; the batch's targets are not used.
 *
 * UR_ERR_UNSUPPORTED: one-hot ids without a cell right after them. UR_ERR_USAGE: there is no such line, place or target;
 * the line begins with what another one gives; small weights. UR_ERR_USAGE and UR_ERR_DATA for a wrong batch, as in
 * ur_learn. The model is made ready for gradients, as for a learner (which is not disturbed), and keeps its f32 weights
 * from then on; its parameters' `gradient` is overwritten. It must not be used by others meanwhile. */
UR_API ur_status ur_saliency_of(ur_model *model, const ur_batch *batch, ur_prediction *of, size_t read, ur_real *moved,
                                ur_error *error);

/* The same for a network of one line from ids to a prediction, and `count` ids. For a language model the target is the
 * next token, for a classifier a label. *probability may be NULL. */
UR_API ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                             double *probability, ur_error *error);

/* UR_ERR_UNSUPPORTED, with what to use instead, unless items of the task can be looked at (ur_answerer_look) or its
 * models are language models. */
UR_API ur_status ur_saliency_check(const struct ur_settings *settings, ur_error *error);

/* ---- 6. Memory: the longest gap a cell can bridge ----------------------------------------------------------------- */

/* Tasks whose answer is due exactly `gap` steps after what it depends on.
 * COPY    Two of eight letters are read, then blanks. At a sign they are due again, each `gap` steps after it was read.
 * ADDING  Two of the numbers that are read are marked. Their sum is due `gap` steps after the first of them (Hochreiter
 *         & Schmidhuber 1997).
 * WHO     "Tom was watching TV in his room . […] Mary came into the room . Mary said hi to": the name is due `gap` words
 *         after "Tom". Sentences about other things stand between. */
typedef enum ur_recall_task { UR_RECALL_COPY, UR_RECALL_ADDING, UR_RECALL_WHO, UR_RECALL_TASKS } ur_recall_task;

/* The score of COPY and WHO is the share of right answers. That of ADDING is 1 − mean squared error / (1/6, the variance
 * of the sum): 0.94 is an error of 0.01. */
typedef struct ur_recall_facts {
    const char *name;
    size_t least_gap;
    double chance;   /* the score without any memory of what is to be kept */
    double mastered; /* the lowest score at which a gap counts as mastered */
} ur_recall_facts;

/* NULL after the last task. */
UR_API const ur_recall_facts *ur_recall_about(ur_recall_task task);

enum { UR_RECALL_GAP_MOST = 10000 };

/* Example `number` as a line of text: its input, "->", the answer; `size` 0 only measures. Returns its length. */
UR_API size_t ur_recall_show(ur_recall_task task, size_t gap, uint64_t seed, uint64_t number, char *text, size_t size);

/* One training: a new network, "… > CELL HIDDEN > dense", learns from new examples at each update. */
typedef struct ur_recall {
    ur_recall_task task;
    size_t gap, hidden, lanes; /* lanes: examples an update */
    const char *cell;
    size_t window;  /* truncated BPTT: the gradient goes back through windows of this many steps, and states are carried
                      from one to the next; 0: through the whole example */
    size_t updates; /* at most; it ends when the gap is mastered */
    size_t evaluate_every; /* updates */
    ur_optimizer optimizer;
    double rate;      /* falls linearly to a tenth of it */
    double clip_norm; /* as in ur_learning */
    double remember;  /* ur_model_remember's steps; 0: as ur_model_create leaves it */
    uint64_t seed;
    const char *isa;
    /* If set, called at each evaluation; false ends the training with UR_ERR_INTERRUPTED. */
    bool (*go_on)(void *context, size_t updates, double score);
    void *context;
} ur_recall;

/* A recipe with which LSTM and GRU master gaps of 100. The strings stay the caller's. Its learning rates were found by
 * trial: cells with gates can take a higher one than a plain RNN. */
#define UR_RECALL_RATE_PLAIN 0.006
#define UR_RECALL_RATE_GATED 0.02
UR_API ur_recall ur_recall_default(ur_recall_task task, const char *cell, size_t gap);

typedef struct ur_recall_result {
    bool mastered;
    bool exploded;       /* the loss or gradient was no longer finite */
    size_t updates;      /* made */
    double score;        /* the best on examples that are not trained on */
    double largest_norm; /* of a gradient, before clipping */
} ur_recall_result;

/* Runs on the calling thread alone; several threads may each run one. UR_ERR_USAGE for impossible gaps or settings,
 * UR_ERR_FORMAT for a cell or size that network lines do not have. */
UR_API ur_status ur_recall_train(const ur_recall *recall, ur_recall_result *result, ur_error *error);

/* ---- 7. Near: the rows of an embedding ------------------------------------------------------------------------------ */

/* The size of the embedding through which a model reads its tokens: rows (V, one for each token) and numbers in each
 * (E); either may be NULL. UR_ERR_UNSUPPORTED, with a remedy, if it has none. */
UR_API ur_status ur_embedding_size(const ur_model *model, size_t *rows, size_t *width, ur_error *error);

typedef struct ur_neighbour {
    int32_t id;
    double cosine; /* of the angle between the two rows: 1 for the same direction, 0 for a right angle */
} ur_neighbour;

/* The rows nearest to row `id`, nearest first, without itself: `nearest` takes `count` of them, and *found is how many
 * there are (rows of zeros have no direction). UR_ERR_USAGE: there is no such row; UR_ERR_NUMERIC: it has no
 * direction. */
UR_API ur_status ur_embedding_near(const ur_model *model, int32_t id, ur_neighbour *nearest, size_t count,
                                   size_t *found, ur_error *error);

/* Principal component analysis of all rows (Pearson 1901): `places` (V, 2) are their coordinates, from their mean,
 * along the two directions in which they vary most; share[k] is the share of the variance along direction k. The
 * component of a direction that is largest in size is positive. Takes memory for E² doubles and time as V·E² +
 * 30·E³. */
UR_API ur_status ur_embedding_plane(const ur_model *model, double *places, double share[2], ur_error *error);

/* ---- 8. Forcing: a decoder fed the true tokens, and its own -------------------------------------------------------------- */

/* Lets a decoder write each text (a translation, a caption, a transcript) twice, step by step: fed the true tokens, as in
 * training, and fed its own. *json is one object; the caller frees it with free():
 *
 *     sentences, tokens; loss, own_loss (nats per token); wrong, own_wrong (shares of the tokens)
 *     steps: for each step, from 1: step, tokens, loss, own_loss, wrong, own_wrong
 *     examples: `examples` sentences of all lengths: source (the name of a picture or recording); wanted, forced, own:
 *         lists of tokens, the end is ""; goes_wrong: the step at which own first differs from wanted, 0: nowhere
 *
 * The settings are the model's (ur_settings_of_model), with data. UR_ERR_UNSUPPORTED for a model without a decoder. */
UR_API ur_status ur_inspect_forcing(ur_model *model, const ur_settings *settings, size_t examples, char **json,
                                    ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
