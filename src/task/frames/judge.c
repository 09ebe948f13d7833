/*
 * Measures labels of frames. By frame: accuracy and macro-F1, the mean over all labels of 2PR/(P + R). By clip: the
 * edit distance (Levenshtein 1966) between the predicted and the true sequence of labels, in which equal neighbours are
 * merged; its sum over all clips is divided by the number of labels in the true sequences. A clip of more than 1024
 * frames is judged in pieces.
 */
#include "task/frames/frames.h"

#include "task/label_counts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- Sums --------------------------------------------------------------------------------------------------------- */

static size_t find_largest(const real *row, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (row[i] > row[best]) best = i;
    return best;
}

/* Merges equal neighbours, and skips frames without a true label. */
static size_t join_runs(const int32_t *label, size_t count, const int32_t *truth, int32_t *to)
{
    size_t runs = 0;
    for (size_t t = 0; t < count; t++)
        if (truth[t] >= 0 && (!runs || to[runs - 1] != label[t])) to[runs++] = label[t];
    return runs;
}

/* `row` has b_count + 1 numbers. row[j] is the distance between a[0 … i) and b[0 … j). */
static size_t edit_distance(const int32_t *a, size_t a_count, const int32_t *b, size_t b_count, uint32_t *row)
{
    for (size_t j = 0; j <= b_count; j++) row[j] = (uint32_t)j;
    for (size_t i = 1; i <= a_count; i++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= b_count; j++) {
            uint32_t least = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < least) least = row[j] + 1;
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[b_count];
}

/* Makes space for the predicted labels of a piece, two sequences of runs, and a row of the edit distance. */
static ur_status make_room(ur_frames *f, size_t frames, ur_error *error)
{
    if (frames <= f->taken_room) return UR_OK;
    int32_t *grown = realloc(f->taken, 4 * (frames + 1) * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "an evaluation");
    f->taken = grown;
    f->taken_room = frames;
    return UR_OK;
}

static ur_status show_piece(ur_frames *f, uint32_t piece, size_t frames, ur_error *error)
{
    if (f->shown_count == UR_FRAMES_SHOWN) return UR_OK;
    int32_t *kept = realloc(f->shown[f->shown_count].taken, frames * sizeof *kept);
    if (!kept) return ur_fail_memory(error, "an evaluation");
    memcpy(kept, f->taken, frames * sizeof *kept);
    f->shown[f->shown_count].taken = kept;
    f->shown[f->shown_count].piece = piece;
    f->shown[f->shown_count++].frames = (uint32_t)frames;
    return UR_OK;
}

static void add_frame(ur_frames *f, ur_frames_tally *t, size_t there, size_t taken)
{
    t->frames++;
    t->right += there == taken;
    f->counts[3 * there] += there == taken;
    f->counts[3 * taken + 1]++;
    f->counts[3 * there + 2]++;
    f->confusion[there * f->label_count + taken]++;
}

static ur_status add_lane(ur_frames *f, ur_frames_tally *t, const ur_tensor *y, size_t b, uint32_t piece,
                          ur_error *error)
{
    size_t frames = (size_t)f->lengths[b], room;
    UR_TRY(make_room(f, frames, error));
    room = f->taken_room + 1;
    int32_t *taken = f->taken, *truth = taken + room, *runs = truth + room;
    for (size_t i = 0; i < frames; i++) {
        taken[i] = (int32_t)find_largest(y->value + (i * y->lanes + b) * y->row, f->label_count);
        truth[i] = f->targets[i * y->lanes + b];
        if (truth[i] >= 0) add_frame(f, t, (size_t)truth[i], (size_t)taken[i]);
    }
    UR_TRY(show_piece(f, piece, frames, error));
    size_t found = join_runs(taken, frames, truth, runs), wanted = join_runs(truth, frames, truth, truth);
    t->distance += edit_distance(runs, found, truth, wanted, (uint32_t *)(runs + room));
    t->runs += wanted;
    return UR_OK;
}

ur_status ur_frames_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error)
{
    ur_frames *f = data;
    ur_frames_tally *t = tally;
    const ur_tensor *y = out[f->lines - 1].y;
    const uint32_t *piece = batch->extra;
    if (!t->frames) {
        memset(f->counts, 0, 3 * f->label_count * sizeof *f->counts);
        memset(f->confusion, 0, f->label_count * f->label_count * sizeof *f->confusion);
        f->shown_count = 0;
    }
    for (size_t b = 0; b < y->lanes; b++) UR_TRY(add_lane(f, t, y, b, piece[b], error));
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------ */

static const ur_frames_part *judged_part(const ur_frames *f)
{
    return f->part[UR_PART_TEST].clips ? &f->part[UR_PART_TEST] : &f->part[UR_PART_VALIDATION];
}

/* [label, frames] for each run of equal labels. −1 stands for no label. */
static json_t *runs_json(const int32_t *label, size_t count)
{
    json_t *list = json_array();
    int failed = !list;
    for (size_t t = 0, end; !failed && t < count; t = end) {
        for (end = t + 1; end < count && label[end] == label[t]; end++) continue;
        failed = json_array_append_new(list, json_pack("[i,I]", (int)label[t], (json_int_t)(end - t)));
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static json_t *shown_json(const ur_frames *f)
{
    const ur_frames_part *p = judged_part(f);
    json_t *list = json_array();
    int failed = !list;
    for (size_t i = 0; !failed && i < f->shown_count; i++) {
        const ur_frames_piece *piece = &p->piece[f->shown[i].piece];
        const int32_t *truth = ur_clips_truth(p->clips, piece->clip) + piece->first;
        char where[512];
        ur_clips_name(p->clips, piece->clip, where, sizeof where);
        failed = json_array_append_new(list,
                                       json_pack("{s:s,s:I,s:o,s:o}", "where", where, "first", (json_int_t)piece->first,
                                                 "truth", runs_json(truth, f->shown[i].frames), "taken",
                                                 runs_json(f->shown[i].taken, f->shown[i].frames)));
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static json_t *labels_json(const ur_frames *f)
{
    json_t *list = json_array();
    int failed = !list;
    for (size_t i = 0; !failed && i < f->label_count; i++)
        failed = json_array_append_new(list, json_string(f->labels[i]));
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

ur_status ur_frames_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error)
{
    const ur_frames *f = data;
    const ur_frames_tally *t = tally;
    if (!t->frames) return ur_fail(error, UR_ERR_DATA, "there are no frames with labels to judge");
    metric[0] = (double)t->right / (double)t->frames;
    metric[1] = ur_macro_f1(f->counts, f->label_count);
    metric[2] = (double)t->distance / (double)(t->runs ? t->runs : 1);
    metric[3] = all->sum / (double)(all->count ? all->count : 1);
    if (!more) return UR_OK;
    int failed = json_object_set_new(more, "frames", json_integer((json_int_t)t->frames));
    failed |= json_object_set_new(more, "labels", labels_json(f));
    failed |= json_object_set_new(more, "confusion", ur_confusion_json(f->confusion, f->label_count));
    failed |= json_object_set_new(more, "clips", shown_json(f));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}
