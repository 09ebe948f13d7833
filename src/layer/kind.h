/*
 * A layer of a network, and its kind. A kind is a row: its word in the network line with the numbers and options it
 * takes, and what can be done with such a layer. layer.inc lists the kinds, a file of this folder has each.
 *
 * What only training needs is a row of its own (ur_layer_run), so that a program that only steps links none of it.
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

/* What may stand beside a layer's word, as bits. */
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
    UR_TAKES_FILTER = 512, /* HxW; it must be given */
    UR_TAKES_SCORE = 1024, /* dot, general or additive */
    UR_TAKES_FEED = 2048,
    UR_TAKES_FIXED = 4096
};

/* What a number behind the word is. */
typedef enum ur_number { UR_NUMBER_SYMBOLS, UR_NUMBER_WIDTH, UR_NUMBER_PROBABILITY, UR_NUMBER_SIDE } ur_number;
enum { UR_NUMBERS_MAX = 2 };

/* One layer, with `x count` already multiplied out into several of them. */
typedef struct ur_layer_spec {
    const ur_layer_kind *kind;
    char cell[UR_NAME_MAX];   /* name in cell.inc: "rnn", "lstm", "gru" …; "" for other kinds */
    size_t inputs;            /* V where the line gives it (onehot V, embed V E); 0: the data fixes it */
    size_t width;             /* E, H or N; 0 where the data fixes it (dense without a number) */
    size_t high, wide;        /* of a filter */
    size_t side;              /* of a square */
    ur_activation activation; /* of a cell that has one to choose (rnn: UR_TANH) or a dense layer (default UR_LINEAR) */
    double drop;              /* probability, 0 ≤ p < 1: of a dropout layer, or between the layers of a stack:
                                 applied to the output of this cell layer when another cell layer of the line follows */
    ur_attend_score score;
    bool feed;                   /* what it gave at the step before enters the line's first cell, too */
    bool fixed;                  /* its weights stay as they are given */
    bool bi, nobias, tied, same; /* bi: two cells, the second from the end; same: also on a cell, with drop= */
    char from[UR_NAME_MAX];      /* an earlier line, whose states, table or numbers are taken; "" none */
    size_t column;               /* where the layer's word stands */
} ur_layer_spec;

/* ---- a layer ------------------------------------------------------------------------------------------------------ */

