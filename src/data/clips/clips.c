/* See clips.h. */
#include "data/clips/clips_body.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/watch.h"
#include "data/cursor.h"
#include "data/glob.h"
#include "data/media/picture_file.h"
#include "data/relabel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Adding ------------------------------------------------------------------------------------------------------ */

static bool sets_apart(const ur_clips *c, const ur_clips_options *o, const ur_clip *clip)
{
    const char *label;
    size_t length;
    if (o->val_match) return ur_glob(o->val_match, ur_source_name(&c->source, clip->file), &label, &length);
    if (o->folds) return c->count % o->folds == o->fold;
    return o->val_fraction > 0 && ur_random_uniform(o->seed, UR_USE_SPLIT, c->count) < o->val_fraction;
}

static ur_status make_room(ur_clips *c, ur_error *error)
{
    size_t room = c->room ? 2 * c->room : 64, bytes;
    if (c->count < c->room) return UR_OK;
    ur_clip *grown = ur_mul_fits(room, sizeof *grown, &bytes) ? realloc(c->clip, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the clips");
    c->clip = grown;
    c->room = room;
    return UR_OK;
}

ur_status ur_clips_add(ur_clips *c, const ur_clips_options *o, ur_clip clip, size_t frames, ur_error *error)
{
    UR_TRY(make_room(c, error));
    clip.first = c->frames;
    clip.frames = 0;
    clip.held = sets_apart(c, o, &clip);
    c->clip[c->count++] = clip;
    return ur_clips_extend(c, frames, error);
}

ur_status ur_clips_extend(ur_clips *c, size_t frames, ur_error *error)
{
    UR_TRY(ur_spill_grow(&c->truth_room, c->frames + frames, sizeof *c->truth, error));
    c->truth = c->truth_room.bytes;
    for (size_t i = 0; i < frames; i++) c->truth[c->frames++] = -1;
    c->clip[c->count - 1].frames += frames;
    return UR_OK;
}

ur_status ur_clips_label(ur_clips *c, const ur_clips_options *o, const char *text, size_t length, int32_t *label,
                         ur_error *error)
{
    uint32_t id;
    ur_field name = ur_relabel(o->relabel, (ur_field){text, length});
    *label = -1;
    if (length && !name.length) return UR_OK;
    UR_TRY(ur_labels_id(&c->labels, name.text, name.length, &id, error));
    *label = (int32_t)id;
    return UR_OK;
}

static ur_status unequal(const char *path, size_t labels, size_t frames, ur_error *error)
{
    return ur_fail(error, UR_ERR_DATA, "%s: %zu labels for %zu frames", path, labels, frames);
}

ur_status ur_clips_take_labels(ur_clips *c, const ur_clips_options *o, const char *path, const char *text,
                               ur_error *error)
{
    const ur_clip *clip = &c->clip[c->count - 1];
    size_t count = 0;
    for (const char *at = text, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "\n");
        ur_field label = ur_field_trim((ur_field){at, (size_t)(end - at)});
        if (!label.length && !*end) break;
        int32_t *to = count < clip->frames ? &c->truth[clip->first + count] : &(int32_t){0};
        ur_status status = label.length ? ur_clips_label(c, o, label.text, label.length, to, error) : UR_OK;
        count++;
        char place[32];
        snprintf(place, sizeof place, "line %zu", count);
        if (status != UR_OK) ur_fail_in(error, status, place);
        if (status != UR_OK) return ur_fail_in(error, status, path);
    }
    return count == clip->frames ? UR_OK : unequal(path, count, clip->frames, error);
}

enum { NUMBERS_MOST = 1 << 20 };

ur_status ur_clips_check_picture(const ur_clips *c, const ur_clips_options *o, const char *path, ur_error *error)
{
    if (!c->rows || !c->columns || !c->channels || c->rows > NUMBERS_MOST || c->columns > NUMBERS_MOST / c->rows ||
        c->channels > NUMBERS_MOST / (c->rows * c->columns))
        return ur_fail(error, UR_ERR_DATA, "%s: frames of %zu x %zu x %zu; a frame may have 1 to %d values", path,
                       c->rows, c->columns, c->channels, NUMBERS_MOST);
    if (!o->rows || (o->rows == c->rows && o->columns_of_picture == c->columns && o->channels == c->channels))
        return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: frames of %zu x %zu x %zu; the training data have %zu x %zu x %zu", path,
                   c->rows, c->columns, c->channels, o->rows, o->columns_of_picture, o->channels);
}

