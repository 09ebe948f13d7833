/* The bound of a painting against finite differences, with and without attention. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "draw_lab.h"
#include "support/gradcheck.h"
#include "support/numbers.h"

#include <stdlib.h>

static double bound(void *context) { return draw_lab_bound(context); }

static void check(size_t read_size, size_t write_size)
{
    draw_lab d;
    real picture[LANES * PIXELS], noise[STROKES * LANES * LATENT];
    draw_lab_open(&d, read_size, write_size, NULL);
    fill_random(d.model->values, d.model->numbers, 1, 0.8);
    fill_random(noise, STROKES * LANES * LATENT, 2, 2);
    for (size_t i = 0; i < LANES * PIXELS; i++) picture[i] = i * i % 5 < 2;
    d.picture = picture;
    d.noise = noise;
    draw_lab_bound(&d);
    lab_backward(&d.lab);
    for (size_t i = 0; i < d.model->param_count; i++) {
        const ur_param *p = &d.model->params[i];
        real *gradient = dense_copy(p->gradient, 1, p->size);
        check_gradient(p->name, p->value, gradient, p->size, bound, &d);
        free(gradient);
    }
    draw_lab_close(&d);
}

static void test_whole_canvas(void **state)
{
    (void)state;
    check(0, 0);
}

static void test_attention(void **state)
{
    (void)state;
    check(3, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole_canvas), cmocka_unit_test(test_attention)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
