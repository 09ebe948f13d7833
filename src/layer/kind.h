/*
 * A layer of a network, and its kind. A kind is a row: its word in the network line, the numbers and options that the
 * word takes, and functions for such a layer. layer.inc lists the kinds; each has a file in this folder.
 *
 * Whatever only training needs is in a row of its own (ur_layer_run), so that a program that only steps does not link
 * it.
 */
#ifndef UR_LAYER_KIND_H
#define UR_LAYER_KIND_H

#include "layer/attention.h"
#include "layer/conv.h"
#include "layer/crf.h"
#include "layer/layers.h"

enum { UR_NAME_MAX = 32 };

typedef struct ur_layer ur_layer;
typedef struct ur_layer_kind ur_layer_kind;

/* ---- what a network line says of a layer ------------------------------------------------------------------------- */

/* Options that a layer's word may have, as bits. */
enum {
    UR_TAKES_ACTIVATION = 1, /* relu, sigmoid or tanh */
    UR_TAKES_NOBIAS = 2,
    UR_TAKES_TIED = 4,
    UR_TAKES_DROP = 8,
    UR_TAKES_SAME = 16,
    UR_TAKES_FROM = 32,
    UR_TAKES_BI = 64,
    UR_TAKES_TIMES = 128,  /* xN */
    UR_TAKES_LIKE = 256,   /* like NAME */
    UR_TAKES_FILTER = 512, /* HxW, which must be given */
    UR_TAKES_SCORE = 1024, /* dot, general or additive */
    UR_TAKES_FEED = 2048,
    UR_TAKES_FIXED = 4096
};

/* What a number after the word is. */
typedef enum ur_number { UR_NUMBER_SYMBOLS, UR_NUMBER_WIDTH, UR_NUMBER_PROBABILITY, UR_NUMBER_SIDE } ur_number;
enum { UR_NUMBERS_MAX = 2 };

/* One layer of a line. `x COUNT` has already been expanded into several layers. */
typedef struct ur_layer_spec {
    const ur_layer_kind *kind;
    char cell[UR_NAME_MAX]; /* name in cell.inc, such as "rnn", "lstm" or "gru"; "" for other kinds */
    size_t inputs;          /* V if the line gives it (onehot V, embed V E); 0 if it follows from the data */
    size_t width;           /* E, H or N; 0 if it follows from the data (dense without a number) */
    size_t high, wide;      /* of a filter (conv) */
    size_t side;            /* of a square (pool) */
    /* Of a cell that has a choice (UR_TANH for rnn by default) or of a dense or conv layer (UR_LINEAR by default). */
    ur_activation activation;
    /* Dropout probability, 0 ≤ p < 1: of a dropout layer, or of a cell layer. A cell layer applies it to its output if
     * another cell layer of the line follows. */
    double drop;
    ur_attend_score score;
    bool feed;                   /* the line's first cell also reads this layer's output of the step before */
    bool fixed;                  /* its weights are not trained */
    bool bi, nobias, tied, same; /* bi: a second cell reads from the end; same: also of a cell with drop= */
    char from[UR_NAME_MAX];      /* an earlier line whose states, table or output are used; "" if none */
    size_t column;               /* column of the layer's word in the network line */
} ur_layer_spec;

/* ---- a layer ------------------------------------------------------------------------------------------------------ */

struct ur_layer {
    ur_layer_spec spec;
    const ur_layer *before, *behind; /* neighbours in the line; NULL at the line's ends */
    size_t inputs, width;            /* of the input (symbols if the kind reads ids) and of the output */
    ur_picture seen, picture;        /* the input and the output as pictures, if they are known to be */
    const ur_layer *named;           /* the last layer of the line that spec.from names, or NULL */
    size_t named_line;               /* the number of that line */
    size_t units;                    /* numbers of one state */
    size_t state, states;            /* the number of its first array in ur_state, and how many it has; 0 for `bi` */
    size_t fed;                      /* width of the line's attend output that is fed to this cell, or 0 */
    size_t depth;                    /* length of the longest sum of products in the layer, or 0 */
    double drop;                     /* dropout probability on its output */
    bool as_ids;                     /* it outputs no vectors: the next layer reads the ids */
    /* Data of one kind; zeros in other kinds. */
    const ur_param *embed;
    ur_recurrent recurrent;
    ur_recurrent_params params;
    const ur_layer *giver;          /* the layer whose final states it begins with, if `from` names a line with cells */
    ur_dense bridge[UR_STATES_MAX]; /* from the given states to each state; without a weight if the widths are equal */
    ur_layer *reverse;              /* for `bi`: the cell that reads from the end, a layer of its own; owned */
    ur_dense dense;
    ur_crf crf;
    ur_conv conv;
    ur_attend attend;
};

