/* unroll sample with a model that paints: writes all pictures to a PNG or an idx file, an animation, or the
 * terminal. */
#include "cli/sample.h"

#include "cli/report/picture.h"
#include "cli/sample_animation.h"
#include "cli/support/json_out.h"
#include "cli/support/new_file.h"
#include "cli/train/progress.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/png.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 64, TERMINAL_COUNT = 4 };

ur_status ur_cli_painted_mosaic(const ur_painted *p, size_t frame, size_t across, ur_cli_mosaic *all, ur_error *error)
{
    const size_t each = p->given ? 2 : 1, pixels = p->rows * p->columns;
    const ur_mosaic one = ur_mosaic_of(p->count, across, p->rows, p->columns);
    all->mosaic = ur_mosaic_of(each * p->count, each * one.across, p->rows, p->columns);
    size_t places;
    bool fits = ur_mul_fits(all->mosaic.size[0], all->mosaic.size[1], &places);
    all->pixel = fits ? malloc(places) : NULL;
    if (!all->pixel) return ur_fail_memory(error, "the pictures");
    memset(all->pixel, UR_MOSAIC_GREY, places);
    for (size_t i = 0; i < p->count; i++) {
        if (p->given) ur_mosaic_put(&all->mosaic, 2 * i, p->given + i * pixels, all->pixel);
        ur_mosaic_put(&all->mosaic, each * i + each - 1, p->pixel + (i * p->frames + frame) * pixels, all->pixel);
    }
    return UR_OK;
}

ur_status ur_cli_write_file(const char *path, const unsigned char *bytes, size_t size, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    UR_TRY(ur_writer_add(&writer, bytes, size, error));
    return ur_writer_commit(&writer, error);
}

static ur_status write_png(const char *path, const ur_painted *painted, ur_error *error)
{
    ur_cli_mosaic all;
    unsigned char *file = NULL;
    size_t size;
    UR_TRY(ur_cli_painted_mosaic(painted, painted->frames - 1, 0, &all, error));
    ur_status status = ur_png_make(all.pixel, all.mosaic.size[0], all.mosaic.size[1], &file, &size, error);
    if (status == UR_OK) status = ur_cli_write_file(path, file, size, error);
    free(file);
    free(all.pixel);
    return status;
}

static unsigned char *put_size(unsigned char *to, size_t size)
{
    for (int shift = 24; shift >= 0; shift -= 8) *to++ = (unsigned char)(size >> shift);
    return to;
}

/* The format: 00 00, the type of the numbers (08: bytes), the number of sizes (03), the three sizes; then the last
 * frame of each picture. */
static ur_status write_idx(const char *path, const ur_painted *p, ur_error *error)
{
    const size_t pixels = p->rows * p->columns, size = 16 + p->count * pixels;
    unsigned char *file = malloc(size);
    if (!file) return ur_fail_memory(error, "the pictures");
    memcpy(file, "\0\0\10\3", 4);
    unsigned char *to = put_size(put_size(put_size(file + 4, p->count), p->rows), p->columns);
    for (size_t i = 0; i < p->count; i++, to += pixels)
        memcpy(to, p->pixel + ((i + 1) * p->frames - 1) * pixels, pixels);
    ur_status status = ur_cli_write_file(path, file, size, error);
    free(file);
    return status;
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), last = strlen(ending);
    return length > last && strcmp(path + length - last, ending) == 0;
}

static ur_status write_pictures(const char *path, const ur_painted *painted, ur_error *error)
{
    return (ends_in(path, ".idx") ? write_idx : write_png)(path, painted, error);
}

/* Checks that the file's ending names one of two formats, and that the file is new or may be overwritten. */
static ur_status check_file(const ur_cli_sample_settings *s, const char *path, const char *one, const char *other,
                            ur_error *error)
{
    if (!path || ends_in(path, one) || ends_in(path, other)) return ur_cli_check_new(path, s->overwrite, error);
    return ur_fail(error, UR_ERR_USAGE, "%s: give a file name that ends in %s or %s", path, one, other);
}

/* Shows as many pictures per row as fit the terminal. */
static ur_status show(const ur_painted *painted, ur_error *error)
{
    ur_cli_mosaic all;
    size_t wide = (painted->columns + UR_MOSAIC_MARGIN) * (painted->given ? 2 : 1);
    size_t across = (ur_cli_terminal_size(NULL) - UR_MOSAIC_MARGIN) / wide;
    if (across > painted->count) across = painted->count;
    UR_TRY(ur_cli_painted_mosaic(painted, painted->frames - 1, across ? across : 1, &all, error));
    ur_cli_picture_terminal(stdout, all.pixel, all.mosaic.size[0], all.mosaic.size[1]);
    free(all.pixel);
    return UR_OK;
}

static ur_status print_json(const ur_cli_sample_settings *s, const ur_painted *painted, ur_error *error)
{
    json_t *object = json_object();
    ur_cli_json_set(&object, "pictures", ur_cli_json_whole(painted->count));
    ur_cli_json_set(&object, "rows", ur_cli_json_whole(painted->rows));
    ur_cli_json_set(&object, "columns", ur_cli_json_whole(painted->columns));
    ur_cli_json_set(&object, "strokes", ur_cli_json_whole(painted->frames - 1));
    ur_cli_json_set(&object, "seed", ur_cli_json_whole(s->how.seed));
    return ur_cli_json_print(object, error);
}

static ur_status give(const ur_cli_sample_settings *s, const ur_painted *painted, ur_error *error)
{
    if (s->output) UR_TRY(write_pictures(s->output, painted, error));
    if (s->animate) UR_TRY(ur_cli_sample_animation(painted, s->animate, s->overwrite, error));
    if (s->json) return print_json(s, painted, error);
    return s->output || s->animate ? UR_OK : show(painted, error);
}

ur_status ur_cli_sample_paint(const ur_cli_sample_settings *s, const ur_model *model, ur_settings *task,
                              ur_error *error)
{
    const bool terminal = !s->output && !s->animate && !s->json;
    const size_t count = s->count ? s->count : terminal ? TERMINAL_COUNT : COUNT;
    ur_painted painted;
    UR_TRY(check_file(s, s->output, ".png", ".idx", error));
    UR_TRY(check_file(s, s->animate, ".html", ".gif", error));
    if (s->reconstruct) UR_TRY(ur_settings_add_data(task, s->reconstruct, error));
    UR_TRY(ur_paint(model, task, count, s->how.seed, &painted, error));
    ur_status status = give(s, &painted, error);
    ur_painted_free(&painted);
    return status;
}
