/*
 * Measures how good captions are: compares the one written for each picture with the expected ones. If a picture has
 * several captions, any of them will do.
 */
#include "task/caption/caption.h"

#include "base/clock.h"

#include <jansson.h>
#include <string.h>

/* ---- Sums --------------------------------------------------------------------------------------------------------- */

/* Whether a row is the first caption of its picture. Each picture is judged once, at this row. */
static bool is_first(const ur_captions *table, size_t row)
{
    return table->of_picture[table->first[table->row[row].picture]] == row;
}

/* The captions of a picture. At most UR_BLEU_WANTED of them are kept. */
typedef struct ur_wanted {
    ur_field text[UR_BLEU_WANTED];
    size_t count;
} ur_wanted;

static ur_wanted wanted_of(const ur_captions *table, uint32_t picture)
{
    ur_wanted w = {.count = 0};
    for (uint32_t i = table->first[picture]; i < table->first[picture + 1] && w.count < UR_BLEU_WANTED; i++) {
        const ur_caption *row = &table->row[table->of_picture[i]];
        w.text[w.count++] = (ur_field){table->text + row->begin, row->length};
    }
    return w;
}

static bool is_right(const ur_wanted *w, ur_field text)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->text[i].length == text.length && memcmp(w->text[i].text, text.text, text.length) == 0) return true;
    return false;
}

static uint64_t distance(const unsigned char *a, const unsigned char *b, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
    return sum;
}

/* The comparison picture that differs least, by the sum of squared differences. */
static uint32_t find_nearest(const ur_caption_task *c, const unsigned char *picture)
{
    const ur_album *album = c->nearest.album;
    size_t best = 0, size = ur_picture_bytes(&album->size);
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < album->count; i++) {
        uint64_t there = distance(picture, ur_album_picture(album, i), size);
        if (there < least) best = i;
        if (there < least) least = there;
    }
    return (uint32_t)best;
}

/* Scores the first caption of the nearest picture, as if the network had written it. */
static ur_status add_nearest(ur_caption_task *c, ur_caption_count *t, uint32_t picture, const ur_wanted *wanted,
                             ur_error *error)
{
    const ur_captions *near = c->nearest.table;
    if (!near) return UR_OK;
    size_t row = near->of_picture[near->first[find_nearest(c, ur_album_picture(c->set.album, picture))]];
    const ur_field text = {ur_caption_text_of(near, row), near->row[row].length};
    t->nearest_exact += is_right(wanted, text);
    return ur_bleu_add_any(&t->nearest_bleu, &c->scores, false, text, wanted->text, wanted->count, error);
}

static ur_status add_picture(ur_caption_task *c, ur_caption_count *t, const ur_captions *table, uint32_t picture,
                             ur_error *error)
{
    const ur_wanted wanted = wanted_of(table, picture);
    const ur_field text = {c->written.text, c->written.length};
    t->pictures++;
    t->exact += is_right(&wanted, text);
    UR_TRY(add_nearest(c, t, picture, &wanted, error));
    return ur_bleu_add_any(&t->bleu, &c->scores, false, text, wanted.text, wanted.count, error);
}

/* Puts the pictures of the current batch that are judged here side by side into c->values. *count is their number. */
static ur_status gather_pictures(ur_caption_task *c, size_t *count, ur_error *error)
{
    const ur_caption_set *set = c->part[c->at.part].set;
    size_t lanes = 0, b = 0;
    for (size_t i = 0; i < c->at.lanes; i++) lanes += is_first(set->table, c->at.row[i]);
    for (size_t i = 0; i < c->at.lanes; i++) {
        if (!is_first(set->table, c->at.row[i])) continue;
        UR_TRY(ur_caption_read_picture(c, set, set->table->row[c->at.row[i]].picture, error));
        ur_caption_put_picture(c, c->picture, b++, lanes);
    }
    *count = lanes;
    return UR_OK;
}

ur_status ur_caption_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_caption_task *c = data;
    ur_caption_count *t = tally;
    const ur_captions *table = c->part[c->at.part].set->table;
    size_t lanes, b = 0;
    (void)out, (void)batch;
    t->captions += c->at.lanes;
    UR_TRY(gather_pictures(c, &lanes, error));
    if (!lanes) return UR_OK;
    UR_TRY(ur_caption_write_besides(c, lanes, error));
    for (size_t i = 0; i < c->at.lanes; i++) {
        if (!is_first(table, c->at.row[i])) continue;
        UR_TRY(ur_caption_text(c, b++, 0, error));
        UR_TRY(add_picture(c, t, table, table->row[c->at.row[i]].picture, error));
    }
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------ */

static double share(size_t part, size_t whole) { return (double)part / (double)(whole ? whole : 1); }

static ur_status tell_more(const ur_caption_task *c, const ur_caption_count *t, json_t *more, ur_error *error)
{
    double seconds = ur_clock() - c->began;
    int failed = json_object_set_new(more, "images", json_integer((json_int_t)t->pictures));
    if (t->captions != t->pictures)
        failed |= json_object_set_new(more, "captions", json_integer((json_int_t)t->captions));
    failed |=
        json_object_set_new(more, "images_per_second", json_real(seconds > 0 ? (double)t->pictures / seconds : 0));
    if (c->nearest.table) {
        failed |= json_object_set_new(more, "nearest_bleu", json_real(ur_bleu_score(&t->nearest_bleu)));
        failed |= json_object_set_new(more, "nearest_exact", json_real(share(t->nearest_exact, t->pictures)));
    }
    failed |= json_object_set_new(more, "bleu_signature",
                                  json_string(t->captions == t->pictures ? UR_BLEU_SIGNATURE : UR_BLEU_ANY_SIGNATURE));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_caption_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error)
{
    const ur_caption_count *t = tally;
    metric[0] = ur_bleu_score(&t->bleu);
    metric[1] = share(t->exact, t->pictures);
    metric[2] = all->sum / (double)(all->count ? all->count : 1);
    return more ? tell_more(data, t, more, error) : UR_OK;
}
