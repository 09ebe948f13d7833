/* Reports tokens and characters that a model does not know; see unknown.h. */
#include "cli/support/unknown.h"

#include "cli/support/text_out.h"

#include "base/utf8.h"
#include "unroll_generate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAMED_MOST = 10 };

/* A set of pieces of text. */
typedef struct pieces {
    const char *text[NAMED_MOST];
    size_t size[NAMED_MOST], count;
    bool more;
} pieces;

static void add(pieces *all, const char *text, size_t size)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->size[i] == size && memcmp(all->text[i], text, size) == 0) return;
    all->more = all->count == NAMED_MOST;
    if (all->more) return;
    all->text[all->count] = text;
    all->size[all->count++] = size;
}

static void tell(const pieces *all, const char *what, const char *consequence)
{
    if (!all->count) return;
    fprintf(stderr, "unroll: %s: the model does not know", what);
    for (size_t i = 0; i < all->count; i++) {
        fputs(" '", stderr);
        ur_cli_print_shown(stderr, all->text[i], all->size[i]);
        fputs("'", stderr);
    }
    fprintf(stderr, "%s; %s\n", all->more ? " …" : "", consequence);
}

void ur_cli_tell_unknown(const ur_model *model, const char *what, const char *text, size_t length)
{
    pieces all = {.count = 0};
    if (ur_unknown_token(model) < 0) return; /* without an unknown token, reading such a text is an error anyway */
    for (size_t at = 0, size = 0; ur_find_unknown(model, text, length, &at, &size); at += size)
        add(&all, text + at, size);
    tell(&all, what, "read as the unknown token");
}

static bool is_in_a_token(const ur_model *model, const char *piece, size_t size)
{
    for (size_t i = 0; i < ur_model_tokens(model); i++) {
        size_t length = 0;
        const char *text = ur_token_text(model, (int32_t)i, &length);
        for (size_t at = 0; text && at + size <= length; at++)
            if (memcmp(text + at, piece, size) == 0) return true;
    }
    return false;
}

/* Whether the model has a token with the character, or tokens for each of its bytes, which suffice for a model of
 * bytes. */
static bool can_be_written(const ur_model *model, const char *piece, size_t size)
{
    if (is_in_a_token(model, piece, size)) return true;
    for (size_t i = 0; i < size; i++)
        if (!is_in_a_token(model, piece + i, 1)) return false;
    return true;
}

void ur_cli_tell_unwritten(const ur_model *model, const char *what, const char *text)
{
    pieces all = {.count = 0};
    size_t length = strlen(text);
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t code;
        int decoded = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
        size = decoded > 0 ? (size_t)decoded : 1;
        if (!can_be_written(model, text + at, size)) add(&all, text + at, size);
    }
    tell(&all, what, "this text will not come");
}