/* The first layer of its line. */
static inline const ur_layer *ur_first_of_line(const ur_layer *l)
{
    while (l->before) l = l->before;
    return l;
}

/* Whether the layer's output is that of its line: it is the last layer, or a crf or ctc follows. */
bool ur_gives_outputs(const ur_layer *layer);

static inline bool ur_is_recurrent(const ur_layer *l) { return l->recurrent.cell != NULL; }
static inline bool ur_is_dense(const ur_layer *l) { return l->dense.weight != NULL; }

/* Whether the next cell may choose from the embedding's rows. That is so if the table has fewer rows than there are
 * `places` (steps × lanes). The cell's products with its input weights are then computed once for each row. */
bool ur_embed_by_rows(const ur_layer *layer, size_t places);

/* ---- what is done with a layer ------------------------------------------------------------------------------------ */

typedef struct ur_layer_sizes {
    size_t outputs;     /* of a last layer without a number; 0 if it is not known or the layer is not the last */
    size_t isa;         /* ur_isa_index */
    ur_picture picture; /* the picture that enters the line */
} ur_layer_sizes;

/* The state of naming within a line (naming.c). */
typedef struct ur_naming {
    ur_param *params; /* of the whole network; `count` are named so far */
    size_t count;
    ur_error *error;
    const char *line;      /* name of the line */
    const ur_layer *stack; /* the cell layer before, as long as its stack may continue */
    int stacks, depth, denses;
    char stack_name[UR_NAME_MAX + 16];
    const ur_param *embed; /* the table of the line's embedding */
} ur_naming;

enum { UR_LAYER_PARAMS_MAX = 8 };

/* The name that begins the names of the layer's parameters: its word, with a number if the line already has such
 * layers, as in conv, conv2. */
void ur_name_owner(const ur_naming *naming, const char *word, char owner[UR_NAME_MAX]);

/* A new parameter OWNER.WHAT, (rows, columns), or a vector if columns is 0. Initial values are uniform in ± spread, or
 * N(0, 1) if spread is 0. Returns NULL and sets the error if the parameter is too large. */
ur_param *ur_name_param(ur_naming *naming, const char *owner, const char *what, size_t rows, size_t columns,
                        double spread);

/* The same for a filter (N, C, H, W). */
ur_param *ur_name_filter(ur_naming *naming, const char *owner, const char *what, const size_t shape[4], double spread);

typedef struct ur_packing {
    bool training;
    ur_weights weights;
    size_t most; /* panels of one row that may be computed at once (ur_rows) */
} ur_packing;

/* Space for one step, in numbers for each lane: what goes from layer to layer (two arrays of `width`), the slots of a
 * recurrent layer, and `second`. */
typedef struct ur_room {
    size_t width, slots, second;
} ur_room;

/* A step that goes through the layers. x is the output of the layer before. */
typedef struct ur_stepping {
    ur_compute compute;
    size_t lanes;
    int32_t *ids; /* each below the number of symbols of the line */
    const real *x;
    real *free, *other; /* space for the output of this layer, and of the next one */
    real *slots, *second;
    real *states; /* array i of the state begins at states + at[i] */
    const size_t *at;
    bool backwards; /* see ur_step_work */
} ur_stepping;

static inline real *ur_step_state(const ur_stepping *w, size_t i) { return w->states + w->at[i]; }

/* Makes the space that does not hold x the new x. */
static inline real *ur_step_make(ur_stepping *w)
{
    real *y = w->free;
    w->free = w->other;
    w->other = y;
    w->x = y;
    return y;
}

/* The step of a layer that changes nothing in a step, and the resolve function of a layer that is as wide as its
 * input. */
void ur_step_nothing(ur_stepping *stepping, const ur_layer *layer);
ur_status ur_resolve_same_width(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);
/* Sets layer->seen. Fails if the input is not a picture. */
ur_status ur_resolve_picture(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);

struct ur_layer_kind {
    const char *word; /* NULL stands for the names of cell.inc, each with the options of its cell */

