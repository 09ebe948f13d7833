/*
 * Labels frames as they arrive. A network that only looks back is stepped: a label leaves as its frame enters. A
 * network that looks both ways waits for the end of the clip: the end of the file, or an empty line.
 */
#include "task/frames/frames.h"

#include "kernel/scalar.h"
#include "task/answer_line.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ur_frames_takes_files(const void *data) { return ((const ur_frames *)data)->input.rows > 0; }

size_t ur_frames_item_size(const void *data)
{
    const ur_frames *f = data;
    return f->input.rows ? f->input.numbers : 0;
}

/* ---- Output ------------------------------------------------------------------------------------------------------- */

static void make_probabilities(ur_frames *f, const real *row)
{
    double top = (double)row[0], sum = 0, *p = f->probability;
    for (size_t i = 1; i < f->label_count; i++) top = (double)row[i] > top ? (double)row[i] : top;
    for (size_t i = 0; i < f->label_count; i++) sum += p[i] = ur_exp((double)row[i] - top);
    for (size_t i = 0; i < f->label_count; i++) p[i] /= sum;
}

static size_t find_likeliest(const ur_frames *f)
{
    size_t best = 0;
    for (size_t i = 1; i < f->label_count; i++)
        if (f->probability[i] > f->probability[best]) best = i;
    return best;
}

static json_t *answer_json(const ur_frames *f, const char *where)
{
    json_t *all = json_object(), *o = json_pack("{s:I,s:s,s:O}", "frame", (json_int_t)f->frame_number, "label",
                                                f->labels[find_likeliest(f)], "probabilities", all);
    int failed = !all || !o;
    if (where && !failed) failed = json_object_set_new(o, "where", json_string(where));
    for (size_t i = 0; !failed && i < f->label_count; i++)
        failed = json_object_set_new(all, f->labels[i], json_real(f->probability[i]));
    json_decref(all);
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

/* Writes "LABEL\t0.1234[\tWHERE\tFRAME]". The decimal point does not follow the host's locale. */
static ur_status write_line(const ur_frames *f, const char *where, const ur_sink *sink, ur_error *error)
{
    size_t best = find_likeliest(f);
    unsigned share = (unsigned)(f->probability[best] * 10000 + 0.5);
    char line[1024];
    int size = snprintf(line, sizeof line, "%.256s\t%u.%04u", f->labels[best], share / 10000, share % 10000);
    if (where) size += snprintf(line + size, sizeof line - (size_t)size, "\t%.512s\t%zu", where, f->frame_number);
    line[size++] = '\n';
    return sink->write(sink->context, line, (size_t)size, error);
}

static ur_status write_label(ur_frames *f, const real *row, const char *where, bool json, const ur_sink *sink,
                             ur_error *error)
{
    make_probabilities(f, row);
    f->frame_number++;
    return json ? ur_answer_line(answer_json(f, where), sink, error) : write_line(f, where, sink, error);
}

/* ---- Frames ------------------------------------------------------------------------------------------------------- */

/* Allocates buffers, and a state if the network can be stepped. */
static ur_status begin_answers(ur_frames *f, const ur_model *model, ur_error *error)
{
    if (f->probability) return UR_OK;
    UR_TRY(ur_frames_room(f, 1, error));
    f->before = calloc(f->input.numbers, sizeof *f->before);
    f->probability = calloc(f->label_count, sizeof *f->probability);
    if (!f->before || !f->probability) return ur_fail_memory(error, "an answer");
    if (model->line_count == 1 && ur_check_streams(model, NULL) == UR_OK)
        return ur_state_create(&f->state, model, 1, error);
    return UR_OK;
}

static ur_status wait_room(ur_frames *f, size_t frames, size_t outputs, ur_error *error)
{
    if (frames <= f->step_room) return UR_OK;
    size_t room = 2 * frames, bytes, width = ur_frames_features(&f->input) + outputs;
    bool fits = ur_mul_fits(room, width * sizeof *f->step, &bytes);
    real *grown = fits ? realloc(f->step, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the frames of a clip");
    f->step = grown;
    f->step_room = room;
    return UR_OK;
}

/* Answers all frames that wait. Their outputs are placed after the space for frames. */
static ur_status answer_waiting(ur_frames *f, ur_learner *learner, const char *where, bool json, const ur_sink *sink,
                                ur_error *error)
{
    size_t frames = f->waiting;
    real *out = f->step + f->step_room * ur_frames_features(&f->input);
    ur_batch batch = ur_frames_inputs(f, &(ur_sequences){.steps = frames, .lanes = 1, .values = f->step});
    f->waiting = 0;
    if (!frames) return UR_OK;
    UR_TRY(ur_predict(learner, &batch, out, error));
    for (size_t t = 0; t < frames; t++) UR_TRY(write_label(f, out + t * f->label_count, where, json, sink, error));
    return UR_OK;
}

static ur_status end_clip(ur_frames *f, ur_learner *learner, const char *where, bool json, const ur_sink *sink,
                          ur_error *error)
{
    ur_status status = answer_waiting(f, learner, where, json, sink, error);
    if (f->state) ur_state_reset(f->state, UR_ALL_LANES);
    f->frame_number = 0;
    return status;
}

/* Handles f->frame, which has just arrived. */
static ur_status answer_frame(ur_frames *f, ur_learner *learner, const char *where, bool json, const ur_sink *sink,
                              ur_error *error)
{
    size_t width = ur_frames_features(&f->input), at = f->state ? 0 : f->waiting;
    bool first = f->state ? f->frame_number == 0 : at == 0;
    UR_TRY(wait_room(f, at + 1, f->label_count, error));
    ur_frames_take(&f->input, f->frame, first ? NULL : f->before, f->step + at * width);
    memcpy(f->before, f->frame, f->input.numbers * sizeof *f->before);
    if (!f->state) f->waiting++;
    if (!f->state) return UR_OK;
    real *out = f->step + f->step_room * width;
    ur_step_values(learner->model, f->state, f->step, out);
    return write_label(f, out, where, json, sink, error);
}

/* ---- Items: raw frames, or rows of a table ------------------------------------------------------------------------ */

/* Finds the columns. A row that has all the names is a header. */
static ur_status learn_columns(ur_frames *f, ur_field row, bool *header, ur_error *error)
{
    ur_columns_wanted wanted = {.label = NULL,
                                .ignore = f->settings.ignore,
                                .header = "yes",
                                .feature = f->column,
                                .features = f->input.numbers};
    *header = ur_columns_find(&f->table, row, (ur_field){"", 0}, &wanted, header, NULL) == UR_OK;
    f->table_known = true;
    if (*header) return UR_OK;
    ur_columns_free(&f->table);
    wanted.header = "no";
    bool named;
    return ur_columns_find(&f->table, row, (ur_field){"", 0}, &wanted, &named, error);
}

static ur_status answer_row(ur_frames *f, ur_learner *learner, ur_field row, bool json, const ur_sink *sink,
                            ur_error *error)
{
    bool header = false;
    ur_field label;
    if (!row.length) return end_clip(f, learner, NULL, json, sink, error);
    if (!f->table_known) UR_TRY(learn_columns(f, row, &header, error));
    if (header) return UR_OK;
    UR_TRY(ur_columns_read(&f->table, row, f->frame, &label, error));
    return answer_frame(f, learner, NULL, json, sink, error);
}

ur_status ur_frames_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error)
{
    ur_frames *f = data;
    UR_TRY(begin_answers(f, learner->model, error));
    if (!item) return end_clip(f, learner, NULL, json, sink, error);
    if (!f->input.rows) return answer_row(f, learner, ur_field_trim((ur_field){item, length}), json, sink, error);
    if (length != f->input.numbers)
        return ur_fail(error, UR_ERR_DATA, "a frame of %zu bytes, the model takes %zu x %zu x %zu", length,
                       f->input.rows, f->input.columns, f->input.channels);
    for (size_t i = 0; i < length; i++) f->frame[i] = (float)((const unsigned char *)item)[i] / 255.0f;
    return answer_frame(f, learner, NULL, json, sink, error);
}

/* ---- Files -------------------------------------------------------------------------------------------------------- */

static ur_status answer_clip(ur_frames *f, ur_learner *learner, const ur_clips *clips, size_t clip, bool json,
                             const ur_sink *sink, ur_error *error)
{
    char where[512];
    ur_clips_name(clips, clip, where, sizeof where);
    for (size_t t = 0; t < ur_clips_frames(clips, clip); t++) {
        UR_TRY(ur_clips_read(clips, clip, t, 1, f->frame, error));
        UR_TRY(answer_frame(f, learner, where, json, sink, error));
    }
    return end_clip(f, learner, where, json, sink, error);
}

ur_status ur_frames_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error)
{
    ur_frames *f = data;
    ur_clips *clips;
    ur_clips_options options = ur_frames_options(f);
    options.unlabelled = true;
    UR_TRY(begin_answers(f, learner->model, error));
    UR_TRY(ur_clips_open(&clips, &path, 1, &options, error));
    ur_status status = UR_OK;
    for (size_t i = 0; i < ur_clips_count(clips) && status == UR_OK; i++)
        status = answer_clip(f, learner, clips, i, json, sink, error);
    ur_clips_close(clips);
    return status;
}

