/*
 * The network line: text to layers and back.
 *
 *     network = line { ";" line }
 *     line    = [ name ":" ] layer { ">" layer }
 *     layer   = word { number | word | key "=" value | "x" count }
 *
 * for instance  onehot > rnn 100 > dense
 *               embed 64 > lstm 512 x2 drop=0.4 > dense
 *               encoder: embed 32 > lstm 64; decoder: embed 32 > lstm 64 from encoder > dense
 *
 * The parser knows the whole grammar and every word; a layer that is not built yet is UR_ERR_UNSUPPORTED and says so.
 * Every error names the column (1-based, counted in characters) and what was expected there.
 */
#ifndef UR_MODEL_NET_LINE_H
#define UR_MODEL_NET_LINE_H

#include "kernel/activation.h"
#include "unroll.h"

#include <stdbool.h>

typedef enum ur_layer_kind {
    UR_LAYER_ONEHOT, /* onehot [V]                    ids → (V), without storing the zeros */
    UR_LAYER_EMBED,  /* embed [V] E | embed E         ids → (E) */
    UR_LAYER_CELL,   /* CELL H [relu|sigmoid|tanh] [nobias] [drop=p] [from NAME] [xN]   any cell of cell.inc */
    UR_LAYER_LAST,   /* last                          (T, B, H) → (B, H) at each sequence's last step */
    UR_LAYER_DENSE,  /* dense [N] [relu|sigmoid|tanh] [nobias] [tied] */
    UR_LAYER_DROPOUT /* dropout p [same]              `same`: one mask for all steps */
} ur_layer_kind;

enum { UR_NAME_MAX = 32, UR_LAYERS_MAX = 64, UR_LINES_MAX = 8, UR_LINE_TEXT_MAX = 2048 };

/* One layer, with `x count` already multiplied out into several entries of the list. */
typedef struct ur_layer_spec {
    ur_layer_kind kind;
    char cell[UR_NAME_MAX];   /* name in cell.inc: "rnn", "lstm", "gru", "gru-before" */
    size_t inputs;            /* V where the line gives it (onehot V, embed V E); 0: the data fixes it */
    size_t width;             /* E, H or N; 0 where the data fixes it (dense without a number) */
    ur_activation activation; /* of an rnn cell (default UR_TANH) or a dense layer (default UR_LINEAR) */
    double drop;              /* probability, 0 ≤ p < 1: of a dropout layer, or between the layers of a stack:
                                 applied to the output of this cell layer when another cell layer of the line follows */
    bool nobias, tied, same;  /* same: also allowed on a cell, with drop= */
    char from[UR_NAME_MAX];   /* initial states come from the final ones of that line; "" none */
    size_t column;            /* where the layer's word stands */
} ur_layer_spec;

typedef struct ur_line_spec {
    char name[UR_NAME_MAX]; /* "" for an unnamed line */
    size_t first, count;    /* its layers in ur_net_spec.layers */
} ur_line_spec;

typedef struct ur_net_spec {
    ur_line_spec lines[UR_LINES_MAX];
    size_t line_count;
    ur_layer_spec layers[UR_LAYERS_MAX];
    size_t layer_count;
} ur_net_spec;

/* Checks all that the text alone can decide: words, numbers in range (widths 1 … 1 048 576, drop in [0, 1)), order
 * (onehot and embed only first; nothing recurrent behind `last`; the last layer of a line is anything), unique names,
 * `from` naming an earlier line whose recurrent layers have the same cells and widths, tied only with an embed of the
 * line whose width equals what enters the dense layer. */
ur_status ur_net_parse(const char *text, ur_net_spec *spec, ur_error *error);

/* The canonical text of a spec: one space around ">" and after ";", equal neighbours folded into xN, defaults left
 * out, numbers in their shortest form. Parsing it gives the same spec (but for columns). `size` bytes at `text` with
 * the ending 0; UR_ERR_USAGE when it does not fit. */
ur_status ur_net_format(const ur_net_spec *spec, char *text, size_t size, ur_error *error);

#endif