struct ur_layer {
    ur_layer_spec spec;
    const ur_layer *before, *behind; /* its neighbours in the line; NULL at the line's ends */
    size_t inputs, width;            /* what comes in (symbols for a kind that reads ids) and goes out */
    ur_picture seen, picture;        /* the same, where it is known to be a picture */
    const ur_layer *named;           /* the last layer of the line that spec.from names; NULL: none */
    size_t named_line;               /* its number */
    size_t units;                    /* numbers of a state */
    size_t state, states;            /* its arrays of a ur_state: number of the first, and how many; none of `bi` */
    size_t fed;                      /* numbers of the line's attend that enter beside its input (feed); else 0 */
    size_t depth;                    /* the longest sum of products that it makes; 0: none */
    double drop;                     /* dropout on its output */
    bool as_ids;                     /* gives no vectors: the layer behind reads the ids */
    /* What its kind keeps; zeros in others. */
    const ur_param *embed;
    ur_recurrent recurrent;
    ur_recurrent_params params;
    const ur_layer *giver;          /* whose final states it begins with, where `from` names a line with cells */
    ur_dense bridge[UR_STATES_MAX]; /* to each state from what is given; without a weight where the widths are equal */
    ur_layer *reverse;              /* of `bi`: the direction from the end, a cell layer of its own; owned */
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

/* Whether it gives what its line gives: the last layer, or the one before a crf. */
bool ur_gives_outputs(const ur_layer *layer);

static inline bool ur_is_recurrent(const ur_layer *l) { return l->recurrent.cell != NULL; }
static inline bool ur_is_dense(const ur_layer *l) { return l->dense.weight != NULL; }

/* An embedding whose rows the cell behind it chooses from: where there are fewer of them than `places` (steps by
 * lanes), the cell's products with its input weights are made once a row. */
bool ur_embed_by_rows(const ur_layer *layer, size_t places);

/* ---- what is done with a layer ------------------------------------------------------------------------------------ */

typedef struct ur_layer_sizes {
    size_t outputs;     /* of a last layer without a number; 0: not known, or it is not the last */
    size_t isa;         /* ur_isa_index */
    ur_picture picture; /* that the line takes */
} ur_layer_sizes;

/* Where naming stands within a line (naming.c). */
typedef struct ur_naming {
    ur_param *params; /* all of the network, `count` so far */
    size_t count;
    ur_error *error;
    const char *line;      /* its name */
    const ur_layer *stack; /* the cell layer before, while its stack may go on */
    int stacks, depth, denses;
    char stack_name[UR_NAME_MAX + 16];
    const ur_param *embed; /* the line's table */
} ur_naming;

enum { UR_LAYER_PARAMS_MAX = 8 };

/* What the layer's parameters are called behind: its word, or with a number where the line has such layers before, as in
 * conv, conv2. */
void ur_name_owner(const ur_naming *naming, const char *word, char owner[UR_NAME_MAX]);

/* A new parameter OWNER.WHAT, (rows, columns), or a vector where columns is 0. First values are uniform in ± spread; 0:
 * N(0, 1). NULL, and the error, where it is too large. */
ur_param *ur_name_param(ur_naming *naming, const char *owner, const char *what, size_t rows, size_t columns,
                        double spread);

/* The same of (N, C, H, W). */
ur_param *ur_name_filter(ur_naming *naming, const char *owner, const char *what, const size_t shape[4], double spread);

typedef struct ur_packing {
    bool training;
    ur_weights weights;
    size_t most; /* panels of one row at once (ur_rows) */
} ur_packing;

/* Room for one step, numbers a lane: what goes from layer to layer (two arrays of `width`), a recurrent layer's slots,
 * and `second`. */
typedef struct ur_room {
    size_t width, slots, second;
} ur_room;

/* A step on its way through the layers: x is what came out of the layer before. */
typedef struct ur_stepping {
    ur_compute compute;
    size_t lanes;
    int32_t *ids; /* each below the symbols of the line */
    const real *x;
    real *free, *other; /* room for what comes out of this layer, and of the next one */
    real *slots, *second;
    real *states; /* array i of the state begins at this many numbers: */
    const size_t *at;
    bool backwards; /* see ur_step_work */
} ur_stepping;

static inline real *ur_step_state(const ur_stepping *w, size_t i) { return w->states + w->at[i]; }

/* Room that x is not in becomes x. */
static inline real *ur_step_make(ur_stepping *w)
{
    real *y = w->free;
    w->free = w->other;
    w->other = y;
    w->x = y;
    return y;
}

/* Of a layer that changes nothing in a step; of one that gives as many numbers as it takes. */
void ur_step_nothing(ur_stepping *stepping, const ur_layer *layer);
ur_status ur_resolve_same_width(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);
/* Sets layer->seen; an error where no picture comes in. */
ur_status ur_resolve_picture(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);

struct ur_layer_kind {
    const char *word; /* NULL: the names of cell.inc, each with the options of its cell */

    /* Numbers behind the word; where there are fewer than `most`, they are the last ones. */
    unsigned char least, most;
    ur_number number[UR_NUMBERS_MAX];
    const char *wants, *example; /* what its number is, and one, for messages */
    unsigned options;            /* UR_TAKES_… */

