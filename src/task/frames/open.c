/* Opens the clips of a training or an evaluation, cuts them into pieces, and splits them into parts. */
#include "task/frames/frames.h"

#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_frames_close(void *data)
{
    ur_frames *f = data;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(f->part[i].piece);
        free(f->part[i].length);
        ur_order_free(&f->part[i].order);
    }
    for (size_t i = 0; i < UR_FRAMES_SHOWN; i++) free(f->shown[i].taken);
    ur_clips_close(f->set);
    ur_clips_close(f->validation);
    ur_columns_free(&f->table);
    ur_state_free(f->state);
    ur_scaling_free(&f->input.by);
    void *const memory[] = {(void *)f->labels, (void *)f->column, f->label_weight, f->frame,  f->varied,    f->values,
                            f->targets,        f->lengths,        f->weights,      f->counts, f->confusion, f->taken,
                            f->before,         f->step,           f->probability,  f->kept};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

ur_clips_options ur_frames_options(const ur_frames *f)
{
    const ur_frames_settings *s = &f->settings;
    return (ur_clips_options){.label_column = s->label_column,
                              .header = s->header,
                              .ignore = s->ignore,
                              .relabel = s->relabel,
                              .names = s->names,
                              .video_rows = s->video_rows,
                              .colour = s->colour,
                              .seed = f->seed,
                              .labels = f->labels,
                              .label_count = f->label_count,
                              .columns = f->column,
                              .features = f->column ? f->input.numbers : 0,
                              .rows = f->input.rows,
                              .columns_of_picture = f->input.columns,
                              .channels = f->input.channels};
}

static ur_status take_labels(ur_frames *f, ur_error *error)
{
    f->label_count = ur_clips_labels(f->set);
    f->labels = calloc(f->label_count + 1, sizeof *f->labels);
    if (!f->labels) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < f->label_count; i++) f->labels[i] = ur_clips_label_text(f->set, i);
    if (f->label_count > 1) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "all frames have the label \"%s\"; there is nothing to learn",
                   f->label_count ? f->labels[0] : "");
}

static ur_status take_input(ur_frames *f, ur_error *error)
{
    ur_frames_input *in = &f->input;
    in->numbers = ur_clips_features(f->set);
    in->rows = ur_clips_rows(f->set);
    in->columns = ur_clips_columns(f->set);
    in->channels = ur_clips_channels(f->set);
    in->difference = f->settings.difference;
    if (in->rows) return UR_OK;
    f->column = calloc(in->numbers + 1, sizeof *f->column);
    if (!f->column) return ur_fail_memory(error, "the columns");
    for (size_t i = 0; i < in->numbers; i++) f->column[i] = ur_clips_column(f->set, i);
    return UR_OK;
}

/* Whether the name says that the file is idx, as it usually does. */
static bool is_idx(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strstr(slash ? slash : path, "idx") != NULL;
}

/* Opens the validation set. If the training data are a pair of files, `val` is the clips of another pair, whose labels
 * are the third word. */
static ur_status open_validation(ur_frames *f, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    const char *paths[2] = {run->validation, settings->data.count == 3 ? settings->data.text[2] : NULL};
    ur_clips_options options = ur_frames_options(f);
    if (!run->validation) return UR_OK;
    UR_TRY(ur_clips_open(&f->validation, paths, paths[1] ? 2 : 1, &options, error));
    if (ur_clips_features(f->validation) == f->input.numbers) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu numbers a frame, the training data have %zu", run->validation,
                   ur_clips_features(f->validation), f->input.numbers);
}

static ur_status open_training(ur_frames *f, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    ur_clips_options options = ur_frames_options(f);
    size_t words = settings->data.count;
    bool pair = words == 3 && run->validation && is_idx(settings->data.text[0]);
    options.val_match = f->settings.val_match;
    if (!run->validation && !options.val_match) options.val_fraction = run->validation_share;
    if (f->settings.val_fold) options.val_fraction = 0;
    f->held_share = options.val_fraction;
    if (f->settings.val_fold)
        UR_TRY(ur_val_fold_read(f->settings.val_fold, run, options.val_match, &options.fold, &options.folds, error));
    UR_TRY(ur_clips_open(&f->set, settings->data.text, pair ? 2 : words, &options, error));
    UR_TRY(take_labels(f, error));
    UR_TRY(take_input(f, error));
    return open_validation(f, settings, error);
}

