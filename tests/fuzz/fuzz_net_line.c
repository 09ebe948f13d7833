/*
 * Network lines from anyone: an accepted line has a canonical text, which means the same and whose canonical text is
 * itself.
 */
#include "net/line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds) abort();
}

static void forget_columns(ur_net_spec *spec)
{
    for (size_t i = 0; i < spec->layer_count; i++) spec->layers[i].column = 0;
}

static int same_layer(const ur_layer_spec *a, const ur_layer_spec *b)
{
    return a->kind == b->kind && !strcmp(a->cell, b->cell) && a->inputs == b->inputs && a->width == b->width &&
           a->activation == b->activation && !memcmp(&a->drop, &b->drop, sizeof a->drop) && a->bi == b->bi &&
           a->nobias == b->nobias && a->tied == b->tied && a->same == b->same && !strcmp(a->from, b->from);
}

static void must_be_same(const ur_net_spec *a, const ur_net_spec *b)
{
    must(a->line_count == b->line_count && a->layer_count == b->layer_count);
    for (size_t i = 0; i < a->line_count; i++) {
        must(!strcmp(a->lines[i].name, b->lines[i].name));
        must(a->lines[i].first == b->lines[i].first && a->lines[i].count == b->lines[i].count);
    }
    for (size_t i = 0; i < a->layer_count; i++) must(same_layer(&a->layers[i], &b->layers[i]));
}

static void read_twice(const char *text)
{
    ur_net_spec first, second;
    ur_error error = {0};
    char canonical[UR_LINE_TEXT_MAX], again[UR_LINE_TEXT_MAX];
    if (ur_net_parse(text, &first, &error) != UR_OK) {
        must(strlen(error.text) > strlen("network line, column "));
        return;
    }
    must(ur_net_format(&first, canonical, sizeof canonical, &error) == UR_OK);
    must(ur_net_parse(canonical, &second, &error) == UR_OK);
    must_be_same(&first, &second);
    forget_columns(&second);
    must(ur_net_format(&second, again, sizeof again, &error) == UR_OK);
    must(!strcmp(canonical, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = 0;
    read_twice(text);
    free(text);
    return 0;
}