/* ---- Inspection --------------------------------------------------------------------------------------------------- */

static ur_status take_clip(ur_frames *f, const ur_clips *clips, size_t clip, ur_item *seen, ur_error *error)
{
    size_t width = ur_frames_features(&f->input), frames = ur_clips_frames(clips, clip);
    UR_TRY(ur_frames_room(f, frames, error));
    UR_TRY(wait_room(f, frames, f->label_count, error));
    UR_TRY(ur_clips_read(clips, clip, 0, frames, f->frame, error));
    for (size_t t = 0; t < frames; t++) {
        const float *frame = f->frame + t * f->input.numbers;
        ur_frames_take(&f->input, frame, t ? frame - f->input.numbers : NULL, f->step + t * width);
    }
    *seen = (ur_item){.batch = ur_frames_inputs(f, &(ur_sequences){.steps = frames, .lanes = 1, .values = f->step}),
                      .steps = frames,
                      .answers = f->lines - 1,
                      .each_step = true,
                      .apart = true};
    return UR_OK;
}

ur_status ur_frames_look(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                         ur_item *seen, ur_error *error)
{
    ur_frames *f = data;
    ur_clips *clips;
    ur_clips_options options = ur_frames_options(f);
    (void)length, (void)model;
    options.unlabelled = true;
    UR_TRY(ur_clips_open(&clips, &item, 1, &options, error));
    ur_status status = number < ur_clips_count(clips) ? take_clip(f, clips, number, seen, error)
                                                      : ur_fail(error, UR_ERR_USAGE, "%s: there is no clip %zu of %zu",
                                                                item, number + 1, ur_clips_count(clips));
    ur_clips_close(clips);
    return status;
}
