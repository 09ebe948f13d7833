/*
 * stack.c: a deep network is one network on top of another. The lectures write it in two lines,
 *
 *     y1 = rnn1.step(x)
 *     y  = rnn2.step(y1)
 *
 * and so does this file. Then the same two layers are one network line, with the same weights: the numbers are the
 * same to the last bit. x: (2), y1: (4), y: (3). Untrained weights are enough to show this.
 */
#include <unroll_train.h>

#include <stdio.h>
#include <string.h>

enum { X = 2, Y1 = 4, Y = 3, STEPS = 4, TENSORS = 4 /* per layer: two weights, two biases */ };

static int fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    return 1;
}

/* A model lists its parameters in the order of its network line, so the tensors of rnn2 follow those of rnn1. */
static int copy_weights(ur_model *stack, ur_model *rnn1, ur_model *rnn2)
{
    ur_parameter from, to;
    for (size_t i = 0; ur_model_parameter(stack, i, &to); i++) {
        if (!ur_model_parameter(i < TENSORS ? rnn1 : rnn2, i % TENSORS, &from) || from.size != to.size) return 0;
        memcpy(to.value, from.value, to.size * sizeof *to.value);
        printf("%-18s (%2zu numbers) from %s, %s\n", to.name, to.size, i < TENSORS ? "rnn1" : "rnn2", from.name);
    }
    ur_model_changed(stack);
    return 1;
}

static void print(const char *title, const ur_real *v, size_t n)
{
    printf("%s", title);
    for (size_t i = 0; i < n; i++) printf(" %6.3f", (double)v[i]);
}

int main(void)
{
    /* The first, third and fourth inputs are equal. */
    static const ur_real x[STEPS][X] = {{1, 0}, {0, 1}, {1, 0}, {1, 0}};
    ur_error error;
    ur_model *rnn1, *rnn2, *stack;
    ur_state *h1, *h2, *h; /* the h of each network: all that it remembers */
    ur_real y1[Y1], y[STEPS][Y], z[Y];

    if (ur_model_create(&rnn1, "rnn 4", &(ur_sizes){.features = X}, 1, 0, NULL, &error)) return fail(error.text);
    if (ur_model_create(&rnn2, "rnn 3", &(ur_sizes){.features = Y1}, 2, 0, NULL, &error)) return fail(error.text);
    if (ur_model_create(&stack, "rnn 4 > rnn 3", &(ur_sizes){.features = X}, 3, 0, NULL, &error))
        return fail(error.text);
    if (ur_state_create(&h1, rnn1, 1, &error)) return fail(error.text);
    if (ur_state_create(&h2, rnn2, 1, &error)) return fail(error.text);
    if (ur_state_create(&h, stack, 1, &error)) return fail(error.text);
    if (!copy_weights(stack, rnn1, rnn2)) return fail("the layers do not match");

    int equal = 1;
    printf("\n");
    for (int t = 0; t < STEPS; t++) {
        ur_step_values(rnn1, h1, x[t], y1); /* y1 = rnn1.step(x) */
        ur_step_values(rnn2, h2, y1, y[t]); /* y  = rnn2.step(y1) */
        ur_step_values(stack, h, x[t], z);  /* the same in one line */
        equal &= !memcmp(y[t], z, sizeof z);
        printf("t = %d", t);
        print("   x", x[t], X);
        print("   y", y[t], Y);
        print("   in one line", z, Y);
        printf("\n");
    }
    printf("\nthe same bits: %s\n", equal ? "yes" : "NO");
    printf("the same x at t = 2 and t = 3, another y: %s\n", memcmp(y[2], y[3], sizeof z) ? "yes, it remembers" : "NO");

    /* Reset the state, and the first answer comes back. */
    ur_state_reset(h, UR_ALL_LANES);
    ur_step_values(stack, h, x[0], z);
    printf("after a reset the y of t = 0 again: %s\n", memcmp(y[0], z, sizeof z) ? "NO" : "yes");

    ur_state_free(h1), ur_state_free(h2), ur_state_free(h);
    ur_model_free(rnn1), ur_model_free(rnn2), ur_model_free(stack);
    return 0;
}
