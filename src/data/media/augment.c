/* See augment.h. Each pixel q of the result is looked up in the source at p = R(−turn)·(q − middle −
 * shift)/scale + middle. */
#include "data/media/augment.h"
#include "data/media/between.h"

#include "base/random.h"
#include "base/scalar.h"

#include <math.h>

static double choose_within(double most, uint64_t seed, uint64_t position)
{
    return most * (2 * ur_random_uniform(seed, UR_USE_AUGMENT, position) - 1);
}

ur_warp ur_augment_choose(const ur_augment *how, uint64_t seed, uint64_t number)
{
    return (ur_warp){.down = choose_within(how->shift, seed, 4 * number),
                     .right = choose_within(how->shift, seed, 4 * number + 1),
                     .turn = choose_within(how->turn, seed, 4 * number + 2),
                     .scale = ur_exp(choose_within(ur_log(1 + how->scale), seed, 4 * number + 3))};
}

static double cos_degrees(double degrees)
{
    double turns = fabs(degrees) / 360;
    return ur_cos_turn(turns - floor(turns));
}

/* All channels at a point that may lie between pixels. */
static void look_up(const float *from, size_t rows, size_t columns, size_t channels, double y, double x, float *to)
{
    double down, right;
    size_t row = ur_find_before(y, rows, &down), column = ur_find_before(x, columns, &right);
    size_t next_row = row + 1 < rows ? row + 1 : row, next_column = column + 1 < columns ? column + 1 : column;
    const float *a = from + (row * columns + column) * channels, *b = from + (row * columns + next_column) * channels;
    const float *c = from + (next_row * columns + column) * channels;
    const float *d = from + (next_row * columns + next_column) * channels;
    for (size_t i = 0; i < channels; i++) {
        double above = (double)a[i] * (1 - right) + (double)b[i] * right;
        double below = (double)c[i] * (1 - right) + (double)d[i] * right;
        to[i] = (float)(above * (1 - down) + below * down);
    }
}

void ur_picture_warp(const float *from, size_t rows, size_t columns, size_t channels, const ur_warp *warp, float *to)
{
    double c = cos_degrees(warp->turn) / warp->scale, s = cos_degrees(warp->turn - 90) / warp->scale;
    double middle_y = (double)(rows - 1) / 2, middle_x = (double)(columns - 1) / 2;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            double y = (double)row - middle_y - warp->down, x = (double)column - middle_x - warp->right;
            look_up(from, rows, columns, channels, middle_y + c * y - s * x, middle_x + c * x + s * y,
                    to + (row * columns + column) * channels);
        }
}

void ur_picture_light(float *picture, size_t places, size_t channels, const float *mean, const ur_light *light)
{
    for (size_t i = 0; i < places * channels; i++)
        picture[i] = (picture[i] - mean[i % channels]) * light->contrast + mean[i % channels] + light->brightness;
}

void ur_picture_vary(const float *from, size_t rows, size_t columns, size_t channels, uint64_t seed, uint64_t number,
                     float *to)
{
    const ur_augment how = {.shift = (double)(rows < columns ? rows : columns) / 14, .turn = 10, .scale = 0.1};
    const ur_warp warp = ur_augment_choose(&how, seed, number);
    ur_picture_warp(from, rows, columns, channels, &warp, to);
}

uint64_t ur_augment_seed(uint64_t seed, uint64_t epoch) { return seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1); }
