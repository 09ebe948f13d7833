/* See scaling.h. */
#include "task/scaling.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

ur_status ur_scaling_make(ur_scaling *s, size_t count, ur_error *error)
{
    *s = (ur_scaling){calloc(count, sizeof *s->mean), calloc(count, sizeof *s->scale), count};
    return s->mean && s->scale ? UR_OK : ur_fail_memory(error, "the scaling");
}

void ur_scaling_free(ur_scaling *s)
{
    free(s->mean);
    free(s->scale);
}

/* The scale is one over the standard deviation. */
void ur_scaling_set(ur_scaling *s, const double *sum, const double *square, double numbers)
{
    for (size_t i = 0; i < s->count; i++) {
        double mean = sum[i] / numbers, variance = square[i] / numbers - mean * mean;
        s->mean[i] = (float)mean;
        s->scale[i] = variance > 1e-12 * (1 + mean * mean) ? (float)(1 / sqrt(variance)) : 0;
    }
}

/* ---- In a record -------------------------------------------------------------------------------------------------- */

static json_t *numbers_json(const float *numbers, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, json_real((double)numbers[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

int ur_scaling_put(json_t *object, const ur_scaling *s)
{
    int failed = json_object_set_new(object, "mean", numbers_json(s->mean, s->count));
    return failed | json_object_set_new(object, "scale", numbers_json(s->scale, s->count));
}

static ur_status take_numbers(const json_t *list, float *numbers, size_t count, ur_error *error)
{
    bool right = json_array_size(list) == count;
    for (size_t i = 0; right && i < count; i++) {
        numbers[i] = (float)json_number_value(json_array_get(list, i));
        right = json_is_number(json_array_get(list, i)) && isfinite(numbers[i]);
    }
    return right ? UR_OK : ur_fail(error, UR_ERR_DATA, "the model's record does not say what its scales are");
}

ur_status ur_scaling_take(ur_scaling *s, const json_t *object, size_t count, ur_error *error)
{
    UR_TRY(ur_scaling_make(s, count, error));
    UR_TRY(take_numbers(json_object_get(object, "mean"), s->mean, count, error));
    return take_numbers(json_object_get(object, "scale"), s->scale, count, error);
}
