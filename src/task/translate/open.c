/* Opens the pairs of a translation, splits them into parts, and counts their tokens. */
#include "task/translate/translate.h"

#include "base/random.h"
#include "data/cursor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_translate_close(void *data)
{
    ur_translate *c = data;
    bool shared = c->side[UR_SOURCE].vocabulary == c->side[UR_TARGET].vocabulary;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(c->part[i].pair);
        free(c->part[i].tokens);
        ur_order_free(&c->part[i].order);
    }
    for (size_t s = 0; s < UR_SIDES; s++) {
        if (!c->given && !(s && shared)) ur_vocabulary_free(c->side[s].vocabulary);
        ur_ids_free(&c->side[s].text);
        for (size_t i = 0; i < c->side[s].text_room; i++) ur_ids_free(&c->side[s].texts[i]);
        free(c->side[s].texts);
    }
    ur_pairs_close(c->set);
    ur_pairs_close(c->validation);
    ur_pair_free(&c->pair);
    ur_normal_form_free(&c->form);
    ur_translate_end_writing(c);
    ur_translate_end_waiting(c);
    ur_score_room_free(&c->scores);
    free(c->source.ids);
    free(c->source.lengths);
    ur_teaching_free(&c->teaching);
    free(c->said);
    free(c->sorted);
}

/* ---- Parts --------------------------------------------------------------------------------------------------------- */

static ur_status open_part(ur_translate *c, ur_part which, const ur_pairs *set, ur_error *error)
{
    ur_translate_part *p = &c->part[which];
    size_t room = ur_pairs_count(set) + 1;
    if (room > UINT32_MAX) return ur_fail(error, UR_ERR_DATA, "%zu pairs; there may be %u", room - 1, UINT32_MAX - 1);
    p->set = set;
    p->pair = calloc(room, sizeof *p->pair);
    p->tokens = calloc(room, sizeof *p->tokens);
    return p->pair && p->tokens ? UR_OK : ur_fail_memory(error, "the pairs");
}

static void add_pair(ur_translate_part *p, size_t i) { p->pair[p->count++] = (uint32_t)i; }

/* Pairs with the same source are in the same part. */
static bool is_held(const ur_translate *c, double share)
{
    ur_field source = c->pair.text[UR_SOURCE];
    uint64_t hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)source.text, source.length);
    return ur_random_uniform(c->seed, UR_USE_SPLIT, hash) < share;
}

/* Splits the pairs with two non-empty texts into a training part and a validation part. */
static ur_status share_out(ur_translate *c, double share, ur_error *error)
{
    UR_TRY(open_part(c, UR_PART_TRAIN, c->set, error));
    if (!c->validation) UR_TRY(open_part(c, UR_PART_VALIDATION, c->set, error));
    for (size_t i = 0; i < ur_pairs_count(c->set); i++) {
        UR_TRY(ur_pairs_read(c->set, i, &c->pair, error));
        bool empty = !c->pair.text[UR_SOURCE].length || !c->pair.text[UR_TARGET].length;
        bool held = !c->validation && is_held(c, share);
        c->empty += empty;
        if (!empty) add_pair(&c->part[held ? UR_PART_VALIDATION : UR_PART_TRAIN], i);
    }
    if (c->part[UR_PART_TRAIN].count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "no pair of two texts is left to train on");
}

static ur_status take_all(ur_translate *c, ur_part part, const ur_pairs *set, ur_error *error)
{
    UR_TRY(open_part(c, part, set, error));
    for (size_t i = 0; i < ur_pairs_count(set); i++) add_pair(&c->part[part], i);
    return UR_OK;
}

/* ---- Tokens -------------------------------------------------------------------------------------------------------- */

/* Counts the tokens of the current pair, with an end token for each side. *longest is the length of the longer side
 * without it. */
static ur_status count_tokens(ur_translate *c, uint32_t *tokens, size_t *longest, ur_error *error)
{
    size_t all = 0;
    *longest = 0;
    for (size_t s = 0; s < UR_SIDES; s++) {
        ur_translate_side *side = &c->side[s];
        ur_field text = c->pair.text[s];
        UR_TRY(ur_tokens_read(side->vocabulary, text.text, text.length, &side->text, error));
        all += side->text.count + 1;
        if (side->text.count > *longest) *longest = side->text.count;
    }
    *tokens = all < UINT32_MAX ? (uint32_t)all : UINT32_MAX;
    return UR_OK;
}

