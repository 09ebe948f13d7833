/*
 * cell.c: one cell by hand, forward and backward.
 *
 * Forward:    x, h_prev (and c_prev of an LSTM)  →  h_next (and c_next)
 * Backward:   dh_next (and dc_next)              →  dx, dh_prev (and dc_prev), and the gradient of every weight
 *
 * d… is the gradient of a loss L. With L = Σ dh·h_next + Σ dc·c_next for fixed numbers dh and dc these are exactly
 * the gradients that come in from above. Anyone can check the gradients that go out below: change a number by
 * ±e and measure L; (L(+e) − L(−e)) / 2e is the number's gradient.
 */
#include <unroll_train.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { I = 2, H = 3 }; /* number of inputs and of hidden units; there is one lane */

typedef struct step {
    ur_real x[I], h_prev[H], c_prev[H], h_next[H], c_next[H], dh_next[H], dc_next[H], dx[I], dh_prev[H], dc_prev[H];
    bool has_c; /* true for an LSTM; the other cells carry h alone */
} step;

static ur_status forward(ur_hand *hand, step *s, double *loss, ur_error *error)
{
    if (ur_hand_forward(hand, s->x, s->h_prev, s->has_c ? s->c_prev : NULL, s->h_next, s->has_c ? s->c_next : NULL,
                        error))
        return error->status;
    *loss = 0;
    for (size_t i = 0; i < H; i++) *loss += (double)s->dh_next[i] * (double)s->h_next[i];
    for (size_t i = 0; i < H && s->has_c; i++) *loss += (double)s->dc_next[i] * (double)s->c_next[i];
    return UR_OK;
}

/* Prints the gradient of the tensor's first number both ways, and the largest difference over all n numbers. */
static ur_status compare(ur_hand *hand, step *s, const char *name, ur_real *value, const ur_real *gradient, size_t n,
                         ur_error *error)
{
    const ur_real e = (ur_real)0.01; /* for floats: less drowns in rounding, more in the curvature of tanh */
    double up = 0, down = 0, first = 0, worst = 0;
    for (size_t i = 0; i < n; i++) {
        const ur_real kept = value[i];
        value[i] = kept + e;
        if (forward(hand, s, &up, error)) return error->status;
        value[i] = kept - e;
        if (forward(hand, s, &down, error)) return error->status;
        value[i] = kept;
        const double slope = (up - down) / (2 * (double)e);
        if (i == 0) first = slope;
        const double difference = fabs(slope - (double)gradient[i]);
        if (difference > worst) worst = difference;
    }
    printf("  %-18s %10.6f   %10.6f   %.6f (of %zu)\n", name, (double)gradient[0], first, worst, n);
    return UR_OK;
}

static ur_status lesson(const char *cell, ur_error *error)
{
    step s = {.x = {1, -0.5f},
              .h_prev = {0.1f, -0.2f, 0.3f},
              .c_prev = {0.5f, 0, -0.5f},
              .dh_next = {1, -2, 0.5f},
              .dc_next = {0.25f, 1, -1},
              .has_c = !strcmp(cell, "lstm")};
    ur_hand *hand;
    double loss = 0;
    if (ur_hand_create(&hand, cell, I, H, 1, 1, error)) return error->status;
    if (forward(hand, &s, &loss, error)) return error->status;
    if (ur_hand_backward(hand, s.dh_next, s.has_c ? s.dc_next : NULL, s.dx, s.dh_prev, s.has_c ? s.dc_prev : NULL,
                         error))
        return error->status;

    printf("%s, L = %.6f\n  gradient of          backward   difference   largest error\n", cell, loss);
    if (compare(hand, &s, "x", s.x, s.dx, I, error)) return error->status;
    if (compare(hand, &s, "h_prev", s.h_prev, s.dh_prev, H, error)) return error->status;
    if (s.has_c && compare(hand, &s, "c_prev", s.c_prev, s.dc_prev, H, error)) return error->status;
    for (size_t which = 0; which < 4; which++) { /* W, U and their two biases, with the gates stacked along the rows */
        ur_parameter p = ur_hand_parameter(hand, which);
        if (compare(hand, &s, p.name, p.value, p.gradient, p.size, error)) return error->status;
    }
    printf("\n");
    ur_hand_free(hand);
    return UR_OK;
}

int main(void)
{
    ur_error error;
    if (lesson("rnn", &error) || lesson("lstm", &error)) return fprintf(stderr, "%s\n", error.text), 1;
    return 0;
}