    /* Where it may stand. */
    bool reads_ids;             /* begins a line */
    bool in_time;               /* works along the steps of a sequence */
    bool ends_time;             /* leaves one step */
    bool makes_steps;           /* takes one step, a picture, and leaves a step for each of its places */
    bool ends_line;             /* nothing may stand behind it */
    bool passes;                /* gives what it takes, as far as its neighbours are concerned */
    bool names;                 /* the name of an earlier line stands behind its word */
    bool joins;                 /* has that line's steps and lanes; may begin a line */
    bool sees;                  /* takes pictures */
    unsigned char more_outputs; /* that the layer before gives besides those of the data */
    bool picks;                 /* takes ids in place of one-hot vectors, and a table with ids in place of rows of it */

    /* The width, and what else follows from `inputs` and the spec; a width of 0 is an error. */
    ur_status (*resolve)(ur_layer *layer, const ur_layer_sizes *sizes, ur_error *error);
    /* Each of the others may be NULL: there is nothing to do. */
    ur_status (*name)(ur_naming *naming, ur_layer *layer);
    /* Numbers of packed weights; with `memory` their place. */
    size_t (*place)(ur_layer *layer, real *memory, const ur_packing *packing);
    void (*pack)(ur_layer *layer, bool training, ur_turn *turn);
    void (*make_room)(const ur_layer *layer, ur_room *room); /* besides what comes in and goes out */
    /* NULL: it cannot be streamed. */
    void (*step)(ur_stepping *stepping, const ur_layer *layer);
};

/* A line on its way over a window, for the layer that runs. */
typedef struct ur_running {
    ur_tape *tape;
    size_t steps, lanes;
    const int32_t *ids, *lengths;          /* (T, B); (B) or NULL: all lanes are whole */
    const unsigned char *live;             /* (T, B) or NULL */
    ur_tensor *initial[UR_STATES_MAX];     /* of a layer with states; NULL: zeros */
    ur_tensor *final_state[UR_STATES_MAX]; /* left by it */
    bool ended;                            /* x has one step */
    ur_tensor *named;                      /* what the layer's named line gives, and whether that has one step */
    bool named_ended;
    const int32_t *named_lengths;
    const int32_t *lane_of;    /* (T, B): which of its lanes a place takes; NULL: its own */
    ur_tensor *keys, *looked;  /* of `attend`: what it made of the named line, NULL before; (T, B, S) shares */
    size_t turned, turned_end; /* columns of x that were made from the end; equal: none */
    bool picks;  /* what was given is a table, whose rows ids choose; where products are kept, the rows of the ids */
    bool logits; /* leave out the σ of the line's last layer */
} ur_running;

/* Which places of x a layer must look at; NULL: all. In use, what stands behind a lane's end is made, too. */
static inline const unsigned char *ur_live_places(const ur_running *r)
{
    return r->tape->recording && !r->ended ? r->live : NULL;
}

typedef struct ur_layer_run {
    /* What the layer makes of x, (T, B, inputs), NULL where there are but ids; NULL after a failure. */
    ur_tensor *(*run)(ur_running *running, const ur_layer *layer, ur_tensor *x);
    void (*train)(ur_layer *layer, size_t isa); /* before gradients are asked for; NULL: nothing to do */
} ur_layer_run;

/* ---- all of them -------------------------------------------------------------------------------------------------- */

#define UR_LAYER(id)                                                                                                   \
    extern const ur_layer_kind ur_layer_##id;                                                                          \
    extern const ur_layer_run ur_layer_run_##id;
#include "layer/layer.inc"
#undef UR_LAYER

/* Steps that it makes of one; 0: it leaves as many as it takes, or one (places.c). */
size_t ur_steps_made(const ur_layer *layer);
/* NULL: the layer can be streamed; else the word that says why not. */
const char *ur_layer_whole(const ur_layer *layer);

/* i-th kind of layer.inc; NULL after the last. */
const ur_layer_kind *ur_layer_kind_at(size_t i);
const ur_layer_run *ur_layer_run_of(const ur_layer_kind *kind);

#endif
