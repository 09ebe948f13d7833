/*
 * The network line: text to layers and back.
 *
 *     network = line { ";" line }
 *     line    = [ name ":" ] layer { ">" layer }
 *     layer   = word { number | word | key "=" value | "x" count }
 *
 * for instance onehot > rnn 100 > dense
 *               embed 64 > lstm 512 x2 drop=0.4 > dense
 *               encoder: embed 32 > lstm 64; decoder: embed 32 > lstm 64 from encoder > dense
 *
 * The parser knows the whole grammar and every word. A layer that is not built yet gives UR_ERR_UNSUPPORTED and a
 * message. Every error names the column (1-based, counted in characters) and what was expected there.
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

/* Checks everything that the text alone can decide: words; numbers in range (widths 1 … 1 048 576, drop in [0, 1));
 * order (onehot and embed only first, crf and ctc only last, nothing that needs steps after last, mean or max); unique
 * names; `from` with an earlier line that has the same cells in the same order, or none; tied only with an embed that
 * begins the line and is as wide as the dense layer's input. */
ur_status ur_net_parse(const char *text, ur_net_spec *spec, ur_error *error);

/* The canonical text of a spec: one space around ">" and after ";", equal neighbours folded into xN, defaults left out,
 * numbers in their shortest form. Parsing it gives the same spec (except for columns). `size` bytes at `text`,
 * including the ending 0; UR_ERR_USAGE if it does not fit. */
ur_status ur_net_format(const ur_net_spec *spec, char *text, size_t size, ur_error *error);

#endif
