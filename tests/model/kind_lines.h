/*
 * Network lines with every kind of layer in layer.inc; a new kind is included without a change here. Include after
 * cmocka.h.
 */
#ifndef UR_TEST_KIND_LINES_H
#define UR_TEST_KIND_LINES_H

#include "layer/kind.h"

#include <stdio.h>
#include <string.h>

/* Options, and the flag in a kind's row that allows each. */
static const struct kind_option {
    unsigned takes;
    const char *text;
} KIND_OPTIONS[] = {{0, ""},
                    {UR_TAKES_ACTIVATION, " sigmoid"},
                    {UR_TAKES_NOBIAS, " nobias"},
                    {UR_TAKES_TIMES, " x2"},
                    {UR_TAKES_DROP, " x2 drop=0.3"},
                    {UR_TAKES_DROP | UR_TAKES_SAME, " x2 drop=0.3 same"},
                    {UR_TAKES_BI, " bi"},
                    {UR_TAKES_BI | UR_TAKES_DROP, " x2 bi drop=0.3"},
                    {UR_TAKES_SCORE, " additive"},
                    {UR_TAKES_SCORE | UR_TAKES_FEED, " dot feed"}};

typedef void kind_check(const char *line, const ur_layer_kind *kind);

/* The input of a kind that takes pictures. */
enum { KIND_ROWS = 3, KIND_COLUMNS = 2, KIND_CHANNELS = 2, KIND_FEATURES = KIND_ROWS * KIND_COLUMNS * KIND_CHANNELS };

/* Writes the kind's word and numbers: six symbols, width 4, probability 0.3, side 2. */
static inline void kind_text(const ur_layer_kind *kind, const char *option, char text[64])
{
    static const char *const numbers[] = {[UR_NUMBER_SYMBOLS] = " 6",
                                          [UR_NUMBER_WIDTH] = " 4",
                                          [UR_NUMBER_PROBABILITY] = " 0.3",
                                          [UR_NUMBER_SIDE] = " 2"};
    int used = snprintf(text, 64, "%s%s", kind->word ? kind->word : "lstm", kind->names ? " a" : "");
    for (size_t i = 0; i < kind->most; i++)
        used += snprintf(text + used, 64 - (size_t)used, "%s", numbers[kind->number[i]]);
    snprintf(text + used, 64 - (size_t)used, "%s%s", kind->options & UR_TAKES_FILTER ? " 2x3" : "", option);
}

/*
 * Checks the kind alone in front of a dense layer. If the kind reads another line, such a line comes before. If the
 * kind ends a line, it comes after the dense layer.
 */
static inline void check_alone(const ur_layer_kind *kind, const char *option, kind_check *check)
{
    const char *before = kind->names ? "a: gru 4; " : "", *alone = "%s%s > dense 3";
    char text[64], line[160];
    kind_text(kind, option, text);
    if (kind->ends_line) alone = "%sdense 3 > %s";
    if (kind->names && !kind->joins) alone = "%srnn 3 > dense 4 > %s > dense 3";
    snprintf(line, sizeof line, alone, before, text);
    check(line, kind);
}

/* Checks the kind alone, then among other layers, then twice in one line if it has parameters. */
static inline void check_all(const ur_layer_kind *kind, const char *option, kind_check *check)
{
    const char *before = kind->names ? "a: gru 4; " : "";
    char text[64], line[160];
    kind_text(kind, option, text);
    check_alone(kind, option, check);
    const char *among = kind->ends_line   ? "%sgru 4 > dense 3 > %s"
                        : kind->reads_ids ? "%s%s > gru 4 > dense 3"
                                          : "%sgru 4 > %s > dense 3";
    if (kind->sees) among = "%sconv 3 1x2 tanh > %s > gru 4 > dense 3";
    snprintf(line, sizeof line, among, before, text);
    check(line, kind);
    if (!kind->name || kind->reads_ids || kind->names || kind->ends_time || kind->ends_line) return;
    snprintf(line, sizeof line, "%s > %s > dense 3", text, text); /* the two layers have different parameter names */
    check(line, kind);
}

typedef void kind_lines(const ur_layer_kind *kind, const char *option, kind_check *check);

static inline void check_each(kind_lines *lines, kind_check *check)
{
    const ur_layer_kind *kind;
    size_t kinds = 0;
    for (; (kind = ur_layer_kind_at(kinds)) != NULL; kinds++)
        for (size_t i = 0; i < sizeof KIND_OPTIONS / sizeof *KIND_OPTIONS; i++)
            if ((kind->options & KIND_OPTIONS[i].takes) == KIND_OPTIONS[i].takes)
                lines(kind, KIND_OPTIONS[i].text, check);
    assert_true(kinds >= 6);
}

static inline void check_kinds(kind_check *check) { check_each(check_all, check); }

#endif
