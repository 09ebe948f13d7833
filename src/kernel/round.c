/* See round.h. */
#include "kernel/round.h"

uint16_t ur_to_bf16(real w)
{
    float f = (float)w;
    uint32_t bits;
    memcpy(&bits, &f, 4);
    if (isnan(f)) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

real ur_from_bf16(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float f;
    memcpy(&f, &wide, 4);
    return (real)f;
}

enum { UR_SCALE_CUT = 0x7f }; /* the last 7 of the 24 bits of a float */

float ur_int8_scale(const real *row, size_t width)
{
    float most = 0;
    for (size_t i = 0; i < width; i++) {
        float size = fabsf((float)row[i]);
        if (!isfinite(size)) return NAN;
        if (size > most) most = size;
    }
    float scale = most / 127;
    uint32_t bits;
    memcpy(&bits, &scale, 4);
    bits &= ~(uint32_t)UR_SCALE_CUT;
    memcpy(&scale, &bits, 4);
    return scale;
}

signed char ur_to_int8(real w, float scale)
{
    if (!(scale > 0)) return 0;
    double whole = (double)w / (double)scale + 0x1.8p52 - 0x1.8p52; /* nearest, ties to even */
    return (signed char)(whole > 127 ? 127 : whole < -127 ? -127 : whole);
}

bool ur_int8_sound(const signed char *row, size_t width, float scale)
{
    uint32_t bits;
    int most = 0;
    memcpy(&bits, &scale, 4);
    for (size_t i = 0; i < width; i++) {
        int size = row[i] < 0 ? -row[i] : row[i];
        if (size > most) most = size;
    }
    bool right = isfinite(scale) && scale >= 0 && !signbit(scale) && !(bits & UR_SCALE_CUT);
    return right && isfinite(scale * 127) && most == (scale > 0 ? 127 : 0);
}

static void round_row(real *w, size_t width, ur_weights weights)
{
    if (weights == UR_WEIGHTS_BF16)
        for (size_t i = 0; i < width; i++) w[i] = ur_from_bf16(ur_to_bf16(w[i]));
    if (weights != UR_WEIGHTS_INT8) return;
    float scale = ur_int8_scale(w, width);
    for (size_t i = 0; i < width; i++) w[i] = (real)((float)ur_to_int8(w[i], scale) * scale);
}

void ur_round_weights(real *w, size_t rows, size_t width, ur_weights weights)
{
    for (size_t r = 0; r < rows; r++) round_row(w + r * width, width, weights);
}
