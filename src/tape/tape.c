/* See tape.h. */
#include "tape/tape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ur_tape_begin(ur_tape *tape, const ur_compute *compute, ur_arena *arena, bool recording)
{
    *tape = (ur_tape){.compute = compute, .arena = arena, .recording = recording};
}

ur_status ur_tape_fail(ur_tape *tape, ur_status status, const char *format, ...)
{
    if (tape->status != UR_OK) return tape->status;
    char text[sizeof tape->error.text];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return tape->status = ur_fail(&tape->error, status, "%s", text);
}

ur_status ur_tape_status(const ur_tape *tape, ur_error *error)
{
    if (tape->status != UR_OK && error) *error = tape->error;
    return tape->status;
}

void *ur_tape_alloc(ur_tape *tape, size_t count, size_t size)
{
    if (tape->status != UR_OK) return NULL;
    void *memory = ur_arena_alloc(tape->arena, count, size);
    if (!memory) tape->status = ur_fail_memory(&tape->error, "the window; a smaller `batch` or `bptt` needs less");
    return memory;
}

ur_tensor *ur_tensor_on(ur_tape *tape, real *value, size_t steps, size_t lanes, size_t width)
{
    ur_tensor *t = ur_tape_alloc(tape, 1, sizeof *t);
    if (t)
        *t = (ur_tensor){.steps = steps,
                         .lanes = lanes,
                         .width = width,
                         .row = ur_padded(width),
                         .value = value,
                         .wanted = tape->recording};
    return t;
}

ur_tensor *ur_tensor_make(ur_tape *tape, size_t steps, size_t lanes, size_t width)
{
    size_t rows, size;
    if (!ur_mul_fits(steps, lanes, &rows) || !ur_mul_fits(rows, ur_padded(width), &size)) size = SIZE_MAX;
    real *value = ur_tape_alloc(tape, size, sizeof(real));
    return value ? ur_tensor_on(tape, value, steps, lanes, width) : NULL;
}

ur_tensor *ur_tensor_from(ur_tape *tape, const real *dense, size_t steps, size_t lanes, size_t width, bool wanted)
{
    ur_tensor *t = ur_tensor_make(tape, steps, lanes, width);
    if (!t) return NULL;
    t->wanted = wanted && tape->recording;
    for (size_t r = 0; r < steps * lanes; r++) {
        memcpy(t->value + r * t->row, dense + r * width, width * sizeof(real));
        memset(t->value + r * t->row + width, 0, (t->row - width) * sizeof(real));
    }
    return t;
}

size_t ur_tensor_size(const ur_tensor *tensor) { return tensor->steps * tensor->lanes * tensor->row; }

void *ur_tape_record(ur_tape *tape, ur_backward *backward, size_t size)
{
    if (!tape->recording) return NULL;
    ur_record *record = ur_tape_alloc(tape, 1, sizeof *record);
    void *trace = ur_tape_alloc(tape, 1, size);
    if (!trace) return NULL;
    *record = (ur_record){tape->last, backward, trace};
    tape->last = record;
    return trace;
}

ur_status ur_tape_backward(ur_tape *tape, ur_error *error)
{
    for (ur_record *r = tape->last; r && tape->status == UR_OK; r = r->before) r->backward(tape, r->trace);
    tape->last = NULL;
    ur_tape_add_waiting(tape);
    return ur_tape_status(tape, error);
}

real *ur_gradient_fresh(ur_tape *tape, ur_tensor *tensor, bool *fresh)
{
    *fresh = !tensor->gradient;
    if (!tensor->wanted || tape->status != UR_OK) return NULL;
    if (*fresh) tensor->gradient = ur_tape_alloc(tape, ur_tensor_size(tensor), sizeof(real));
    return tensor->gradient;
}

real *ur_gradient(ur_tape *tape, ur_tensor *tensor)
{
    bool fresh;
    real *gradient = ur_gradient_fresh(tape, tensor, &fresh);
    if (gradient && fresh) ur_compute_clear(tape->compute, gradient, ur_tensor_size(tensor));
    return gradient;
}

bool ur_tape_watch(ur_tape *tape, size_t layers)
{
    tape->watch = ur_tape_alloc(tape, layers, sizeof *tape->watch);
    if (tape->watch) memset((void *)tape->watch, 0, layers * sizeof *tape->watch);
    return tape->watch != NULL;
}