    /* Numbers after the word. If there are fewer than `most`, they are the last of `number`. */
    unsigned char least, most;
    ur_number number[UR_NUMBERS_MAX];
    const char *wants, *example; /* what its number is, and an example, for messages */
    unsigned options;            /* UR_TAKES_… */

    /* Where the layer may stand in a line. */
    bool reads_ids;             /* it begins a line */
    bool in_time;               /* it works along the steps of a sequence */
    bool ends_time;             /* it leaves one step */
    bool makes_steps;           /* it takes one step, a picture, and makes a step from each of its places */
    bool ends_line;             /* nothing may follow it */
    bool passes;                /* for its neighbours its output is its input */
    bool names;                 /* the name of an earlier line follows its word */
    bool joins;                 /* it has the steps and lanes of that line; it may begin a line */
    bool sees;                  /* it takes pictures */
    unsigned char more_outputs; /* outputs that the layer before has in addition to those of the data */
    bool picks;                 /* takes ids in place of one-hot vectors, and a table with ids in place of its rows */

    /* Sets the width and whatever else follows from `inputs` and the spec. A width of 0 is an error. */
    ur_status (*resolve)(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);
    /* Each of the others may be NULL if there is nothing to do. */
    ur_status (*name)(ur_naming *naming, ur_layer *layer);
    /* Returns the number of packed weights. If `memory` is not NULL, they are placed there. */
    size_t (*place)(ur_layer *layer, real *memory, const ur_packing *packing);
    void (*pack)(ur_layer *layer, bool training, ur_turn *turn);
    void (*make_room)(const ur_layer *layer, ur_room *room); /* in addition to input and output */
    /* NULL if the layer cannot be streamed. */
    void (*step)(ur_stepping *stepping, const ur_layer *layer);
};

/* A line that is being run over a window, as the layer sees it. */
typedef struct ur_running {
    ur_tape *tape;
    size_t steps, lanes;
    const int32_t *ids, *lengths;          /* (T, B); (B), or NULL if all lanes are whole */
    const unsigned char *live;             /* (T, B), or NULL */
    ur_tensor *initial[UR_STATES_MAX];     /* of a layer with states; NULL for zeros */
    ur_tensor *final_state[UR_STATES_MAX]; /* set by the layer */
    bool ended;                            /* x has one step */
    ur_tensor *named;                      /* output of the line that the layer names; it may have one step */
    bool named_ended;
    const int32_t *named_lengths;
    const int32_t *lane_of; /* (T, B) which of its lanes a place takes; NULL for its own */
    /* For `attend`: the keys of the named line, NULL until they are made; and the shares (T, B, S). */
    ur_tensor *keys, *looked;
    size_t turned, turned_end; /* columns of x that were computed from the end; none if the two are equal */
    /* The layer was given a table and ids that choose its rows. If products are kept, it was given the rows of the
     * ids. */
    bool picks;
    bool logits; /* leave out the σ of the line's last layer */
} ur_running;

/* The places of x that a layer must compute; NULL for all. In inference, places after a lane's end are computed too. */
static inline const unsigned char *ur_live_places(const ur_running *r)
{
    return r->tape->recording && !r->ended ? r->live : NULL;
}

typedef struct ur_layer_run {
    /* Computes the layer's output from x (T, B, inputs). x is NULL if the input is ids alone. Returns NULL after a
     * failure. */
    ur_tensor *(*run)(ur_running *running, const ur_layer *layer, ur_tensor *x);
    void (*train)(ur_layer *layer, size_t isa); /* called before gradients are computed; may be NULL */
} ur_layer_run;

/* ---- all of them -------------------------------------------------------------------------------------------------- */

#define UR_LAYER(id)                                                                                                   \
    extern const ur_layer_kind ur_layer_##id;                                                                          \
    extern const ur_layer_run ur_layer_run_##id;
#include "layer/layer.inc"
#undef UR_LAYER

/* The steps that the layer makes from one; 0 if it keeps the number of steps or leaves one (places.c). */
size_t ur_steps_made(const ur_layer *layer);
/* NULL if the layer can be streamed; else the word that prevents it. */
const char *ur_layer_whole(const ur_layer *layer);

/* The kind with index i in layer.inc; NULL after the last. */
const ur_layer_kind *ur_layer_kind_at(size_t i);
const ur_layer_run *ur_layer_run_of(const ur_layer_kind *kind);

#endif
