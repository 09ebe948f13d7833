/* See picture_file.h. A picture of 8 bits a number; PNG with an alpha channel is laid over black. */
#include "data/clips/picture_file.h"

#include "base/error.h"
#include "unroll_train.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MOST = 1 << 20 };

static bool same_size(const ur_picture_file *a, const ur_picture_file *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->channels == b->channels;
}

/* ---- PGM and PPM -------------------------------------------------------------------------------------------------- */

/* A number of the head, behind blanks and comments; 0: there is none. */
static size_t read_head_number(const unsigned char *bytes, size_t size, size_t *at)
{
    size_t number = 0;
    while (*at < size && (strchr(" \t\r\n", bytes[*at]) || bytes[*at] == '#')) {
        if (bytes[*at] == '#')
            while (*at < size && bytes[*at] != '\n') ++*at;
        if (*at < size) ++*at;
    }
    for (; *at < size && bytes[*at] >= '0' && bytes[*at] <= '9'; ++*at)
        if (number <= SIDE_MOST) number = 10 * number + (size_t)(bytes[*at] - '0');
    return number;
}

static ur_status look_at_pnm(const unsigned char *bytes, size_t size, ur_picture_file *p, size_t *begin,
                             ur_error *error)
{
    size_t at = 2;
    p->channels = bytes[1] == '6' ? 3 : 1;
    p->columns = read_head_number(bytes, size, &at);
    p->rows = read_head_number(bytes, size, &at);
    size_t most = read_head_number(bytes, size, &at);
    if (p->rows < 1 || p->rows > SIDE_MOST || p->columns < 1 || p->columns > SIDE_MOST)
        return ur_fail(error, UR_ERR_FORMAT, "its head gives no size");
    if (most != 255) return ur_fail(error, UR_ERR_UNSUPPORTED, "its largest number is %zu; 255 is read", most);
    *begin = at + 1;
    if (size > at && size - at - 1 >= p->rows * p->columns * p->channels) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "it ends before its %zu x %zu places do", p->rows, p->columns);
}

static bool is_pnm(const unsigned char *bytes, size_t size)
{
    return size > 2 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6');
}

/* ---- PNG ---------------------------------------------------------------------------------------------------------- */

static bool is_png(const unsigned char *bytes, size_t size)
{
    return size > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

#ifdef UR_HAVE_PNG
#include <png.h>

static ur_status begin_png(png_image *image, const unsigned char *bytes, size_t size, ur_picture_file *p,
                           ur_error *error)
{
    *image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(image, bytes, size))
        return ur_fail(error, UR_ERR_FORMAT, "PNG: %s", image->message);
    bool colour = image->format & PNG_FORMAT_FLAG_COLOR;
    image->format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    *p = (ur_picture_file){image->height, image->width, colour ? 3 : 1};
    if (p->rows <= SIDE_MOST && p->columns <= SIDE_MOST / p->rows) return UR_OK;
    png_image_free(image);
    return ur_fail(error, UR_ERR_DATA, "a picture of %zu x %zu is too large", p->rows, p->columns);
}

static ur_status look_at_png(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    png_image image;
    UR_TRY(begin_png(&image, bytes, size, p, error));
    png_image_free(&image);
    return UR_OK;
}

static ur_status read_png(const unsigned char *bytes, size_t size, ur_picture_file *p, unsigned char **numbers,
                          ur_error *error)
{
    png_image image;
    const png_color black = {0, 0, 0};
    UR_TRY(begin_png(&image, bytes, size, p, error));
    *numbers = malloc(PNG_IMAGE_SIZE(image));
    ur_status status = *numbers ? UR_OK : ur_fail_memory(error, "a picture");
    if (status == UR_OK && !png_image_finish_read(&image, &black, *numbers, 0, NULL))
        status = ur_fail(error, UR_ERR_FORMAT, "PNG: %s", image.message);
    png_image_free(&image);
    return status;
}
#else
static ur_status no_png(ur_error *error)
{
    return ur_fail(error, UR_ERR_UNSUPPORTED, "PNG is not read by this build, which was made without libpng");
}

static ur_status look_at_png(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    (void)bytes, (void)size, (void)p;
    return no_png(error);
}

static ur_status read_png(const unsigned char *bytes, size_t size, ur_picture_file *p, unsigned char **numbers,
                          ur_error *error)
{
    (void)bytes, (void)size, (void)p, (void)numbers;
    return no_png(error);
}
#endif

bool ur_reads_png(void)
{
#ifdef UR_HAVE_PNG
    return true;
#else
    return false;
#endif
}

/* ---- Either ------------------------------------------------------------------------------------------------------- */

ur_status ur_picture_file_look(const unsigned char *bytes, size_t size, ur_picture_file *p, ur_error *error)
{
    size_t begin;
    if (is_pnm(bytes, size)) return look_at_pnm(bytes, size, p, &begin, error);
    if (is_png(bytes, size)) return look_at_png(bytes, size, p, error);
    return ur_fail(error, UR_ERR_FORMAT, "neither PNG nor binary PGM or PPM");
}

static void put_numbers(const ur_picture_file *p, const unsigned char *bytes, float *value)
{
    for (size_t i = 0; i < p->rows * p->columns * p->channels; i++) value[i] = (float)bytes[i] / 255.0f;
}

ur_status ur_picture_file_read(const unsigned char *bytes, size_t size, const ur_picture_file *wanted, float *value,
                               ur_error *error)
{
    ur_picture_file p;
    size_t begin = 0;
    unsigned char *numbers = NULL;
    ur_status status = is_pnm(bytes, size)   ? look_at_pnm(bytes, size, &p, &begin, error)
                       : is_png(bytes, size) ? read_png(bytes, size, &p, &numbers, error)
                                             : ur_fail(error, UR_ERR_FORMAT, "neither PNG nor binary PGM or PPM");
    if (status == UR_OK && !same_size(&p, wanted)) status = ur_fail(error, UR_ERR_DATA, "its size has changed");
    if (status == UR_OK) put_numbers(&p, numbers ? numbers : bytes + begin, value);
    free(numbers);
    return status;
}
