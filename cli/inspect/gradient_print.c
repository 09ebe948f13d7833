/* What unroll inspect gradient shows on a terminal. */
#include "cli/inspect/gradient.h"

#include "cli/inspect/gates.h"
#include "cli/support/glyphs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 98, NAME = 32 };

/* Prints a paragraph in lines of at most COLUMNS characters. */
static void print_words(const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > COLUMNS) column = 0, printf("\n");
        printf("%s%.*s", column ? " " : "", (int)length, text);
        column += length + (column ? 1 : 0);
        text += length;
        text += strspn(text, " ");
    }
    printf("\n");
}

static void print_head(const char *what, const ur_cli_subjects *all)
{
    size_t shown[UR_CLI_SHOWN_MOST], count = ur_cli_shown_steps(all->steps, shown);
    printf("  %-*s", NAME, what);
    for (size_t i = 0; i < count; i++) printf("%7zu", shown[i]);
    printf("\n");
}

static void print_name(const char *name)
{
    printf("  ");
    ur_cli_print_padded(stdout, name, NAME);
}

/* Prints a logarithm. One below −99 has fewer decimals, so that the columns stay apart. */
static void print_log(double value)
{
    if (isfinite(value))
        printf("%7.*f", value < -99 ? 1 : 2, value);
    else
        printf("%7s", "-");
}

static void print_row(const char *name, const double *ln, size_t steps)
{
    size_t shown[UR_CLI_SHOWN_MOST], count = ur_cli_shown_steps(steps, shown);
    if (!ln) return;
    print_name(name);
    for (size_t i = 0; i < count; i++) print_log(ur_cli_log10_of(ln[shown[i]]));
    printf("\n");
}

static void print_layer_words(const ur_flow_layer *l, const ur_spectra *spectra)
{
    char words[UR_CLI_WORDS];
    ur_cli_spectrum_words(spectra, words);
    print_words(words);
    ur_cli_rule_words(l, spectra, words);
    print_words(words);
    ur_cli_seen_words(l, words);
    print_words(words);
    ur_cli_moves_words(l, words);
    print_words(words);
}

static void print_layer(const ur_cli_subjects *all, const ur_cli_subject *s, size_t layer)
{
    const ur_flow_layer *l = &s->layer[layer];
    char title[UR_CLI_GATE_TITLE];
    ur_cli_gate_title(s->model, layer, title, sizeof title);
    printf("%s\n", title);
    print_head("log10, k steps back", all);
    print_row("gradient of h", l->h, l->steps);
    print_row("gradient of c", l->c, l->steps);
    print_row("c by the \"+\" alone", l->plus, l->steps);
    print_row("step: gates' slopes", l->slopes, l->steps);
    print_row("step: W_hh", l->recurrent, l->steps);
    print_row(l->c ? "step: kept of c" : "step: kept of h", l->kept, l->steps);
    print_row("Jacobians, largest sing. value", l->jacobian, l->steps);
    printf("\n");
    print_layer_words(l, s->spectra[layer]);
    printf("\n");
}

static void print_one(const ur_cli_subjects *all, const ur_cli_subject *s)
{
    printf("%s, %zu places, the mean of the logarithms\n\n", ur_model_net(s->model), ur_flow_places(s->flow));
    for (size_t layer = 0; layer < s->layers; layer++) print_layer(all, s, layer);
}

static void print_rows(const ur_cli_subjects *all)
{
    char title[UR_CLI_WORDS];
    print_head("log10, k steps back", all);
    for (size_t i = 0; i < all->count; i++)
        for (size_t layer = 0; layer < all->list[i].layers; layer++) {
            const ur_flow_layer *l = &all->list[i].layer[layer];
            ur_cli_subject_title(&all->list[i], layer, title);
            print_row(title, l->h, l->steps);
            print_row("  its memory c", l->c, l->steps);
        }
    printf("\n");
}

static void print_numbers(const ur_cli_subjects *all)
{
    char title[UR_CLI_WORDS];
    printf("  %-*s%12s%12s%12s%12s\n", NAME, "", "sigma_1 W_hh", "a step, h", "h moves", "c moves");
    for (size_t i = 0; i < all->count; i++)
        for (size_t layer = 0; layer < all->list[i].layers; layer++) {
            const ur_flow_layer *l = &all->list[i].layer[layer];
            ur_spectrum whole = {0};
            ur_spectrum_at(all->list[i].spectra[layer], 0, &whole);
            ur_cli_subject_title(&all->list[i], layer, title);
            print_name(title);
            printf("%12.3g%12.4f%12.3f", whole.largest, ur_cli_factor_a_step(l->h, l->steps), l->h_moves);
            if (isfinite(l->c_moves)) printf("%12.3f", l->c_moves);
            printf("\n");
        }
    printf("\nsigma_1: the largest singular value; a step: the factor from k = %zu to %zu.\n", all->steps / 10,
           all->steps);
}

static void print_many(const ur_cli_subjects *all)
{
    char words[UR_CLI_WORDS];
    if (all->fresh) {
        ur_cli_fresh_words(all, words);
        print_words(words);
        printf("\n");
    }
    print_rows(all);
    print_numbers(all);
}

static void print_chart(const ur_cli_subjects *all)
{
    size_t which[UR_CLI_PICTURE_MOST], count = ur_cli_picture_of(all, which);
    ur_cli_gradient_chart(stdout, all, which, count, NULL, COLUMNS, NULL);
}

void ur_cli_gradient_print(const ur_cli_subjects *all)
{
    if (all->count == 1)
        print_one(all, &all->list[0]);
    else
        print_many(all);
    if (all->count > 1) printf("\n");
    print_chart(all);
}
