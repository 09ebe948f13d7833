/* See scale.h. Rows are scaled first, into a picture with the old width and the new height; then columns. */
#include "data/media/scale.h"

#include "base/error.h"
#include "data/media/between.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* The source pixels that make up one target pixel: `count` of them from `first` on. Their weights add up to 1. */
typedef struct cover {
    size_t first, count;
    double head, body, tail; /* weights of the first, the inner, and the last pixels */
} cover;

static cover cover_shorter(size_t at, size_t count, size_t wanted)
{
    double side = (double)count / (double)wanted, begin = (double)at * side, end = (double)(at + 1) * side;
    size_t first = (size_t)begin, last = (size_t)ceil(end) - 1;
    if (last >= count) last = count - 1;
    cover c = {first, last - first + 1, ((double)(first + 1) - begin) / side, 1 / side, (end - (double)last) / side};
    return c;
}

static cover cover_longer(size_t at, size_t count, size_t wanted)
{
    double behind;
    size_t first = ur_find_before(((double)at + 0.5) * (double)count / (double)wanted - 0.5, count, &behind);
    if (first + 1 == count) return (cover){first, 1, 1, 0, 0};
    return (cover){first, 2, 1 - behind, 0, behind};
}

static cover cover_of(size_t at, size_t count, size_t wanted)
{
    return wanted < count ? cover_shorter(at, count, wanted) : cover_longer(at, count, wanted);
}

static double weight_of(const cover *c, size_t i) { return i == 0 ? c->head : i + 1 == c->count ? c->tail : c->body; }

/* The grey of a coloured pixel, or the number itself. */
static double look_up(const unsigned char *place, size_t channels, size_t channel, size_t wanted)
{
    if (channels == 3 && wanted == 1) return 0.299 * place[0] + 0.587 * place[1] + 0.114 * place[2];
    return place[channels == 1 ? 0 : channel];
}

/* middle: (wanted rows, columns, wanted channels). */
static void scale_rows(const unsigned char *from, const ur_picture_size *size, double *middle,
                       const ur_picture_size *wanted)
{
    for (size_t r = 0; r < wanted->rows; r++) {
        cover c = cover_of(r, size->rows, wanted->rows);
        for (size_t column = 0; column < size->columns; column++)
            for (size_t k = 0; k < wanted->channels; k++, middle++) {
                *middle = 0;
                for (size_t i = 0; i < c.count; i++) {
                    const unsigned char *place = from + ((c.first + i) * size->columns + column) * size->channels;
                    *middle += weight_of(&c, i) * look_up(place, size->channels, k, wanted->channels);
                }
            }
    }
}

static void scale_columns(const double *middle, size_t columns, unsigned char *to, const ur_picture_size *wanted)
{
    for (size_t r = 0; r < wanted->rows; r++)
        for (size_t column = 0; column < wanted->columns; column++) {
            cover c = cover_of(column, columns, wanted->columns);
            for (size_t k = 0; k < wanted->channels; k++, to++) {
                double sum = 0;
                for (size_t i = 0; i < c.count; i++)
                    sum += weight_of(&c, i) * middle[(r * columns + c.first + i) * wanted->channels + k];
                *to = (unsigned char)(sum < 0 ? 0 : sum > 255 ? 255 : sum + 0.5);
            }
        }
}

ur_status ur_picture_scale(const unsigned char *from, const ur_picture_size *size, unsigned char *to,
                           const ur_picture_size *wanted, ur_error *error)
{
    bool alike = size->channels == wanted->channels || (size->channels == 1 && wanted->channels == 3) ||
                 (size->channels == 3 && wanted->channels == 1);
    if (!alike)
        return ur_fail(error, UR_ERR_DATA, "a picture of %zu channels; %zu are needed", size->channels,
                       wanted->channels);
    double *middle = calloc(wanted->rows * size->columns * wanted->channels, sizeof *middle);
    if (!middle) return ur_fail_memory(error, "a picture");
    scale_rows(from, size, middle, wanted);
    scale_columns(middle, size->columns, to, wanted);
    free(middle);
    return UR_OK;
}
