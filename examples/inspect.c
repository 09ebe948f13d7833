/*
 * inspect.c: look into a network while it reads. Prints a text in lines of 60 characters. Under each character is the
 * sign of the most active unit of the first layer: + above 0.25, - below -0.25, blank in between. The most active unit
 * is the one whose values vary most.
 *
 *     inspect MODEL "TEXT"
 */
#include <unroll_inspect.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 60 };

static int stop(const ur_error *error)
{
    fprintf(stderr, "inspect: %s\n", error->text);
    return EXIT_FAILURE;
}

/* Fills `values` with the values of `unit` at each step: its c if the cell has one, else its h. */
static void follow(const ur_probe *probe, size_t signal, size_t units, size_t unit, size_t steps, ur_real *values)
{
    ur_real *all = malloc(units * sizeof *all);
    for (size_t t = 0; all && t < steps; t++) {
        ur_probe_read(probe, 0, signal, t, 0, all);
        values[t] = all[unit];
    }
    free(all);
}

static double variance(const ur_real *values, size_t count)
{
    double sum = 0, squares = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
    }
    return squares / n - sum / n * sum / n;
}

static void print_lines(const char *text, const ur_real *values, size_t count)
{
    for (size_t at = 0; at < count; at += COLUMNS) {
        size_t end = at + COLUMNS < count ? at + COLUMNS : count;
        for (size_t i = at; i < end; i++) putchar(text[i] == '\n' ? ' ' : text[i]);
        putchar('\n');
        for (size_t i = at; i < end; i++) putchar(values[i] > 0.25f ? '+' : values[i] < -0.25f ? '-' : ' ');
        printf("\n\n");
    }
}

static int look(const ur_model *model, const char *text, const int32_t *ids, size_t count, ur_real *values)
{
    ur_error error;
    ur_probe *probe;
    ur_batch batch = {.input = {{.steps = count, .lanes = 1, .ids = ids}}};
    if (ur_probe_create(&probe, model, 1, &error)) return stop(&error);
    int failed = ur_probe_run(probe, &batch, &error) ? stop(&error) : 0;
    size_t units = 0, signal = ur_probe_find(model, 0, "c"), best = 0;
    if (signal == SIZE_MAX) signal = ur_probe_find(model, 0, "h");
    ur_probe_layer(model, 0, &units, NULL);
    double most = -1;
    for (size_t u = 0; !failed && u < units; u++) {
        follow(probe, signal, units, u, count, values);
        if (variance(values, count) <= most) continue;
        most = variance(values, count);
        best = u;
    }
    if (!failed && units) {
        follow(probe, signal, units, best, count, values);
        printf("unit %zu of layer 1\n\n", best);
        print_lines(text, values, count);
    }
    ur_probe_free(probe);
    return failed;
}

int main(int argc, char **argv)
{
    ur_error error;
    ur_model *model;
    size_t length = argc == 3 ? strlen(argv[2]) : 0, count = 0;
    if (!length) return fputs("usage: inspect MODEL \"TEXT\" (a model of characters, ASCII)\n", stderr), 2;
    if (ur_model_load(&model, argv[1], NULL, &error)) return stop(&error);
    int32_t *ids = malloc(length * sizeof *ids);
    ur_real *values = malloc(length * sizeof *values);
    int failed = EXIT_FAILURE;
    if (!ids || !values)
        fputs("inspect: not enough memory\n", stderr);
    else if (ur_encode(model, argv[2], length, ids, length, &count, &error))
        failed = stop(&error);
    else
        failed = look(model, argv[2], ids, count, values);
    free(values);
    free(ids);
    ur_model_free(model);
    return failed;
}
