/* See pack.h. */
#include "kernel/pack.h"
#include "kernel/round.h"

#include <string.h>

size_t ur_gate_panels(const ur_gate_rows *rows) { return ur_padded(rows->units) / UR_LANES * rows->gates; }

size_t ur_packed_forward_size(const ur_gate_rows *rows, size_t width) { return ur_gate_panels(rows) * 16 * width; }

size_t ur_packed_back_size(const ur_gate_rows *rows, size_t width)
{
    return ur_padded(width) * rows->gates * rows->units;
}

size_t ur_packed_table_size(const ur_gate_rows *rows, size_t width) { return ur_packed_forward_size(rows, width); }

/* The first of the (up to 16) rows of W that belong to a panel, and how many there are. */
static size_t panel_row(const ur_gate_rows *rows, size_t panel, size_t *count)
{
    size_t unit = panel / rows->gates * 16, gate = panel % rows->gates;
    *count = rows->units - unit < 16 ? rows->units - unit : 16;
    return (rows->order ? rows->order[gate] : gate) * rows->units + unit;
}

/* Four numbers, which every compiler puts into one or two registers. */
typedef real ur_four __attribute__((vector_size(4 * sizeof(real))));

/* Transposes four columns of four rows into four rows, 16 numbers apart. */
static void turn_square(real *packed, const real *w, size_t width)
{
    ur_four r[4];
    for (size_t n = 0; n < 4; n++) memcpy(&r[n], w + n * width, sizeof r[n]);
    ur_four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5),
            c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7), d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
    r[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
    for (size_t n = 0; n < 4; n++) memcpy(packed + 16 * n, &r[n], sizeof r[n]);
}

/* Transposes columns [k, end) of a panel's `count` rows. */
static void turn_columns(real *packed, const real *w, size_t count, size_t width, size_t k, size_t end)
{
    for (; k < end; k++) {
        for (size_t n = 0; n < count; n++) packed[16 * k + n] = w[n * width + k];
        for (size_t n = count; n < 16; n++) packed[16 * k + n] = 0;
    }
}

/* Takes four rows at a time through 16 columns. So all of a cache line is read at once, because rows that are a power
 * of two apart displace each other from the cache. */
static void turn_panel(real *packed, const real *w, size_t count, size_t width)
{
    size_t whole = count == 16 ? width / 16 * 16 : 0;
    for (size_t k = 0; k < whole; k += 16)
        for (size_t n = 0; n < 16; n += 4)
            for (size_t i = k; i < k + 16; i += 4) turn_square(packed + 16 * i + n, w + n * width + i, width);
    turn_columns(packed, w, count, width, whole, width);
}

void ur_pack_forward(real *packed, const real *w, const ur_gate_rows *rows, size_t width)
{
    for (size_t p = 0; p < ur_gate_panels(rows); p++, packed += 16 * width) {
        size_t count, row = panel_row(rows, p, &count);
        turn_panel(packed, w + row * width, count, width);
    }
}

/* A memcpy of constant length is compiled to a few moves. */
static void copy(real *out, const real *in, size_t count)
{
    if (count == 16)
        memcpy(out, in, 16 * sizeof *out);
    else
        memcpy(out, in, count * sizeof *out);
}

/* Packs panels [panel, end) of W's rows, which are `depth` rows together. It takes 16 rows at a time, so that whole
 * pages are written and each row is read as one stream. */
static void pack_back_rows(real *packed, const real *w, const ur_gate_rows *rows, size_t width, size_t panel,
                           size_t end, size_t depth)
{
    for (size_t count; panel < end; panel++, packed += 16 * count) {
        size_t row = panel_row(rows, panel, &count);
        for (size_t i = 0; i < width; i += 16) {
            real *out = packed + i * depth;
            size_t left = width - i < 16 ? width - i : 16;
            if (left < 16) memset(out, 0, count * 16 * sizeof *out);
            for (size_t n = 0; n < count; n++) copy(out + 16 * n, w + (row + n) * width + i, left);
        }
    }
}

void ur_pack_back(real *packed, const real *w, const ur_gate_rows *rows, size_t width)
{
    size_t whole = rows->units / 16 * rows->gates, rest = rows->units % 16 * rows->gates;
    pack_back_rows(packed, w, rows, width, 0, whole, 16 * whole);
    pack_back_rows(packed + ur_padded(width) * 16 * whole, w, rows, width, whole, ur_gate_panels(rows), rest);
}

