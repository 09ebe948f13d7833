/* See small_weights.h. */
#include "format/small_weights.h"

#include "kernel/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ur_weights ur_weights_of(ur_dtype dtype)
{
    return dtype == UR_BF16 ? UR_WEIGHTS_BF16 : dtype == UR_I8 ? UR_WEIGHTS_INT8 : UR_WEIGHTS_F32;
}

static ur_weights weights_of(const ur_model *m, const ur_param *p) { return p->rank > 1 ? m->weights : UR_WEIGHTS_F32; }

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Bytes of memory for a parameter's small numbers. Scales come first, so that they are aligned. */
static size_t room_of(const ur_model *m, const ur_param *p)
{
    ur_weights weights = weights_of(m, p);
    if (weights == UR_WEIGHTS_F32) return 0;
    size_t bytes = weights == UR_WEIGHTS_BF16 ? 2 * p->size : p->size + p->shape[0] * sizeof(float);
    return (bytes + 7) / 8 * 8;
}

static ur_tensor_entry entry_of(const ur_param *p)
{
    ur_tensor_entry e = {.dtype = sizeof(real) == 8 ? UR_F64 : UR_F32,
                         .rank = p->rank,
                         .data = p->value,
                         .bytes = p->size * sizeof(real)};
    memcpy(e.shape, p->shape, p->rank * sizeof *e.shape);
    snprintf(e.name, sizeof e.name, "%s", p->name);
    return e;
}

static void put_bf16(ur_small_entries *small, const ur_param *p, unsigned char *room)
{
    ur_tensor_entry e = entry_of(p);
    uint16_t *numbers = (uint16_t *)(void *)room;
    for (size_t i = 0; i < p->size; i++) numbers[i] = ur_to_bf16(p->value[i]);
    e.dtype = UR_BF16;
    e.data = room;
    e.bytes = 2 * p->size;
    small->entries[small->count++] = e;
}

static ur_status put_int8(ur_small_entries *small, const ur_param *p, unsigned char *room, ur_error *error)
{
    ur_tensor_entry e = entry_of(p), s = {.dtype = UR_F32, .rank = 1, .shape = {p->shape[0]}, .data = room};
    float *scale = (float *)(void *)room;
    signed char *numbers = (signed char *)room + p->shape[0] * sizeof *scale;
    size_t width = ur_param_row(p);
    for (size_t r = 0; r < p->shape[0]; r++) {
        scale[r] = ur_int8_scale(p->value + r * width, width);
        for (size_t i = r * width; i < (r + 1) * width; i++) numbers[i] = ur_to_int8(p->value[i], scale[r]);
    }
    e.dtype = UR_I8;
    e.data = numbers;
    e.bytes = p->size;
    s.bytes = p->shape[0] * sizeof *scale;
    if (strlen(p->name) + sizeof UR_SCALE_SUFFIX > sizeof s.name)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "tensor %s: its name is too long for an int8 file", p->name);
    snprintf(s.name, sizeof s.name, "%.80s" UR_SCALE_SUFFIX, p->name);
    small->entries[small->count++] = e;
    small->entries[small->count++] = s;
    return UR_OK;
}

ur_status ur_small_entries_make(ur_small_entries *small, const ur_model *m, size_t more, ur_error *error)
{
    size_t bytes = 0;
    for (size_t i = 0; i < m->param_count; i++) bytes += room_of(m, &m->params[i]);
    *small = (ur_small_entries){.entries = calloc(2 * m->param_count + more + 1, sizeof *small->entries),
                                .room = malloc(bytes + 1)};
    if (!small->entries || !small->room) return ur_fail_memory(error, "the model file");
    unsigned char *room = small->room;
    for (size_t i = 0; i < m->param_count; i++) {
        const ur_param *p = &m->params[i];
        ur_weights weights = weights_of(m, p);
        if (weights == UR_WEIGHTS_F32) small->entries[small->count++] = entry_of(p);
        if (weights == UR_WEIGHTS_BF16) put_bf16(small, p, room);
        if (weights == UR_WEIGHTS_INT8) UR_TRY(put_int8(small, p, room, error));
        room += room_of(m, p);
    }
    return UR_OK;
}

void ur_small_entries_free(ur_small_entries *small)
{
    free(small->entries);
    free(small->room);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static ur_status read_bf16(const ur_param *p, const ur_tensor_entry *e, const char *name, ur_error *error)
{
    const unsigned char *bytes = e->data;
    for (size_t i = 0; i < p->size; i++) {
        uint16_t bits;
        memcpy(&bits, bytes + 2 * i, 2);
        p->value[i] = ur_from_bf16(bits);
        if (!isfinite(p->value[i]))
            return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s: number %zu is not finite", name, e->name, i);
    }
    return UR_OK;
}

static ur_status find_scales(const ur_param *p, const ur_tensor_file *file, const unsigned char **scales,
                             const char *name, ur_error *error)
{
    char wanted[sizeof p->name + sizeof UR_SCALE_SUFFIX];
    snprintf(wanted, sizeof wanted, "%s" UR_SCALE_SUFFIX, p->name);
    const ur_tensor_entry *e = ur_tensor_file_find(file, wanted);
    if (!e)
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is I8, but its scales are missing: %s", name, p->name,
                       wanted);
    if (e->dtype != UR_F32 || e->rank != 1 || e->shape[0] != p->shape[0])
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s must be a list of %zu F32 numbers, one for each row", name,
                       wanted, p->shape[0]);
    *scales = e->data;
    return UR_OK;
}

static ur_status read_int8(const ur_param *p, const ur_tensor_file *file, const ur_tensor_entry *e, const char *name,
                           ur_error *error)
{
    const unsigned char *scales = NULL;
    UR_TRY(find_scales(p, file, &scales, name, error));
    size_t width = ur_param_row(p);
    for (size_t r = 0; r < p->shape[0]; r++) {
        const signed char *row = (const signed char *)e->data + r * width;
        float scale;
        memcpy(&scale, scales + r * sizeof scale, sizeof scale);
        if (!ur_int8_sound(row, width, scale))
            return ur_fail(error, UR_ERR_FORMAT,
                           "%s: tensor %s, row %zu: scale %g is not valid with these numbers: scales have 17 bits and "
                           "are not negative, and the largest number of a row is 127",
                           name, e->name, r, (double)scale);
        for (size_t i = 0; i < width; i++) p->value[r * width + i] = (real)((float)row[i] * scale);
    }
    return UR_OK;
}

ur_status ur_small_read(const ur_param *p, const ur_tensor_file *file, const ur_tensor_entry *e, const char *name,
                        ur_error *error)
{
    if (e->dtype == UR_BF16) return read_bf16(p, e, name, error);
    return read_int8(p, file, e, name, error);
}

const ur_param *ur_scale_of(const ur_model *m, const char *name)
{
    size_t length = strlen(name), suffix = strlen(UR_SCALE_SUFFIX);
    if (m->weights != UR_WEIGHTS_INT8 || length <= suffix || strcmp(name + length - suffix, UR_SCALE_SUFFIX) != 0)
        return NULL;
    for (size_t i = 0; i < m->param_count; i++) {
        const ur_param *p = &m->params[i];
        if (p->rank > 1 && strlen(p->name) == length - suffix && strncmp(p->name, name, length - suffix) == 0) return p;
    }
    return NULL;
}
