/* unroll sample --next: the likeliest next units, and what a word is. */
#include "json_out.h"
#include "sample.h"

#include "base/error.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- Words ------------------------------------------------------------------------------------------------------ */

static bool is_ascii_word(uint32_t code)
{
    bool letter = (code | 32) >= 'a' && (code | 32) <= 'z';
    return letter || (code >= '0' && code <= '9') || code == '_' || code == '\'';
}

/* Beyond ASCII everything belongs to words but the blocks of spaces and punctuation: Latin-1's signs (without ª µ º),
 * General Punctuation, CJK Symbols and Punctuation, the full stops and commas of full width. */
static bool is_word(uint32_t code)
{
    if (code < 0x80) return is_ascii_word(code);
    bool latin = code <= 0xBF && code != 0xAA && code != 0xB5 && code != 0xBA;
    bool punctuation = (code >= 0x2000 && code <= 0x206F) || (code >= 0x3000 && code <= 0x303F && code != 0x3005);
    bool wide =
        code == 0xFF01 || code == 0xFF0C || code == 0xFF0E || code == 0xFF1A || code == 0xFF1B || code == 0xFF1F;
    return !latin && !punctuation && !wide;
}

/* A part of a character, as byte models have them, goes on with the word. */
bool ur_cli_ends_word(const char *unit, size_t length)
{
    uint32_t code = 0;
    return ur_utf8_decode((const unsigned char *)unit, length, &code) > 0 && !is_word(code);
}

size_t ur_cli_open_word(const char *text, size_t length)
{
    size_t begin = length;
    while (begin > 0) {
        size_t at = begin - 1;
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
        if (ur_cli_ends_word(text + at, length - at)) break;
        begin = at;
    }
    return length - begin;
}

/* ---- Next units ------------------------------------------------------------------------------------------------- */

typedef struct choice {
    int32_t id;
    ur_real probability;
} choice;

static int by_probability(const void *a, const void *b)
{
    const choice *x = a, *y = b;
    if (x->probability != y->probability) return x->probability < y->probability ? 1 : -1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static size_t list_choices(const ur_cli_speaker *speaker, choice *choices)
{
    size_t count = 0;
    for (size_t i = 0; i < speaker->units; i++)
        if (speaker->logits[i] > 0) choices[count++] = (choice){(int32_t)i, speaker->logits[i]};
    qsort(choices, count, sizeof *choices, by_probability);
    return count;
}

static void print_lines(const ur_model *model, const choice *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *text = ur_unit_text(model, choices[i].id, &length);
        printf("%.6f  ", (double)choices[i].probability);
        ur_cli_print_shown(stdout, text ? text : "", length);
        putchar('\n');
    }
}

static json_t *list(const ur_model *model, const choice *choices, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        size_t length = 0;
        const char *text = ur_unit_text(model, choices[i].id, &length);
        json_t *entry = json_object();
        ur_cli_json_set(&entry, "unit", ur_cli_json_text(text ? text : "", length));
        ur_cli_json_set(&entry, "id", json_integer(choices[i].id));
        ur_cli_json_set(&entry, "probability", ur_cli_json_number((double)choices[i].probability));
        ur_cli_json_add(&array, entry);
    }
    return array;
}

ur_status ur_cli_print_next(ur_cli_speaker *speaker, size_t count, bool json, ur_error *error)
{
    ur_cli_speaker_step(speaker);
    ur_probabilities(speaker->logits, speaker->units, &speaker->how);
    choice *choices = calloc(speaker->units + 1, sizeof *choices);
    if (!choices) return ur_fail_memory(error, "the list of units");
    size_t found = list_choices(speaker, choices);
    if (found > count) found = count;
    ur_status status = UR_OK;
    if (json) {
        json_t *object = json_object();
        ur_cli_json_set(&object, "next", list(speaker->model, choices, found));
        status = ur_cli_json_print(object, error);
    } else {
        print_lines(speaker->model, choices, found);
    }
    free(choices);
    return status;
}