size_t ur_back_products(ur_product products[2], const ur_product *p, const ur_gate_rows *rows, size_t block)
{
    size_t blocks = rows->units / 16, run = rows->gates * 16, rest = rows->units % 16, count = 0;
    if (blocks) {
        ur_product *whole = &products[count++];
        *whole = *p;
        whole->a_outer = block;
        whole->inner = block == run ? blocks * run : run; /* one run if nothing is between the blocks */
        whole->outer = block == run ? 1 : blocks;
    }
    if (rest) {
        ur_product *last = &products[count++];
        *last = *p;
        last->a += blocks * block;
        last->a_outer = 16;
        last->b += blocks * run * 16 * p->group;
        last->inner = rest;
        last->outer = rows->gates;
        if (blocks) last->start = UR_START_HERE;
    }
    return count;
}

void ur_pack_bias(real *packed, const real *bias, const ur_gate_rows *rows)
{
    for (size_t p = 0; p < ur_gate_panels(rows); p++) {
        size_t count, row = panel_row(rows, p, &count);
        for (size_t n = 0; n < 16; n++) packed[16 * p + n] = n < count ? bias[row + n] : 0;
    }
}

void ur_pack_table(real *packed, const real *w, const real *bias, const ur_gate_rows *rows, size_t width)
{
    size_t panels = ur_gate_panels(rows);
    for (size_t p = 0; p < panels; p++) {
        size_t count, row = panel_row(rows, p, &count);
        for (size_t k = 0; k < width; k++)
            for (size_t n = 0; n < 16; n++) {
                real weight = n < count ? w[(row + n) * width + k] : 0;
                packed[(k * panels + p) * 16 + n] = bias ? bias[16 * p + n] + weight : weight;
            }
    }
}

/* ---- small weights ----------------------------------------------------------------------------------------------- */

size_t ur_packed_weights_size(const ur_gate_rows *rows, size_t width, ur_weights weights)
{
    size_t panels = ur_gate_panels(rows), bytes = panels * ur_bf16_panel(width) * 2;
    if (weights == UR_WEIGHTS_F32) return ur_packed_forward_size(rows, width);
    if (weights == UR_WEIGHTS_INT8) bytes = panels * ur_int8_panel(width);
    return bytes / sizeof(real);
}

/* Packs one panel from `count` rows. */
static void pack_bf16(uint16_t *packed, const real *w, size_t count, size_t width)
{
    memset(packed, 0, ur_bf16_panel(width) * 2);
    for (size_t n = 0; n < count; n++)
        for (size_t k = 0; k < width; k++) packed[k / 2 * 32 + 2 * n + k % 2] = ur_to_bf16(w[n * width + k]);
}

static void pack_int8(unsigned char *packed, const real *w, size_t count, size_t width)
{
    ur_int8_head head = {0};
    signed char *out = (signed char *)packed + sizeof head;
    memset(packed, 0, ur_int8_panel(width));
    for (size_t n = 0; n < count; n++) {
        head.scale[n] = ur_int8_scale(w + n * width, width);
        for (size_t k = 0; k < width; k++) {
            signed char q = ur_to_int8(w[n * width + k], head.scale[n]);
            out[k / 4 * 64 + 4 * n + k % 4] = q;
            head.offset[n] -= 128 * q;
        }
    }
    memcpy(packed, &head, sizeof head);
}

void ur_pack_weights(real *packed, const real *w, const ur_gate_rows *rows, size_t width, ur_weights weights)
{
    size_t panels = ur_gate_panels(rows), step = ur_packed_weights_size(rows, width, weights) / panels;
    if (weights == UR_WEIGHTS_F32) {
        ur_pack_forward(packed, w, rows, width);
        return;
    }
    for (size_t p = 0; p < panels; p++, packed += step) {
        size_t count, row = panel_row(rows, p, &count);
        if (weights == UR_WEIGHTS_BF16)
            pack_bf16((uint16_t *)(void *)packed, w + row * width, count, width);
        else
            pack_int8((unsigned char *)packed, w + row * width, count, width);
    }
}
