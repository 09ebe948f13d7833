/* Singular values of W_hh and of its gates' blocks (section 4 of unroll_inspect.h). */
#include "inspect/lapack.h"
#include "inspect/probe.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UR_MATRICES = UR_SLOTS_MAX + 1 };

struct ur_spectra {
    size_t units, count;
    ur_spectrum matrix[UR_MATRICES];
    double *values; /* (count, H) */
    bool whole;
};

void ur_spectra_free(ur_spectra *s)
{
    if (!s) return;
    free(s->values);
    free(s);
}

bool ur_spectra_whole(const ur_spectra *s) { return s->whole; }

bool ur_spectrum_at(const ur_spectra *s, size_t i, ur_spectrum *spectrum)
{
    if (i >= s->count) return false;
    *spectrum = s->matrix[i];
    return true;
}

/* The name of the gate whose block is at index `place` of the matrix. */
static const char *name_at(const ur_model *m, const ur_layer *l, size_t place)
{
    const ur_slot_range *in = &l->recurrent.cell->input;
    const ur_gate_name *gate = ur_probe_gates(m, l);
    for (size_t i = 0; i < UR_SLOTS_MAX && gate[i].name; i++)
        if (gate[i].slot >= in->first && gate[i].slot < in->first + in->count &&
            in->order[gate[i].slot - in->first] == place)
            return gate[i].name;
    return "?";
}

/* σ₁ by power iteration on WᵀW. v, u: buffers for columns and rows. */
static double largest(const double *w, size_t rows, size_t columns, double *v, double *u)
{
    double before = 0, now = 0;
    for (size_t j = 0; j < columns; j++) v[j] = 0.5 + ur_random_uniform(1, UR_USE_TEST, j);
    for (size_t turn = 0; turn < 5000; turn++) {
        double length = 0, size = 0;
        for (size_t j = 0; j < columns; j++) length += v[j] * v[j];
        for (size_t j = 0; j < columns && length > 0; j++) v[j] /= sqrt(length);
        for (size_t i = 0; i < rows; i++) {
            u[i] = 0;
            for (size_t j = 0; j < columns; j++) u[i] += w[i * columns + j] * v[j];
            size += u[i] * u[i];
        }
        memset(v, 0, columns * sizeof *v);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) v[j] += w[i * columns + j] * u[i];
        now = size;
        if (fabs(now - before) <= 1e-13 * now) break;
        before = now;
    }
    return sqrt(now);
}

/* Measures matrix i, which has `rows` rows. w is overwritten. */
static ur_status measure(ur_spectra *s, const ur_lapack *lapack, size_t i, size_t rows, double *w, double *room,
                         ur_error *error)
{
    ur_spectrum *m = &s->matrix[i];
    size_t numbers = rows * s->units;
    m->radius = NAN;
    m->count = s->units;
    if (!lapack) {
        m->largest = largest(w, rows, s->units, room, room + s->units);
        return UR_OK;
    }
    double *copy = room;
    memcpy(copy, w, numbers * sizeof *copy);
    double *values = s->values + i * s->units;
    UR_TRY(ur_lapack_singular(lapack, copy, rows, s->units, values, error));
    m->singular = values;
    m->largest = values[0];
    return rows == s->units ? ur_lapack_radius(lapack, w, rows, &m->radius, error) : UR_OK;
}

static ur_status measure_all(ur_spectra *s, const ur_model *m, const ur_layer *l, const ur_lapack *lapack,
                             ur_error *error)
{
    const ur_param *w_hh = l->params.w_hh;
    size_t block = s->units * s->units, gates = l->recurrent.cell->gates;
    double *w = calloc(2 * w_hh->size + 2 * s->units, sizeof *w), *room = w + w_hh->size;
    if (!w) return ur_fail_memory(error, "the matrix W_hh");
    ur_status status = UR_OK;
    for (size_t i = 0; i < s->count && status == UR_OK; i++) {
        size_t from = i ? (i - 1) * block : 0, numbers = i ? block : w_hh->size;
        s->matrix[i].gate = i ? name_at(m, l, i - 1) : "";
        for (size_t k = 0; k < numbers; k++) w[k] = (double)w_hh->value[from + k];
        status = measure(s, lapack, i, i ? s->units : gates * s->units, w, room, error);
    }
    free(w);
    return status;
}

static ur_status create(ur_spectra *s, const ur_model *m, const ur_layer *l, ur_error *error)
{
    const ur_param *w_hh = l->params.w_hh;
    for (size_t i = 0; i < w_hh->size; i++)
        if (!isfinite(w_hh->value[i]))
            return ur_fail(error, UR_ERR_NUMERIC, "%s: number %zu is not finite", w_hh->name, i);
    s->units = l->units;
    s->count = l->recurrent.cell->gates > 1 ? 1u + l->recurrent.cell->gates : 1;
    s->values = calloc(s->count * s->units, sizeof *s->values);
    if (!s->values) return ur_fail_memory(error, "the singular values");
    ur_lapack *lapack = ur_lapack_open();
    s->whole = lapack != NULL;
    ur_status status = measure_all(s, m, l, lapack, error);
    ur_lapack_close(lapack);
    return status;
}

ur_status ur_spectra_create(ur_spectra **spectra, const ur_model *model, size_t layer, ur_error *error)
{
    *spectra = NULL;
    const ur_layer *l = ur_probe_layer_of(model, layer);
    if (!l) return ur_fail(error, UR_ERR_USAGE, "\"%s\" has no recurrent layer %zu", model->net, layer + 1);
    ur_spectra *s = calloc(1, sizeof *s);
    if (!s) return ur_fail_memory(error, "a spectrum");
    ur_status status = create(s, model, l, error);
    if (status == UR_OK)
        *spectra = s;
    else
        ur_spectra_free(s);
    return status;
}
