/* Opens the pictures of a training or an evaluation, splits them into parts, and records them in the model. */
#include "task/draw/draw.h"

#include "format/record.h"
#include "kernel/scalar.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

void ur_draw_close(void *data)
{
    ur_draw *d = data;
    ur_picture_parts_close(&d->pictures);
    void *const memory[] = {d->picture, d->ones, d->noise, d->number, d->first, d->kl, d->kl_sum, d->text, d->pixel};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

static const char *const NO_LABEL[] = {"picture"};

static ur_labelled_options options_of(const ur_draw *d, const ur_settings *settings)
{
    return (ur_labelled_options){.watcher = &settings->run.watcher,
                                 .form = "idx",
                                 .unlabelled = true,
                                 .labels = NO_LABEL,
                                 .label_count = 1,
                                 .seed = d->pictures.seed};
}

static ur_status check_size(const ur_draw *d, const ur_labelled *set, const char *path, ur_error *error)
{
    size_t rows = ur_labelled_rows(set), columns = ur_labelled_columns(set);
    if (rows > UR_GRID_SIDE_MOST || columns > UR_GRID_SIDE_MOST)
        return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu; up to %d x %d are painted", path, rows, columns,
                       UR_GRID_SIDE_MOST, UR_GRID_SIDE_MOST);
    if (!d->net.rows || (rows == d->net.rows && columns == d->net.columns)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu, where those of the training are %zu x %zu", path,
                   rows, columns, d->net.rows, d->net.columns);
}

static ur_status open_set(ur_draw *d, const char *const *paths, size_t count, const ur_labelled_options *options,
                          ur_labelled **set, ur_error *error)
{
    UR_TRY(ur_labelled_open(set, paths, count, options, error));
    UR_TRY(check_size(d, *set, paths[0], error));
    ur_labelled_watch(*set, NULL); /* updates are not watched */
    d->net.rows = ur_labelled_rows(*set);
    d->net.columns = ur_labelled_columns(*set);
    return UR_OK;
}

static ur_status open_all(ur_draw *d, const ur_settings *settings, bool judged, ur_error *error)
{
    const char *const *paths = settings->data.text, *validation = settings->run.validation;
    ur_labelled_options options = options_of(d, settings);
    if (!judged && !validation) options.val_fraction = settings->run.validation_share;
    UR_TRY(open_set(d, paths, settings->data.count, &options, &d->pictures.set, error));
    if (judged || !validation) return UR_OK;
    options.val_fraction = 0;
    return open_set(d, &validation, 1, &options, &d->pictures.validation, error);
}

/* ---- The model's file --------------------------------------------------------------------------------------------- */

ur_status ur_draw_record(void *data, ur_model *model, ur_error *error)
{
    ur_draw *d = data;
    char hash[24];
    UR_TRY(ur_draw_find_lines(&d->net, model, error));
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_labelled_hash(d->pictures.set));
    UR_TRY(ur_record_set(
        model, "trained_on",
        json_pack("{s:s,s:I}", "hash", hash, "pictures", (json_int_t)d->pictures.part[UR_PART_TRAIN].count), error));
    return ur_record_set(model, "input",
                         json_pack("{s:I,s:I}", "rows", (json_int_t)d->net.rows, "columns", (json_int_t)d->net.columns),
                         error);
}

static size_t read_size(const ur_model *model, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(json_object_get(model->record, "input"), key));
    return size > 0 && size <= UR_GRID_SIDE_MOST ? (size_t)size : 0;
}

static ur_status take_model(ur_draw *d, const ur_model *model, ur_error *error)
{
    d->net.rows = read_size(model, "rows");
    d->net.columns = read_size(model, "columns");
    if (!d->net.rows || !d->net.columns)
        return ur_fail(error, UR_ERR_DATA, "the model's record does not say how large its pictures are");
    return ur_draw_find_lines(&d->net, model, error);
}

ur_status ur_draw_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_draw *d = data;
    const ur_draw_settings *s = settings->own;
    d->settings = *s;
    d->pictures.seed = settings->run.learning.seed;
    d->net = (ur_draw_net){
        .strokes = s->strokes, .latent = s->latent, .read_size = s->read_size, .write_size = s->write_size};
    if (from) UR_TRY(take_model(d, from, error));
    if (!settings->data.count) return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no pictures to train on");
    UR_TRY(open_all(d, settings, from != NULL, error));
    if (from) return ur_picture_parts_judge(&d->pictures, error);
    return ur_picture_parts_share(&d->pictures, settings->data.text[0], error);
}

void ur_draw_describe(const void *data, char *text, size_t size)
{
    const ur_draw *d = data;
    static const char *const HOW[] = {"black or white by chance, once", "black or white by chance, anew each time",
                                      "white from a half on"};
    snprintf(text, size, "pictures of %zu x %zu%s, %s; %zu to train on, %zu to validate on", d->net.rows,
             d->net.columns, ur_labelled_channels(d->pictures.set) > 1 ? ", of colours the mean" : "",
             HOW[d->settings.binarise], d->pictures.part[UR_PART_TRAIN].count,
             d->pictures.part[UR_PART_VALIDATION].count);
}

uint64_t ur_draw_hash(const void *data, ur_part part)
{
    return ur_picture_parts_hash(&((const ur_draw *)data)->pictures, part);
}
