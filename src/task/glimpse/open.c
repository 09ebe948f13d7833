/* Opens the pictures of a training or an evaluation, measures them, and splits them into parts. */
#include "task/glimpse/glimpse.h"

#include <stdio.h>
#include <stdlib.h>

void ur_glimpse_close(void *data)
{
    ur_glimpse *g = data;
    ur_picture_parts_close(&g->pictures);
    void *const memory[] = {(void *)g->labels, g->grey[0], g->grey[1], g->picture, g->noise,
                            g->number,         g->label,   g->share,   g->right};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

/* ---- Sizes -------------------------------------------------------------------------------------------------------- */

static ur_status check_side(const char *path, size_t rows, size_t columns, ur_error *error)
{
    if (rows <= UR_GRID_SIDE_MOST && columns <= UR_GRID_SIDE_MOST) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu; up to %d x %d are looked at", path, rows, columns,
                   UR_GRID_SIDE_MOST, UR_GRID_SIDE_MOST);
}

/* Fixes the size of what the network looks at: that of the canvas, or else of the first pictures. Pictures that have
 * this size already are not moved. */
static ur_status check_size(ur_glimpse *g, const ur_labelled *set, const char *path, ur_error *error)
{
    size_t rows = ur_labelled_rows(set), columns = ur_labelled_columns(set);
    UR_TRY(check_side(path, rows, columns, error));
    if (!g->net.rows) {
        g->net.rows = g->canvas[0] ? g->canvas[0] : rows;
        g->net.columns = g->canvas[1] ? g->canvas[1] : columns;
    }
    if (rows == g->net.rows && columns == g->net.columns) return UR_OK;
    if (g->canvas[0] && rows <= g->net.rows && columns <= g->net.columns) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu, where the network looks at %zu x %zu%s", path, rows,
                   columns, g->net.rows, g->net.columns, g->canvas[0] ? " (`place`)" : "");
}

static ur_status take_canvas(ur_glimpse *g, bool judged, ur_error *error)
{
    UR_TRY(ur_glimpse_read_canvas(&g->settings, g->canvas, error));
    if (!judged || !g->canvas[0] || (g->canvas[0] == g->net.rows && g->canvas[1] == g->net.columns)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`place` %s: the network looks at %zu x %zu", g->settings.place, g->net.rows,
                   g->net.columns);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

static ur_labelled_options options_of(const ur_glimpse *g)
{
    return (ur_labelled_options){.watcher = g->watcher,
                                 .form = "idx",
                                 .labels = g->labels,
                                 .label_count = g->net.labels,
                                 .seed = g->pictures.seed};
}

static ur_status open_set(ur_glimpse *g, const char *const *paths, size_t count, const ur_labelled_options *options,
                          ur_labelled **set, ur_error *error)
{
    UR_TRY(ur_labelled_open(set, paths, count, options, error));
    UR_TRY(check_size(g, *set, paths[0], error));
    ur_labelled_watch(*set, NULL); /* updates are not watched */
    return UR_OK;
}

static ur_status take_labels(ur_glimpse *g, ur_error *error)
{
    g->net.labels = ur_labelled_labels(g->pictures.set);
    g->labels = calloc(g->net.labels + 1, sizeof *g->labels);
    if (!g->labels) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < g->net.labels; i++) g->labels[i] = ur_labelled_label_text(g->pictures.set, i);
    return UR_OK;
}

/* Opens the training set. With --val the words are IMAGES LABELS --val IMAGES LABELS. */
static ur_status open_training(ur_glimpse *g, const ur_settings *settings, ur_error *error)
{
    const char *const *paths = settings->data.text, *validation = settings->run.validation;
    const size_t wanted = validation ? 3 : 2;
    ur_labelled_options options = options_of(g);
    if (settings->data.count != wanted)
        return ur_fail(error, UR_ERR_USAGE, "%zu files: give IMAGES and LABELS%s", settings->data.count,
                       validation ? ", and for `val` its pictures, then its labels" : ", two idx files");
    if (!validation) options.val_fraction = settings->run.validation_share;
    UR_TRY(open_set(g, paths, 2, &options, &g->pictures.set, error));
    ur_glimpse_choose_sizes(&g->net);
    UR_TRY(take_labels(g, error));
    if (!validation) return UR_OK;
    const char *const pair[] = {validation, paths[2]};
    options = options_of(g);
    return open_set(g, pair, 2, &options, &g->pictures.validation, error);
}

static ur_status open_judged(ur_glimpse *g, const ur_settings *settings, ur_error *error)
{
    const ur_labelled_options options = options_of(g);
    UR_TRY(open_set(g, settings->data.text, settings->data.count, &options, &g->pictures.set, error));
    return ur_picture_parts_judge(&g->pictures, error);
}

ur_status ur_glimpse_open_pictures(ur_glimpse *g, const char *path, ur_error *error)
{
    ur_labelled_options options = options_of(g);
    options.unlabelled = true;
    ur_labelled_close(g->pictures.set);
    g->pictures.set = NULL;
    UR_TRY(open_set(g, &path, 1, &options, &g->pictures.set, error));
    return ur_picture_parts_judge(&g->pictures, error);
}

static ur_glimpse_net net_of(const ur_glimpse_settings *s)
{
    return (ur_glimpse_net){.glimpses = s->glimpses,
                            .size = s->size,
                            .scales = s->scales,
                            .soft = s->gaze == UR_GAZE_SOFT,
                            .first_spread = s->first_spread,
                            .spread = s->spread};
}

ur_status ur_glimpse_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_glimpse *g = data;
    g->settings = *(const ur_glimpse_settings *)settings->own;
    g->pictures.seed = settings->run.learning.seed;
    g->watcher = &settings->run.watcher;
    g->net = net_of(&g->settings);
    if (g->net.soft && g->net.scales > 1)
        return ur_fail(error, UR_ERR_USAGE, "`scales` is for `gaze` hard; a soft glimpse chooses how wide it is");
    if (g->net.soft && g->settings.mean_of)
        return ur_fail(error, UR_ERR_USAGE, "`mean-of` is for `gaze` hard; soft glimpses always take the same path");
    if (from) UR_TRY(ur_glimpse_take_model(g, from, error));
    UR_TRY(take_canvas(g, from != NULL, error));
    if (!settings->data.count) return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no pictures to train on");
    UR_TRY(from ? open_judged(g, settings, error) : open_training(g, settings, error));
    UR_TRY(from ? UR_OK : ur_picture_parts_share(&g->pictures, settings->data.text[0], error));
    g->watcher = NULL;
    return UR_OK;
}

void ur_glimpse_describe(const void *data, char *text, size_t size)
{
    const ur_glimpse *g = data;
    char put[128] = "";
    if (g->canvas[0])
        snprintf(put, sizeof put, ", at random places on %zu x %zu with %zu pieces of others", g->canvas[0],
                 g->canvas[1], g->settings.clutter);
    snprintf(text, size, "pictures of %zu x %zu%s%s, %zu labels; %zu to train on, %zu to validate on",
             ur_labelled_rows(g->pictures.set), ur_labelled_columns(g->pictures.set),
             ur_labelled_channels(g->pictures.set) > 1 ? ", of colours the mean" : "", put, g->net.labels,
             g->pictures.part[UR_PART_TRAIN].count, g->pictures.part[UR_PART_VALIDATION].count);
}

uint64_t ur_glimpse_hash(const void *data, ur_part part)
{
    return ur_picture_parts_hash(&((const ur_glimpse *)data)->pictures, part);
}
