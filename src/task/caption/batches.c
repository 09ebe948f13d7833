/* Makes batches of captions of similar length, each with its picture. The decoder reads an end token and then the
 * caption. The target of each step is the next token, and after the last token the end token. Tokens outside the
 * vocabulary do not count. */
#include "task/caption/caption.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/room.h"
#include "kernel/scalar.h"

/* ---- Buffers ------------------------------------------------------------------------------------------------------ */

ur_status ur_caption_room(ur_caption_task *c, size_t lanes, ur_error *error)
{
    size_t numbers = c->input.places * c->input.width;
    UR_TRY(ur_caption_picture_room(c, error));
    if (lanes <= c->lanes) return UR_OK;
    UR_TRY(ur_room_grow(&c->values, lanes, numbers * sizeof *c->values, error));
    UR_TRY(ur_room_grow(&c->at.row, lanes, sizeof *c->at.row, error));
    c->lanes = lanes;
    return UR_OK;
}

ur_status ur_caption_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error)
{
    ur_caption_task *c = data;
    (void)error;
    c->threads = learning->threads;
    c->batch = settings->run.batch ? settings->run.batch : 32;
    *first_loss = ur_log((double)ur_vocabulary_size(c->vocabulary));
    return UR_OK;
}

/* ---- Captions ----------------------------------------------------------------------------------------------------- */

ur_status ur_caption_read_row(ur_caption_task *c, const ur_captions *table, size_t i, ur_error *error)
{
    UR_TRY(ur_tokens_read(c->vocabulary, ur_caption_text_of(table, i), table->row[i].length, &c->text, error));
    if (c->text.count > c->settings.max_length) c->text.count = c->settings.max_length;
    return UR_OK;
}

/* The tokens of the current caption. In training some are replaced by the unknown token. Pieces have no unknown token,
 * so byte 1 stands in. */
static void lay_caption(ur_caption_task *c, size_t b, bool training, uint64_t epoch, uint32_t row)
{
    int32_t unknown = ur_vocabulary_unknown(c->vocabulary);
    const ur_dropping dropping = {.share = c->settings.token_dropout,
                                  .mask = unknown >= 0 ? unknown : 1,
                                  .use = UR_USE_SHUFFLE + 1,
                                  .seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1),
                                  .number = row};
    ur_teaching_lay(&c->teaching, b, c->text.id, c->text.count, UR_TOKEN_END, unknown);
    if (training) ur_teaching_drop(&c->teaching, b, &dropping);
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_caption_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_caption_task *c = data;
    (void)epoch;
    return (c->part[part].count + c->batch - 1) / c->batch;
}

static ur_status settle_order(const ur_caption_task *c, ur_caption_part *p, ur_part part, uint64_t epoch,
                              ur_error *error)
{
    bool training = part == UR_PART_TRAIN;
    p->order.length = p->tokens;
    p->order.count = p->count;
    p->order.lanes = c->batch;
    p->order.batches = (size_t)ur_caption_batches(c, part, epoch);
    return ur_order_make(&p->order, c->seed, training ? epoch : 0, training, error);
}

static ur_status lay_row(ur_caption_task *c, ur_part part, uint64_t epoch, uint32_t row, size_t b, size_t lanes,
                         ur_error *error)
{
    const ur_caption_set *set = c->part[part].set;
    bool training = part == UR_PART_TRAIN;
    UR_TRY(ur_caption_read_row(c, set->table, row, error));
    lay_caption(c, b, training, epoch, row);
    UR_TRY(ur_caption_read_picture(c, set, set->table->row[row].picture, error));
    ur_caption_put_picture(c, training ? ur_caption_vary(c, epoch, row) : c->picture, b, lanes);
    return UR_OK;
}

static void fill_batch(const ur_caption_task *c, size_t lanes, bool training, ur_batch *batch)
{
    size_t last = c->model->line_count - 1;
    *batch = (ur_batch){.target_count = 0};
    for (size_t i = 0; i < last; i++)
        batch->input[i] = (ur_sequences){.steps = c->input.places, .lanes = lanes, .values = c->values};
    ur_teaching_fill(&c->teaching, last, training ? c->settings.label_smoothing : 0, batch);
}

ur_status ur_caption_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error)
{
    ur_caption_task *c = data;
    ur_caption_part *p = &c->part[part];
    size_t lanes, steps = 1;
    if (number == 0) c->began = ur_clock();
    UR_TRY(settle_order(c, p, part, epoch, error));
    const uint32_t *place = ur_order_batch(&p->order, number, &lanes);
    for (size_t b = 0; b < lanes; b++) steps = p->tokens[place[b]] > steps ? p->tokens[place[b]] : steps;
    UR_TRY(ur_caption_room(c, lanes, error));
    UR_TRY(ur_teaching_begin(&c->teaching, steps, lanes, error));
    c->at.part = part;
    c->at.lanes = lanes;
    for (size_t b = 0; b < lanes; b++) {
        c->at.row[b] = p->row[place[b]];
        UR_TRY(lay_row(c, part, epoch, c->at.row[b], b, lanes, error));
    }
    batch->fresh = true;
    fill_batch(c, lanes, part == UR_PART_TRAIN, &batch->network);
    return UR_OK;
}