static ur_status open_judged(ur_frames *f, const ur_settings *settings, ur_error *error)
{
    ur_clips_options options = ur_frames_options(f);
    UR_TRY(ur_clips_open(&f->set, settings->data.text, settings->data.count, &options, error));
    if (ur_clips_features(f->set) == f->input.numbers) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu numbers a frame, the model takes %zu", settings->data.text[0],
                   ur_clips_features(f->set), f->input.numbers);
}

/* ---- Parts -------------------------------------------------------------------------------------------------------- */

enum { JUDGED_AT_ONCE = 1024 }; /* frames of a piece */

static size_t count_pieces(const ur_clips *clips, size_t span)
{
    size_t count = 0;
    for (size_t i = 0; i < ur_clips_count(clips); i++) count += (ur_clips_frames(clips, i) + span - 1) / span;
    return count;
}

/* The frames of a clip that belong to a part: all or none. If there is only one clip, its last share is held out. */
typedef struct range {
    size_t begin, end;
} range;

static range range_of(const ur_frames *f, ur_part which, const ur_clips *clips, size_t clip, bool held, bool all)
{
    size_t frames = ur_clips_frames(clips, clip);
    bool share = !all && ur_clips_count(clips) == 1 && f->held_share > 0;
    size_t cut = frames - (size_t)(f->held_share * (double)frames);
    if (share) return which == UR_PART_TRAIN ? (range){0, cut} : (range){cut, frames};
    return all || ur_clips_held(clips, clip) == held ? (range){0, frames} : (range){0, 0};
}

/* Collects the clips of a set that are held out, or those that are not, or with `all` both. */
static ur_status make_part(ur_frames *f, ur_part which, const ur_clips *clips, bool held, bool all, ur_error *error)
{
    ur_frames_part *p = &f->part[which];
    size_t span = which == UR_PART_TRAIN ? f->settings.span : JUDGED_AT_ONCE, room = count_pieces(clips, span) + 1;
    *p = (ur_frames_part){.clips = clips};
    p->piece = calloc(room, sizeof *p->piece);
    p->length = calloc(room, sizeof *p->length);
    if (!p->piece || !p->length) return ur_fail_memory(error, "the pieces of the clips");
    for (size_t i = 0; i < ur_clips_count(clips); i++) {
        range r = range_of(f, which, clips, i, held, all);
        for (size_t first = r.begin; first < r.end; first += span) {
            p->piece[p->count] = (ur_frames_piece){(uint32_t)i, (uint32_t)first};
            p->length[p->count++] = (uint32_t)(r.end - first < span ? r.end - first : span);
        }
        p->frames += r.end - r.begin;
    }
    return UR_OK;
}

static ur_status make_parts(ur_frames *f, ur_error *error)
{
    UR_TRY(make_part(f, UR_PART_TRAIN, f->set, false, false, error));
    if (!f->part[UR_PART_TRAIN].count) return ur_fail(error, UR_ERR_DATA, "no clip is left to train on");
    if (f->validation) return make_part(f, UR_PART_VALIDATION, f->validation, false, true, error);
    return make_part(f, UR_PART_VALIDATION, f->set, true, false, error);
}

ur_status ur_frames_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_frames *f = data;
    f->settings = *(const ur_frames_settings *)settings->own;
    f->seed = settings->run.learning.seed;
    if (from) UR_TRY(ur_frames_take_model(f, from, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    UR_TRY(from ? open_judged(f, settings, error) : open_training(f, settings, error));
    if (from) return make_part(f, UR_PART_TEST, f->set, false, true, error);
    UR_TRY(make_parts(f, error));
    return ur_frames_measure(f, error);
}

void ur_frames_describe(const void *data, char *text, size_t size)
{
    const ur_frames *f = data;
    snprintf(text, size, "%s; %zu frames to train on, %zu to validate on", ur_clips_found(f->set),
             f->part[UR_PART_TRAIN].frames, f->part[UR_PART_VALIDATION].frames);
}

uint64_t ur_frames_hash(const void *data, ur_part part)
{
    const ur_frames *f = data;
    if (part == UR_PART_TRAIN) return ur_clips_hash(f->set);
    return part == UR_PART_VALIDATION && f->validation ? ur_clips_hash(f->validation) : 0;
}
