/* Reads a model file. */
#include "base/float_mode.h"
#include "format/model_file.h"
#include "format/record.h"
#include "format/small_weights.h"

#include <jansson.h>
#include <string.h>

enum { UR_RUN = 64 }; /* numbers that are copied and checked together, so that the compiler vectorises the loop */

static real converted(const char *bytes, ur_dtype dtype)
{
    float f;
    double d;
    memcpy(dtype == UR_F32 ? (void *)&f : (void *)&d, bytes, ur_dtype_size(dtype));
    return dtype == UR_F32 ? (real)f : (real)d;
}

static void copy_run(const ur_tensor_entry *e, size_t at, real *numbers, size_t count)
{
    size_t size = ur_dtype_size(e->dtype);
    const char *bytes = (const char *)e->data + at * size;
    if (size == sizeof(real)) memcpy(numbers, bytes, count * size);
    for (size_t i = 0; size != sizeof(real) && i < count; i++) numbers[i] = converted(bytes + i * size, e->dtype);
}

/* The index of the first number that is not finite, or `count` if there is none. */
static size_t first_odd(const real *x, size_t count)
{
    size_t place = 0;
    int odd = 0; /* x − x of such a number is NaN */
    if (count == UR_RUN)
        for (size_t i = 0; i < UR_RUN; i++) odd |= x[i] - x[i] != 0;
    if (count == UR_RUN && !odd) return count;
    while (place < count && isfinite(x[place])) place++;
    return place;
}

ur_status ur_tensor_numbers(const ur_tensor_entry *e, real *numbers, size_t count, const char *name, ur_error *error)
{
    if (e->dtype != UR_F32 && e->dtype != UR_F64)
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is neither F32 nor F64", name, e->name);
    if (e->bytes != count * ur_dtype_size(e->dtype))
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s has %zu bytes, its network needs %zu", name, e->name,
                       e->bytes, count * ur_dtype_size(e->dtype));
    for (size_t at = 0; at < count; at += UR_RUN) {
        size_t left = count - at, run = left < UR_RUN ? left : UR_RUN;
        copy_run(e, at, numbers + at, run);
        size_t odd = first_odd(numbers + at, run);
        if (odd < run)
            return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s: number %zu is not finite", name, e->name, at + odd);
    }
    return UR_OK;
}

static ur_status check_shape(const ur_param *p, const ur_tensor_entry *e, const char *name, ur_error *error)
{
    if (e->rank == p->rank && !memcmp(e->shape, p->shape, p->rank * sizeof *p->shape)) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s does not have the shape its network line needs (%zu x %zu)",
                   name, p->name, p->shape[0], ur_param_row(p));
}

/* The dtype of the first matrix is that of all of them. */
static ur_status check_dtype(ur_model *m, const ur_param *p, const ur_tensor_entry *e, const ur_param *first,
                             const char *name, ur_error *error)
{
    ur_weights weights = ur_weights_of(e->dtype);
    if (p == first) return ur_model_set_weights(m, weights, error);
    if (p->rank < 2 || weights == m->weights) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT,
                   "%s: tensor %s has %s weights, but %s has %s; all weights of a model are of one kind", name,
                   first->name, ur_weights_name(m->weights), p->name, ur_weights_name(weights));
}

static ur_status read_tensors(ur_model *m, const ur_tensor_file *file, const char *name, ur_error *error)
{
    const ur_param *first = NULL;
    for (size_t i = 0; i < m->param_count; i++) {
        const ur_param *p = &m->params[i];
        const ur_tensor_entry *e = ur_tensor_file_find(file, p->name);
        if (!e) return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is missing", name, p->name);
        UR_TRY(check_shape(p, e, name, error));
        if (p->rank > 1 && !first) first = p;
        UR_TRY(check_dtype(m, p, e, first, name, error));
        if (p->rank > 1 && m->weights != UR_WEIGHTS_F32)
            UR_TRY(ur_small_read(p, file, e, name, error));
        else
            UR_TRY(ur_tensor_numbers(e, p->value, p->size, name, error));
    }
    return UR_OK;
}

static ur_status read_values(ur_model *m, const ur_tensor_file *file, const char *name, ur_error *error)
{
    UR_TRY(read_tensors(m, file, name, error));
    for (size_t i = 0; i < file->count; i++) {
        const char *tensor = file->entries[i].name;
        bool extra = strncmp(tensor, UR_EXTRA_PREFIX, strlen(UR_EXTRA_PREFIX)) == 0;
        if (!extra && !ur_model_find(m, tensor) && !ur_scale_of(m, tensor))
            return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s does not belong to the network \"%s\"", name, tensor,
                           m->net);
    }
    return UR_OK;
}

/* The most numbers that the file's tensors can hold. The network in the record may not have more. */
static size_t numbers_in(const ur_tensor_file *file)
{
    size_t numbers = 0;
    for (size_t i = 0; i < file->count; i++) {
        const ur_tensor_entry *e = &file->entries[i];
        numbers += e->bytes / (e->dtype == UR_I8 ? 1 : e->dtype == UR_BF16 ? 2 : 4);
    }
    return numbers;
}

/* A layer with weights is not wider than the number of its weights. Without this limit, a layer without weights could
 * make a small file ask for large states. */
static ur_status check_widths(const ur_model *m, const char *name, ur_error *error)
{
    enum { WEIGHTLESS_MAX = 65536 };
    size_t most = m->numbers > WEIGHTLESS_MAX ? m->numbers : WEIGHTLESS_MAX;
    for (size_t i = 0; i < m->layer_count; i++)
        if (m->layers[i].width > most || m->layers[i].inputs > most)
            return ur_fail(error, UR_ERR_FORMAT,
                           "%s: its network \"%.200s\" has a layer of more than %zu without weights", name, m->net,
                           most);
    return UR_OK;
}

ur_status ur_model_read(ur_model **model, const ur_tensor_file *file, const char *isa, const char *name,
                        ur_error *error)
{
    *model = NULL;
    const char *text = json_string_value(json_object_get(file->metadata, "unroll"));
    if (!text)
        return ur_fail(error, UR_ERR_FORMAT,
                       "%s: a safetensors file of another program: it has no \"unroll\" record; docs/file-format.md "
                       "says how to add one",
                       name);
    UR_TRY(ur_record_build(model, text, numbers_in(file), isa, name, error));
    ur_status status = check_widths(*model, name, error);
    if (status == UR_OK) status = read_values(*model, file, name, error);
    ur_float_mode mode = ur_float_mode_enter();
    if (status == UR_OK) status = ur_model_prepare(*model, false, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) return UR_OK;
    ur_model_free(*model);
    *model = NULL;
    return status;
}

ur_status ur_model_load(ur_model **model, const char *path, const char *isa, ur_error *error)
{
    ur_tensor_file file;
    *model = NULL;
    UR_TRY(ur_tensor_file_read(&file, path, error));
    ur_status status = ur_model_read(model, &file, isa, path, error);
    ur_tensor_file_free(&file);
    return status;
}

ur_status ur_model_load_memory(ur_model **model, const void *bytes, size_t size, const char *isa, ur_error *error)
{
    ur_tensor_file file;
    *model = NULL;
    UR_TRY(ur_tensor_file_parse(&file, bytes, size, "model in memory", error));
    ur_status status = ur_model_read(model, &file, isa, "model in memory", error);
    ur_tensor_file_free(&file);
    return status;
}
