/* Opens the captions and pictures of a training or an evaluation, splits them into parts, and counts their tokens. */
#include "task/caption/caption.h"

#include "base/random.h"
#include "data/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_caption_close_set(ur_caption_set *set)
{
    ur_captions_close(set->table);
    ur_album_close(set->album);
    ur_npy_close(set->features);
}

void ur_caption_close(void *data)
{
    ur_caption_task *c = data;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(c->part[i].row);
        free(c->part[i].tokens);
        ur_order_free(&c->part[i].order);
    }
    ur_caption_close_set(&c->set);
    ur_caption_close_set(&c->validation);
    ur_caption_close_set(&c->nearest);
    if (!c->given) ur_vocabulary_free(c->vocabulary);
    ur_ids_free(&c->text);
    ur_scaling_free(&c->input.by);
    ur_caption_end_writing(c);
    ur_teaching_free(&c->teaching);
    ur_score_room_free(&c->scores);
    void *const memory[] = {c->picture, c->varied, c->values, c->at.row};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

/* The paths of a set to be opened. */
typedef struct ur_caption_paths {
    const char *table, *images, *features;
    const ur_watcher *watcher;
} ur_caption_paths;

static ur_status check_number(const ur_caption_set *set, const char *path, size_t there, ur_error *error)
{
    if (there == set->table->pictures) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu pictures, but %zu captions in %s", path, there, set->table->pictures,
                   set->table->path);
}

ur_status ur_caption_check_width(const ur_caption_task *c, const ur_npy *npy, const char *path, ur_error *error)
{
    if (!c->input.width || (npy->width == c->input.width && npy->places == c->input.places)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: features of %zu x %zu, where those of the training are %zu x %zu", path,
                   npy->places, npy->width, c->input.places, c->input.width);
}

static ur_status open_pictures(const ur_caption_task *c, ur_caption_set *set, const ur_caption_paths *p,
                               ur_error *error)
{
    const ur_album_options options = {.watcher = p->watcher,
                                      .names = (const char *const *)set->table->names,
                                      .name_count = set->table->names ? set->table->pictures : 0,
                                      .size = c->input.size,
                                      .side = c->settings.side};
    UR_TRY(ur_album_open(&set->album, p->images, &options, error));
    return check_number(set, p->images, set->album->count, error);
}

static ur_status open_set(const ur_caption_task *c, ur_caption_set *set, const ur_caption_paths *p, ur_error *error)
{
    const ur_caption_settings *s = &c->settings;
    ur_captions_options options = {.watcher = p->watcher,
                                   .caption_column = s->caption_column,
                                   .file_column = s->file_column,
                                   .header = s->header,
                                   .normal_form = strcmp(s->nfc, "yes") == 0};
    bool idx = true;
    if (!p->images && !p->features)
        return ur_fail(error, UR_ERR_USAGE, "%s: give its pictures with `images`, or `features`", p->table);
    if (p->images) UR_TRY(ur_album_look(p->images, &idx, error));
    options.files = !idx;
    UR_TRY(ur_captions_open(&set->table, p->table, &options, error));
    if (p->images) return open_pictures(c, set, p, error);
    UR_TRY(ur_npy_open(&set->features, p->features, p->watcher, error));
    UR_TRY(ur_caption_check_width(c, set->features, p->features, error));
    return check_number(set, p->features, set->features->count, error);
}

/* Refuses input of another kind than the model has, or than the training set has. */
static ur_status check_kind(const ur_caption_task *c, const ur_caption_paths *p, ur_error *error)
{
    if (c->input.size.rows && p->features)
        return ur_fail(error, UR_ERR_USAGE, "`features`: the network sees pictures; give `images`");
    if (!c->input.size.rows && c->input.width && p->images)
        return ur_fail(error, UR_ERR_USAGE, "`images`: the network takes features; give `features`");
    return UR_OK;
}

static void take_input(ur_caption_task *c)
{
    ur_caption_input *in = &c->input;
    if (c->set.album) in->size = c->set.album->size, in->places = 1, in->width = ur_picture_bytes(&in->size);
    if (c->set.features) in->places = c->set.features->places, in->width = c->set.features->width;
}

