/* Network lines for tests: the meaning of a line, its canonical text, and the message that lists all words. Include after
 * cmocka.h. */
#ifndef UR_TEST_NET_TEXT_H
#define UR_TEST_NET_TEXT_H

#include "cell/cell.h"
#include "net/line.h"

#include <stdio.h>
#include <string.h>

static inline ur_net_spec parse(const char *text)
{
    ur_net_spec spec;
    ur_error error = {0};
    if (ur_net_parse(text, &spec, &error) != UR_OK) fail_msg("%s: %s", text, error.text);
    return spec;
}

static inline void canonical(const char *text, const char *expected)
{
    ur_net_spec spec = parse(text);
    char out[UR_LINE_TEXT_MAX];
    ur_error error = {0};
    if (ur_net_format(&spec, out, sizeof out, &error) != UR_OK) fail_msg("%s: %s", text, error.text);
    assert_string_equal(out, expected);
}

/* The message for an unknown word: the nearest one, then a word for each kind of layer and for each cell. */
static inline void unknown_layer(char message[400], const char *word, const char *nearest)
{
    const ur_layer_kind *kind;
    snprintf(message, 400, "unknown layer \"%s\"; the nearest known one is \"%s\" (there are ", word, nearest);
    for (size_t k = 0; (kind = ur_layer_kind_at(k)) != NULL; k++)
        for (size_t c = 0; kind->word ? c < 1 : ur_cell_at(c, 0) != NULL; c++) {
            strcat(message, kind->word ? kind->word : ur_cell_at(c, 0)->name);
            strcat(message, ur_layer_kind_at(k + 1) ? ", " : ")");
        }
}

#endif
