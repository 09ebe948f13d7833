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
#ifndef UR_NET_LINE_H
#define UR_NET_LINE_H

#include "layer/kind.h"

enum { UR_LAYERS_MAX = 64, UR_LINES_MAX = 8, UR_LINE_TEXT_MAX = 2048 };

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