/* ---- Parts -------------------------------------------------------------------------------------------------------- */

static ur_status open_part(ur_caption_task *c, ur_part which, const ur_caption_set *set, ur_error *error)
{
    ur_caption_part *p = &c->part[which];
    p->set = set;
    p->row = calloc(set->table->count + 1, sizeof *p->row);
    p->tokens = calloc(set->table->count + 1, sizeof *p->tokens);
    return p->row && p->tokens ? UR_OK : ur_fail_memory(error, "the captions");
}

/* All captions of a picture, and of identical pictures, are in the same part. */
static bool is_held(const ur_caption_task *c, size_t picture, double share)
{
    uint64_t hash = picture;
    size_t size = ur_picture_bytes(&c->input.size);
    if (c->set.album) hash = ur_hash_bytes(UR_HASH_START, ur_album_picture(c->set.album, picture), size);
    return ur_random_uniform(c->seed, UR_USE_SPLIT, hash) < share;
}

static ur_status share_out(ur_caption_task *c, double share, ur_error *error)
{
    const ur_captions *table = c->set.table;
    UR_TRY(open_part(c, UR_PART_TRAIN, &c->set, error));
    if (!c->validation.table) UR_TRY(open_part(c, UR_PART_VALIDATION, &c->set, error));
    for (size_t i = 0; i < table->count; i++) {
        bool held = !c->validation.table && is_held(c, table->row[i].picture, share);
        ur_caption_part *p = &c->part[held ? UR_PART_VALIDATION : UR_PART_TRAIN];
        p->row[p->count++] = (uint32_t)i;
    }
    if (c->part[UR_PART_TRAIN].count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no picture is left to train on", table->path);
}

static ur_status take_all(ur_caption_task *c, ur_part which, const ur_caption_set *set, ur_error *error)
{
    ur_caption_part *p = &c->part[which];
    UR_TRY(open_part(c, which, set, error));
    for (; p->count < set->table->count; p->count++) p->row[p->count] = (uint32_t)p->count;
    return UR_OK;
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------- */

static ur_status fail_caption(const ur_captions *table, size_t row, ur_status status, ur_error *error)
{
    char where[32];
    snprintf(where, sizeof where, "line %u", (unsigned)table->row[row].line);
    ur_fail_in(error, status, where);
    return ur_fail_in(error, status, table->path);
}

static ur_status count_tokens(ur_caption_task *c, ur_error *error)
{
    const ur_caption_part *p = &c->part[UR_PART_TRAIN];
    const ur_captions *table = p->set->table;
    const ur_caption_settings *s = &c->settings;
    for (size_t i = 0; i < p->count; i++) {
        ur_status status = ur_tokens_count(&c->vocabulary, s->token, ur_caption_text_of(table, p->row[i]),
                                           table->row[p->row[i]].length, &c->text, error);
        if (status != UR_OK) return fail_caption(table, p->row[i], status, error);
    }
    size_t pieces = 600 + p->count / 10, limit = s->vocabulary_limit;
    if (!limit && strcmp(s->token, "bpe") == 0) limit = pieces < 8000 ? pieces : 8000;
    return ur_tokens_settle(&c->vocabulary, s->token, limit, s->min_count ? s->min_count : 1, error);
}

static ur_status measure_lengths(ur_caption_task *c, ur_error *error)
{
    for (size_t which = 0; which < UR_PARTS; which++) {
        ur_caption_part *p = &c->part[which];
        for (size_t i = 0; i < p->count; i++) {
            UR_TRY(ur_caption_read_row(c, p->set->table, p->row[i], error));
            p->tokens[i] = (uint32_t)c->text.count + 1;
        }
    }
    return UR_OK;
}

/* ---- All ---------------------------------------------------------------------------------------------------------- */

/* Opens the validation set. If the pictures are in a folder, the folder may hold the pictures of both tables. */
static ur_status open_validation(ur_caption_task *c, const ur_run_settings *run, ur_error *error)
{
    const ur_caption_settings *s = &c->settings;
    bool folder = s->images && c->set.table->names;
    ur_caption_paths paths = {run->validation,
                              s->val_images ? s->val_images
                              : folder      ? s->images
                                            : NULL,
                              s->val_features, &run->watcher};
    if (!run->validation && (s->val_images || s->val_features))
        return ur_fail(error, UR_ERR_USAGE, "`%s` goes with `val`, the table of their captions",
                       s->val_images ? "val-images" : "val-features");
    if (!run->validation) return UR_OK;
    UR_TRY(check_kind(c, &paths, error));
    if (!paths.images && !paths.features)
        return ur_fail(error, UR_ERR_USAGE, "%s: give its pictures with `%s`", run->validation,
                       c->input.size.rows ? "val-images" : "val-features");
    UR_TRY(open_set(c, &c->validation, &paths, error));
    return take_all(c, UR_PART_VALIDATION, &c->validation, error);
}

static ur_status open_training(ur_caption_task *c, const ur_settings *settings, ur_error *error)
{
    take_input(c);
    UR_TRY(open_validation(c, &settings->run, error));
    UR_TRY(share_out(c, settings->run.validation_share, error));
    UR_TRY(count_tokens(c, error));
    return ur_caption_measure(c, error);
}

/* Opens a table to compare with, when a model that sees pictures is evaluated. */
static ur_status open_nearest(ur_caption_task *c, const ur_run_settings *run, ur_error *error)
{
    const ur_caption_settings *s = &c->settings;
    const ur_caption_paths paths = {s->nearest, s->nearest_images, NULL, &run->watcher};
    if (!s->nearest) return UR_OK;
    if (!c->input.size.rows)
        return ur_fail(error, UR_ERR_USAGE, "`nearest` compares pictures, and the network takes features");
    if (!paths.images) return ur_fail(error, UR_ERR_USAGE, "%s: give its pictures with `nearest-images`", s->nearest);
    return open_set(c, &c->nearest, &paths, error);
}

ur_status ur_caption_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_caption_task *c = data;
    const ur_caption_settings *s = settings->own;
    c->settings = *s;
    c->seed = settings->run.learning.seed;
    if (from) UR_TRY(ur_caption_take_model(c, from, error));
    if (from && !settings->data.count) return UR_OK;
    if (settings->data.count != 1)
        return ur_fail(error, UR_ERR_USAGE, "give one table of captions, here are %zu", settings->data.count);
    ur_caption_paths paths = {settings->data.text[0], s->images, s->features, &settings->run.watcher};
    UR_TRY(check_kind(c, &paths, error));
    UR_TRY(open_set(c, &c->set, &paths, error));
    UR_TRY(from ? take_all(c, UR_PART_TEST, &c->set, error) : open_training(c, settings, error));
    if (from) UR_TRY(open_nearest(c, &settings->run, error));
    return measure_lengths(c, error);
}

void ur_caption_describe(const void *data, char *text, size_t size)
{
    const ur_caption_task *c = data;
    const ur_caption_input *in = &c->input;
    char kind[96];
    snprintf(kind, sizeof kind, "%zu features%s", in->width, in->places > 1 ? " at each of some places" : "");
    if (in->size.rows)
        snprintf(kind, sizeof kind, "pictures of %zu x %zu%s", in->size.rows, in->size.columns,
                 in->size.channels == 3 ? " in colour" : "");
    snprintf(text, size, "%s of %zu %s; %zu to train on, %zu to validate on; %zu different tokens", c->set.table->found,
             c->set.table->pictures, kind, c->part[UR_PART_TRAIN].count, c->part[UR_PART_VALIDATION].count,
             ur_vocabulary_size(c->vocabulary));
}

static uint64_t hash_set(const ur_caption_set *set)
{
    uint64_t hash = set->table->hash;
    return hash ^ (set->album ? set->album->hash : set->features->hash) * UINT64_C(0x9E3779B97F4A7C15);
}

uint64_t ur_caption_hash(const void *data, ur_part part)
{
    const ur_caption_task *c = data;
    if (part == UR_PART_TRAIN) return hash_set(&c->set);
    return part == UR_PART_VALIDATION && c->validation.table ? hash_set(&c->validation) : 0;
}
