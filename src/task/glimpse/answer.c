/*
 * Answers pictures without labels: the label of each, its probability, and the path of the glimpses. An object also has
 * the answer after each glimpse and, with `seen`, the picture and what was seen of it.
 */
#include "task/glimpse/glimpse.h"

#include "task/answer_line.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 32, TEXT = 512 };

bool ur_glimpse_takes_files(const void *data)
{
    (void)data;
    return true;
}

ur_status ur_glimpse_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                            const ur_sink *sink, ur_error *error)
{
    (void)data, (void)learner, (void)length, (void)json, (void)sink;
    return item ? ur_fail(error, UR_ERR_UNSUPPORTED, "this model reads pictures, and not text") : UR_OK;
}

/* ---- One picture -------------------------------------------------------------------------------------------------- */

/* The pictures that were looked at, and one lane of them. */
typedef struct answer {
    ur_glimpse *g;
    const ur_looking *looking;
    size_t lane;
    char where[TEXT]; /* name of the picture */
} answer;

typedef struct spot {
    double row, column, side;
} spot;

/* The square of a glimpse, at its widest scale. */
static spot spot_of(const answer *a, size_t t)
{
    const ur_glimpse_net *n = a->looking->net;
    const ur_tensor *place = a->looking->at[t].place;
    const real *at = place->value + a->lane * place->row;
    const ur_grid grid = {n->rows, n->columns, 1, n->size};
    const ur_retina retina = {n->rows, n->columns, n->size, n->scales};
    if (n->soft) {
        ur_grid_spot s = ur_grid_spot_of(&grid, at);
        return (spot){s.row, s.column, s.apart * (double)(n->size - 1)};
    }
    ur_retina_square s = ur_retina_square_of(&retina, at, n->scales - 1);
    const double half = ((double)s.side - 1) / 2;
    return (spot){(double)s.row + half, (double)s.column + half, (double)s.side};
}

static size_t label_at(const answer *a, size_t t, double *share)
{
    const size_t lanes = a->looking->lanes, label = ur_glimpse_decide(a->g, t, lanes, a->lane);
    *share = a->g->share[(t * lanes + a->lane) * a->g->net.labels + label];
    return label;
}

/* ---- A line ------------------------------------------------------------------------------------------------------- */

/* Writes a number with one decimal. The decimal point does not follow the host's locale. A soft glimpse may be far
 * away, so the number is bounded. */
static int write_tenths(double x, char *text, size_t size)
{
    const double most = 1e6;
    x = x > most ? most : x < -most ? -most : x;
    long tenths = (long)(fabs(x) * 10 + 0.5);
    return snprintf(text, size, "%s%ld.%ld", x < 0 && tenths ? "-" : "", tenths / 10, tenths % 10);
}

/* Writes "13.5,13.5 8.5,17.5 …": row and column of the middle of each glimpse. */
static void write_path(const answer *a, char *text, size_t size)
{
    size_t at = 0;
    for (size_t t = 0; t < a->g->net.glimpses; t++) {
        spot s = spot_of(a, t);
        at += (size_t)snprintf(text + at, size - at, "%s", t ? " " : "");
        at += (size_t)write_tenths(s.row, text + at, size - at);
        at += (size_t)snprintf(text + at, size - at, ",");
        at += (size_t)write_tenths(s.column, text + at, size - at);
    }
}

static ur_status write_line(const answer *a, const ur_sink *sink, ur_error *error)
{
    double share;
    char path[32 * UR_GLIMPSES_MOST], line[sizeof path + UR_LABEL_BYTES + TEXT + 32];
    const char *label = a->g->labels[label_at(a, a->g->net.glimpses - 1, &share)];
    unsigned sure = (unsigned)(share * 10000 + 0.5);
    write_path(a, path, sizeof path);
    int size = snprintf(line, sizeof line, "%s\t%u.%04u\t%s\t%s\n", label, sure / 10000, sure % 10000, path, a->where);
    return sink->write(sink->context, line, (size_t)size, error);
}

/* ---- An object ---------------------------------------------------------------------------------------------------- */

