/* unroll inspect gradient: what its files share. */
#ifndef UR_CLI_INSPECT_GRADIENT_H
#define UR_CLI_INSPECT_GRADIENT_H

#include "unroll_inspect.h"

#include "cli/report/page.h"

#include <jansson.h>

/* The untrained networks that the command line asks for. */
typedef struct ur_cli_fresh {
    const char *cells, *gains; /* lists separated by commas; cells is NULL if no untrained networks are asked for */
    size_t hidden;
    bool orthogonal;
    double keep_bias;
    uint64_t seed;
} ur_cli_fresh;

/* One network, with its gradients followed. */
typedef struct ur_cli_subject {
    char *name;
    ur_model *model;
    ur_flow *flow;
    size_t layers;
    ur_flow_layer *layer;
    ur_spectra **spectra; /* one per layer */
    double gain;          /* gain of an untrained network; NaN for a network from a file */
} ur_cli_subject;

typedef struct ur_cli_subjects {
    ur_cli_subject *list;
    size_t count;
    const ur_cli_fresh *fresh; /* NULL if the networks come from files */
    size_t gains;              /* number of gains; untrained networks are ordered by cell, then by gain */
    size_t steps;
} ur_cli_subjects;

/* Writes the values of k that tables show, in rising order. Returns their number. */
enum { UR_CLI_SHOWN_MOST = 10 };
size_t ur_cli_shown_steps(size_t steps, size_t shown[UR_CLI_SHOWN_MOST]);

static inline double ur_cli_log10_of(double ln) { return ln / 2.30258509299404568402; }

/* Takes the curves of the flow, after it has read, and computes the spectra. */
ur_status ur_cli_subject_finish(ur_cli_subject *subject, ur_error *error);
/* Makes and follows untrained networks. The caller frees `subjects`, also after a failure. */
ur_status ur_cli_fresh_subjects(ur_cli_subjects *subjects, const ur_cli_fresh *fresh, const ur_flow_settings *settings,
                                ur_error *error);

/* ---- sentences (gradient_words.c) ---- */

/* The mean factor per step from the first tenth of the steps to the last step. NaN if a norm is missing. */
double ur_cli_factor_a_step(const double *ln, size_t steps);
/* The last k up to which all norms are at least a hundredth of the norm at k = 0. */
size_t ur_cli_reach(const double *ln, size_t steps);
/* The lectures' rule for this layer, and the measured result, as sentences. */
enum { UR_CLI_WORDS = 512 };
void ur_cli_rule_words(const ur_flow_layer *layer, const ur_spectra *spectra, char text[UR_CLI_WORDS]);
void ur_cli_seen_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS]);
void ur_cli_spectrum_words(const ur_spectra *spectra, char text[UR_CLI_WORDS]);
void ur_cli_moves_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS]);
/* "lstm.safetensors", followed by " layer 2" if the network has several layers. */
void ur_cli_subject_title(const ur_cli_subject *subject, size_t layer, char text[UR_CLI_WORDS]);
/* Says how untrained weights were drawn. */
void ur_cli_fresh_words(const ur_cli_subjects *subjects, char text[UR_CLI_WORDS]);

/* ---- output ---- */

void ur_cli_gradient_print(const ur_cli_subjects *subjects);
ur_status ur_cli_gradient_json(const ur_cli_subjects *subjects, ur_error *error);
ur_status ur_cli_gradient_page(const ur_cli_subjects *subjects, const char *path, bool overwrite, ur_error *error);
/* Draws the gradient on its way back through the unrolled networks, with a row for each state, animated by CSS. */
void ur_cli_gradient_animation(ur_cli_page *page, const ur_cli_subjects *subjects, const size_t *which, size_t count);
/* Chooses the networks of one picture: all of them or, of untrained ones, those whose gain is nearest to 1. */
enum { UR_CLI_PICTURE_MOST = 16 };
size_t ur_cli_picture_of(const ur_cli_subjects *subjects, size_t which[UR_CLI_PICTURE_MOST]);

/* Draws the curves of all layers in log10. `which` holds the indices of `count` networks. Draws on a terminal if
 * `columns` is above 0, else for the page. */
ur_status ur_cli_gradient_chart(FILE *out, const ur_cli_subjects *subjects, const size_t *which, size_t count,
                                const char *title, size_t columns, ur_error *error);

#endif
