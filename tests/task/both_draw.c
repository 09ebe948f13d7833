/* A painting with fixed noise against PyTorch: canvas, KL of each stroke, loss, and the gradient of every parameter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "draw_lab.h"
#include "support/golden.h"
#include "support/numbers.h"

#include <stdlib.h>

static void load_weights(const golden *g, ur_model *model)
{
    for (size_t i = 0; i < model->param_count; i++) {
        const ur_param *p = &model->params[i];
        size_t count;
        real *values = golden_values(g, p->name, &count);
        assert_int_equal(count, p->size);
        memcpy(p->value, values, count * sizeof *values);
        free(values);
    }
}

static void compare_numbers(const golden *g, const draw_lab *d)
{
    real kl[STROKES], lost = (real)d->lost;
    for (size_t t = 0; t < STROKES; t++) kl[t] = (real)d->kl[t];
    real *canvas = dense_copy(d->canvas->value, LANES, PIXELS);
    assert_golden(g, "canvas", canvas, LANES * PIXELS);
    assert_golden(g, "kl", kl, STROKES);
    assert_golden(g, "reconstruction", &lost, 1);
    free(canvas);
}

static void compare_gradients(const golden *g, const ur_model *model)
{
    for (size_t i = 0; i < model->param_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "grad.%s", model->params[i].name);
        assert_golden(g, name, model->params[i].gradient, model->params[i].size);
    }
}

static void check(void **state)
{
    golden g = golden_open(*state);
    real *picture = golden_values(&g, "x", NULL), *noise = golden_values(&g, "noise", NULL);
    for (size_t i = 0; ur_isa_name(i); i++) {
        draw_lab d;
        draw_lab_open(&d, (size_t)golden_number(&g, "read_size", 0), (size_t)golden_number(&g, "write_size", 0),
                      ur_isa_name(i));
        d.picture = picture;
        d.noise = noise;
        load_weights(&g, d.model);
        draw_lab_bound(&d);
        compare_numbers(&g, &d);
        lab_backward(&d.lab);
        compare_gradients(&g, d.model);
        draw_lab_close(&d);
    }
    free(picture);
    free(noise);
    golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {{"whole", check, NULL, NULL, (char[]){"draw"}},
                                       {"attention", check, NULL, NULL, (char[]){"draw-attention"}}};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
