/* The sentences of unroll inspect gradient: the lectures' rule, and what was measured. */
#include "cli/inspect/gradient.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t ur_cli_shown_steps(size_t steps, size_t shown[UR_CLI_SHOWN_MOST])
{
    static const size_t K[] = {0, 1, 2, 5, 10, 20, 50, 100, 200};
    size_t count = 0;
    while (count < sizeof K / sizeof K[0] && K[count] <= steps) {
        shown[count] = K[count];
        count++;
    }
    if (shown[count - 1] != steps) shown[count++] = steps;
    return count;
}

double ur_cli_factor_a_step(const double *ln, size_t steps)
{
    size_t from = steps / 10;
    return steps > from ? exp((ln[steps] - ln[from]) / (double)(steps - from)) : NAN;
}

size_t ur_cli_reach(const double *ln, size_t steps)
{
    size_t k = 0;
    while (k < steps && ln[k + 1] >= ln[0] - log(100)) k++;
    return k;
}

/* Appends to the text. What does not fit is cut. */
static void say(char text[UR_CLI_WORDS], const char *format, ...)
{
    size_t used = strlen(text);
    va_list list;
    va_start(list, format);
    vsnprintf(text + used, UR_CLI_WORDS - used, format, list);
    va_end(list);
}

void ur_cli_rule_words(const ur_flow_layer *layer, const ur_spectra *spectra, char text[UR_CLI_WORDS])
{
    ur_spectrum whole = {0};
    bool plain = strcmp(layer->cell, "rnn") == 0;
    ur_spectrum_at(spectra, 0, &whole);
    *text = 0;
    if (!plain)
        say(text,
            "The lectures' rule is about networks in which the gradient flows back through W_hh only. In this %s it "
            "also "
            "flows through %s, so the largest singular value of W_hh (%.3g) alone decides nothing.",
            layer->cell, layer->c ? "the \"+\" of c" : "the part of h that stays", whole.largest);
    else if (whole.largest < 1)
        say(text, "The lectures' rule: the largest singular value of W_hh is %.3g, below 1: the gradient must vanish.",
            whole.largest);
    else
        say(text,
            "The lectures' rule: the largest singular value of W_hh is %.3g, not below 1: the gradient may explode; it "
            "need not.",
            whole.largest);
}

static void say_flow(char text[UR_CLI_WORDS], const char *what, const double *ln, size_t steps)
{
    double factor = ur_cli_factor_a_step(ln, steps);
    if (!isfinite(factor)) {
        say(text, " %s: none is left.", what);
        return;
    }
    say(text, " %s: a factor of %.4g a step", what, factor);
    if (factor < 0.9999) say(text, ", a tenth is left after %.0f more steps", log(0.1) / log(factor));
    if (factor > 1.0001) say(text, ", ten times as much after %.0f more steps", log(10) / log(factor));
    size_t reach = ur_cli_reach(ln, steps);
    if (reach < steps)
        say(text, "; a hundredth of its first size is reached after %zu.", reach + 1);
    else
        say(text, "; more than a hundredth of its first size to the end.");
}

void ur_cli_seen_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS])
{
    *text = 0;
    say(text, "Seen, from %zu to %zu steps back.", layer->steps / 10, layer->steps);
    say_flow(text, "Gradient of h", layer->h, layer->steps);
    if (layer->c) say_flow(text, "Of c", layer->c, layer->steps);
    double dead = 1 - layer->alive[layer->steps];
    if (dead > 0) say(text, " At %.0f %% of the places nothing at all is left at the end.", 100 * dead);
}

void ur_cli_spectrum_words(const ur_spectra *spectra, char text[UR_CLI_WORDS])
{
    ur_spectrum s;
    const char *name = NULL;
    double most = -1;
    *text = 0;
    for (size_t i = 0; ur_spectrum_at(spectra, i, &s); i++) {
        size_t above = 0;
        while (s.singular && above < s.count && s.singular[above] > 1) above++;
        if (i == 1) say(text, " By gate:");
        if (i)
            say(text, "%s %s %.3g", i > 1 ? "," : "", s.gate, s.largest);
        else
            say(text, "Singular values of W_hh: the largest is %.3g", s.largest);
        if (!i && s.singular)
            say(text, ", the median %.3g, %zu of %zu are above 1", s.singular[s.count / 2], above, s.count);
        if (isfinite(s.radius)) say(text, i ? " (spectral radius %.3g)" : "; spectral radius %.3g", s.radius);
        if (!i) say(text, ".");
        if (i && s.largest > most) {
            most = s.largest;
            name = s.gate;
        }
    }
    if (name) say(text, "; the largest is that of %s.", name);
    if (!ur_spectra_whole(spectra))
        say(text, " The whole spectrum needs LAPACK, which is not there: install liblapack3.");
}

void ur_cli_moves_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS])
{
    *text = 0;
    say(text, "From step to step h moves by %.3g of its length", layer->h_moves);
    if (isfinite(layer->c_moves)) say(text, ", c by %.3g", layer->c_moves);
    say(text, ".");
}

void ur_cli_subject_title(const ur_cli_subject *subject, size_t layer, char text[UR_CLI_WORDS])
{
    *text = 0;
    say(text, "%s", subject->name);
    if (subject->layers > 1) say(text, " layer %zu", layer + 1);
}

void ur_cli_fresh_words(const ur_cli_subjects *subjects, char text[UR_CLI_WORDS])
{
    const ur_cli_fresh *f = subjects->fresh;
    *text = 0;
    say(text, "Untrained networks of %zu neurons, seed %llu. ", f->hidden, (unsigned long long)f->seed);
    if (f->orthogonal)
        say(text, "W_hh = gain times an orthogonal matrix, for each gate one");
    else
        say(text, "W_hh = gain/√%zu · N(0, 1)", f->hidden);
    say(text, "; other weights uniform in ±1/√%zu; ", f->hidden);
    say(text, "%g added to the bias of the gate that keeps (f of an LSTM, z of a GRU). Inputs are random.",
        f->keep_bias);
}