void ur_clips_tell(ur_clips *c)
{
    size_t used = strlen(c->found);
    snprintf(c->found + used, sizeof c->found - used, "; %zu clip%s, %zu frames, %zu labels", c->count,
             c->count == 1 ? "" : "s", c->frames, c->labels.count);
    used = strlen(c->found);
    ur_source_tell_left_out(&c->source, c->found + used, sizeof c->found - used);
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

/* Pictures and videos are recognised by their names. An idx file begins with two zero bytes, which no table does. */
static ur_status find_form(ur_clips *c, ur_error *error)
{
    size_t frames = 0, videos = 0;
    unsigned char head[2] = {1, 1};
    if (!c->source.list.count) return ur_fail(error, UR_ERR_DATA, "no files to read");
    for (size_t i = 0; i < c->source.list.count; i++) frames += ur_picture_file_named(ur_source_name(&c->source, i));
    for (size_t i = 0; i < c->source.list.count; i++) videos += ur_is_video(ur_source_name(&c->source, i));
    if (c->source.pieces[0].size >= sizeof head)
        UR_TRY(ur_source_read(&c->source, c->source.pieces[0].begin, head, sizeof head, error));
    c->form = videos               ? &ur_clips_form_videos
              : frames             ? &ur_clips_form_folders
              : head[0] || head[1] ? &ur_clips_form_csv
                                   : &ur_clips_form_idx;
    return UR_OK;
}

static ur_status fix_labels(ur_clips *c, const ur_clips_options *o, ur_error *error)
{
    return o->labels ? ur_labels_fix(&c->labels, o->labels, o->label_count, error) : UR_OK;
}

/* Sorts the labels that were numbered in the order of their discovery, and renumbers the frames. */
static ur_status settle_labels(ur_clips *c, ur_error *error)
{
    uint32_t *rank = NULL;
    if (c->labels.fixed) return UR_OK;
    ur_status status = ur_labels_settle(&c->labels, &rank, error);
    for (size_t i = 0; status == UR_OK && i < c->frames; i++)
        if (c->truth[i] >= 0) c->truth[i] = (int32_t)rank[c->truth[i]];
    free(rank);
    return status;
}

/* A random share of few clips may be empty, or may be all of them. A single clip is divided by its frames
 * instead (task/frames). */
static void hold_one(ur_clips *c, const ur_clips_options *o)
{
    size_t held = 0;
    for (size_t i = 0; i < c->count; i++) held += c->clip[i].held;
    if (!(o->val_fraction > 0)) return;
    if (!held && c->count > 1) c->clip[c->count - 1].held = true;
    if (held == c->count) c->clip[0].held = false;
}

static ur_status open_clips(ur_clips *c, const char *const *paths, size_t count, const ur_clips_options *o,
                            ur_error *error)
{
    bool labelled;
    if (o->relabel) UR_TRY(ur_relabel_check(o->relabel, error));
    if (o->val_match) UR_TRY(ur_glob_check(o->val_match, &labelled, error));
    UR_TRY(ur_source_open(&c->source, paths, count, o->watcher, error));
    UR_TRY(ur_source_settle(&c->source, error));
    UR_TRY(find_form(c, error));
    UR_TRY(fix_labels(c, o, error));
    UR_TRY(c->form->find(c, o, error));
    UR_TRY(settle_labels(c, error));
    if (!c->count) return ur_fail(error, UR_ERR_DATA, "%s: no frames in it", ur_source_path(&c->source, 0));
    hold_one(c, o);
    c->hash = ur_hash_bytes(c->hash, (const unsigned char *)c->truth, c->frames * sizeof *c->truth);
    ur_clips_tell(c);
    c->source.watcher = NULL;
    return UR_OK;
}

ur_status ur_clips_open(ur_clips **clips, const char *const *paths, size_t count, const ur_clips_options *options,
                        ur_error *error)
{
    ur_clips *c = *clips = calloc(1, sizeof *c);
    if (!c) return ur_fail_memory(error, "the clips");
    c->source.temporary = -1;
    c->hash = UR_HASH_START;
    c->value_room = c->truth_room =
        (ur_spill){.folder = options->watcher ? options->watcher->temporary : NULL, .least = options->memory};
    ur_status status = open_clips(c, paths, count, options, error);
    if (status == UR_OK) return UR_OK;
    ur_clips_close(c);
    *clips = NULL;
    return status;
}

void ur_clips_close(ur_clips *c)
{
    if (!c) return;
    ur_source_close(&c->source);
    ur_labels_free(&c->labels);
    ur_columns_free(&c->table);
    free(c->clip);
    ur_spill_free(&c->truth_room);
    ur_spill_free(&c->value_room);
    free(c);
}

/* ---- Properties -------------------------------------------------------------------------------------------------- */

size_t ur_clips_count(const ur_clips *c) { return c->count; }
size_t ur_clips_frames(const ur_clips *c, size_t clip) { return c->clip[clip].frames; }
const int32_t *ur_clips_truth(const ur_clips *c, size_t clip) { return c->truth + c->clip[clip].first; }
bool ur_clips_held(const ur_clips *c, size_t clip) { return c->clip[clip].held; }
size_t ur_clips_labels(const ur_clips *c) { return c->labels.count; }
const char *ur_clips_label_text(const ur_clips *c, size_t label) { return c->labels.by_id[label]; }
size_t ur_clips_features(const ur_clips *c) { return c->features; }
size_t ur_clips_rows(const ur_clips *c) { return c->rows; }
size_t ur_clips_columns(const ur_clips *c) { return c->columns; }
size_t ur_clips_channels(const ur_clips *c) { return c->channels; }
const char *ur_clips_found(const ur_clips *c) { return c->found; }
uint64_t ur_clips_hash(const ur_clips *c) { return c->hash; }
const char *ur_clips_column(const ur_clips *c, size_t feature) { return c->table.name ? c->table.name[feature] : NULL; }

void ur_clips_name(const ur_clips *c, size_t clip, char *text, size_t size)
{
    const ur_clip *at = &c->clip[clip];
    const char *path = ur_source_path(&c->source, at->file), *end = path + strlen(path);
    while (c->form == &ur_clips_form_folders && end > path && *end != '/') end--;
    if (c->form->unit)
        snprintf(text, size, "%s: %s %zu", path, c->form->unit, clip + 1);
    else
        snprintf(text, size, "%.*s", (int)(end - path), path);
}

ur_status ur_clips_read(const ur_clips *c, size_t clip, size_t first, size_t count, float *value, ur_error *error)
{
    return c->form->read(c, &c->clip[clip], first, count, value, error);
}