/* Converts numbers from 0 to 1 to 0 to 255. */
static json_t *greys_json(const real *grey, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        double shade = (double)grey[i] < 0 ? 0 : (double)grey[i] > 1 ? 255 : (double)grey[i] * 255 + 0.5;
        if (json_array_append_new(list, json_integer((json_int_t)shade)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *glimpse_json(const answer *a, size_t t)
{
    const ur_tensor *seen = a->looking->at[t].seen;
    spot s = spot_of(a, t);
    double share;
    const char *label = a->g->labels[label_at(a, t, &share)];
    json_t *o = json_pack("{s:f,s:f,s:f,s:s,s:f}", "row", s.row, "column", s.column, "side", s.side, "label", label,
                          "probability", share);
    if (!o || !a->g->settings.seen) return o;
    if (json_object_set_new(o, "seen", greys_json(seen->value + a->lane * seen->row, seen->width)) == 0) return o;
    json_decref(o);
    return NULL;
}

static json_t *path_json(const answer *a)
{
    json_t *list = json_array();
    for (size_t t = 0; list && t < a->g->net.glimpses; t++) {
        if (json_array_append_new(list, glimpse_json(a, t)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *shares_json(const answer *a)
{
    const ur_glimpse_net *n = &a->g->net;
    const double *share = a->g->share + ((n->glimpses - 1) * a->looking->lanes + a->lane) * n->labels;
    json_t *all = json_object();
    for (size_t i = 0; all && i < n->labels; i++) {
        if (json_object_set_new(all, a->g->labels[i], json_real(share[i])) == 0) continue;
        json_decref(all);
        return NULL;
    }
    return all;
}

static int add_picture(const answer *a, json_t *o)
{
    const ur_glimpse_net *n = &a->g->net;
    int failed = json_object_set_new(o, "rows", json_integer((json_int_t)n->rows));
    failed |= json_object_set_new(o, "columns", json_integer((json_int_t)n->columns));
    failed |= json_object_set_new(o, "size", json_integer((json_int_t)n->size));
    failed |= json_object_set_new(o, "scales", json_integer((json_int_t)n->scales));
    failed |= json_object_set_new(
        o, "picture", greys_json(a->g->picture + a->lane * ur_glimpse_pixels(a->g), ur_glimpse_pixels(a->g)));
    return failed;
}

static json_t *answer_json(const answer *a)
{
    double share;
    const char *label = a->g->labels[label_at(a, a->g->net.glimpses - 1, &share)];
    json_t *o = json_pack("{s:s,s:f}", "label", label, "probability", share);
    int failed = !o || json_object_set_new(o, "probabilities", shares_json(a)) ||
                 json_object_set_new(o, "path", path_json(a)) ||
                 json_object_set_new(o, "where", json_string(a->where)) || (a->g->settings.seen && add_picture(a, o));
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

/* ---- A file ------------------------------------------------------------------------------------------------------- */

static ur_status read_pictures(ur_glimpse *g, size_t first, size_t lanes, ur_error *error)
{
    const ur_picture_part *p = &g->pictures.part[UR_PART_TEST];
    UR_TRY(ur_glimpse_room(g, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        g->number[b] = (uint32_t)(first + b);
        UR_TRY(ur_glimpse_picture(g, p, g->number[b], 0, g->picture + b * ur_glimpse_pixels(g), error));
    }
    return UR_OK;
}

static ur_status write_answer(answer *a, bool json, const ur_sink *sink, ur_error *error)
{
    double share;
    label_at(a, a->g->net.glimpses - 1, &share);
    if (!isfinite(share)) return ur_fail(error, UR_ERR_NUMERIC, "%s: the network's output is not finite", a->where);
    return json ? ur_answer_line(answer_json(a), sink, error) : write_line(a, sink, error);
}

static ur_status answer_some(ur_glimpse *g, ur_learner *learner, size_t first, size_t lanes, bool json,
                             const ur_sink *sink, ur_error *error)
{
    ur_tape tape;
    ur_value values[UR_LINES_MAX];
    UR_TRY(read_pictures(g, first, lanes, error));
    ur_tape_begin(&tape, &learner->compute, &learner->arena, false);
    ur_looking looking = {.net = &g->net, .model = learner->model, .tape = &tape, .values = values, .lanes = lanes};
    ur_status status = ur_glimpse_judge(g, &looking) ? UR_OK : ur_tape_status(&tape, error);
    answer a = {.g = g, .looking = &looking};
    for (a.lane = 0; a.lane < lanes && status == UR_OK; a.lane++) {
        ur_labelled_name(g->pictures.part[UR_PART_TEST].set, first + a.lane, a.where, sizeof a.where);
        status = write_answer(&a, json, sink, error);
    }
    ur_arena_reset(&learner->arena);
    return status;
}

ur_status ur_glimpse_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                 ur_error *error)
{
    ur_glimpse *g = data;
    UR_TRY(ur_glimpse_open_pictures(g, path, error));
    const size_t count = g->pictures.part[UR_PART_TEST].count;
    for (size_t first = 0; first < count; first += LANES)
        UR_TRY(answer_some(g, learner, first, count - first < LANES ? count - first : LANES, json, sink, error));
    return UR_OK;
}