/* Counts the tokens of a part's pairs. Training pairs that are too long are left out. */
static ur_status measure_part(ur_translate *c, ur_part part, ur_error *error)
{
    ur_translate_part *p = &c->part[part];
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t longest;
        UR_TRY(ur_pairs_read(p->set, p->pair[i], &c->pair, error));
        UR_TRY(count_tokens(c, &p->tokens[kept], &longest, error));
        bool longer = part == UR_PART_TRAIN && longest > c->settings.max_length;
        c->cut += part == UR_PART_TEST && c->side[UR_SOURCE].text.count > c->settings.max_length;
        p->pair[kept] = p->pair[i];
        c->longer += longer;
        size_t target = c->side[UR_TARGET].text.count;
        if (part == UR_PART_TRAIN && !longer && target > c->longest) c->longest = target;
        kept += !longer;
    }
    p->count = kept;
    if (kept || part != UR_PART_TRAIN) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "all pairs are longer than %zu tokens; give a larger `max-length`",
                   c->settings.max_length);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------- */

static ur_status open_pairs(ur_translate *c, ur_pairs **set, const ur_settings *settings, const char *const *paths,
                            size_t count, ur_error *error)
{
    const ur_pairs_options options = {.watcher = &settings->run.watcher,
                                      .column = {c->settings.source_column, c->settings.target_column},
                                      .header = c->settings.header,
                                      .normal_form = c->nfc};
    UR_TRY(ur_pairs_open(set, paths, count, &options, error));
    ur_pairs_watch(*set, NULL);
    return UR_OK;
}

/* Opens the training data. Two files and `val` need a third word, the target of the validation data. */
static ur_status open_training(ur_translate *c, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    size_t words = settings->data.count;
    bool pair = run->validation && words == 3;
    const char *const *paths = settings->data.text, *validation[2] = {run->validation, pair ? paths[2] : NULL};
    if (run->validation && words == 2)
        return ur_fail(error, UR_ERR_USAGE,
                       "validation data need a source and a target, too: `val` %s, then the target", run->validation);
    UR_TRY(open_pairs(c, &c->set, settings, paths, pair ? 2 : words, error));
    if (run->validation) {
        UR_TRY(open_pairs(c, &c->validation, settings, validation, pair ? 2 : 1, error));
        UR_TRY(take_all(c, UR_PART_VALIDATION, c->validation, error));
    }
    UR_TRY(share_out(c, run->validation_share, error));
    UR_TRY(ur_translate_make_vocabularies(c, error));
    UR_TRY(measure_part(c, UR_PART_TRAIN, error));
    return measure_part(c, UR_PART_VALIDATION, error);
}

static ur_status open_test(ur_translate *c, const ur_settings *settings, ur_error *error)
{
    UR_TRY(open_pairs(c, &c->set, settings, settings->data.text, settings->data.count, error));
    UR_TRY(take_all(c, UR_PART_TEST, c->set, error));
    return measure_part(c, UR_PART_TEST, error);
}

ur_status ur_translate_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_translate *c = data;
    c->settings = *(const ur_translate_settings *)settings->own;
    c->seed = settings->run.learning.seed;
    c->nfc = strcmp(c->settings.nfc, "yes") == 0;
    if (from) UR_TRY(ur_translate_take_model(c, from, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    return from ? open_test(c, settings, error) : open_training(c, settings, error);
}

/* ---- Description --------------------------------------------------------------------------------------------------- */

static void put(char *text, size_t size, const char *format, ...) UR_PRINTF(3, 4);

static void put(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

void ur_translate_describe(const void *data, char *text, size_t size)
{
    const ur_translate *c = data;
    text[0] = 0;
    put(text, size, "%s; %zu pairs to train on, %zu to validate on", ur_pairs_found(c->set),
        c->part[UR_PART_TRAIN].count, c->part[UR_PART_VALIDATION].count);
    if (c->empty) put(text, size, "; %zu with an empty text left out", c->empty);
    if (c->longer) put(text, size, "; %zu longer than %zu tokens left out", c->longer, c->settings.max_length);
    if (c->joint) put(text, size, "; %zu tokens for both sides", ur_vocabulary_size(c->side[UR_SOURCE].vocabulary));
    if (!c->joint)
        put(text, size, "; %zu tokens to read, %zu to write", ur_vocabulary_size(c->side[UR_SOURCE].vocabulary),
            ur_vocabulary_size(c->side[UR_TARGET].vocabulary));
}

uint64_t ur_translate_hash(const void *data, ur_part part)
{
    const ur_translate *c = data;
    if (part == UR_PART_TRAIN) return ur_pairs_hash(c->set);
    return part == UR_PART_VALIDATION && c->validation ? ur_pairs_hash(c->validation) : 0;
}
