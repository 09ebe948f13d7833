/* unroll inspect gradient: what its files share. */
#ifndef UR_CLI_INSPECT_GRADIENT_H
#define UR_CLI_INSPECT_GRADIENT_H

#include "unroll_inspect.h"

#include "cli/report/page.h"

#include <jansson.h>

/* Untrained networks, as the command line asks for them. */
typedef struct ur_cli_fresh {
    const char *cells, *gains; /* lists with commas; cells NULL: none are asked for */
    size_t hidden;
    bool orthogonal;
    double keep_bias;
    uint64_t seed;
} ur_cli_fresh;

/* One network, its gradients followed. */
typedef struct ur_cli_subject {
    char *name;
    ur_model *model;
    ur_flow *flow;
    size_t layers;
    ur_flow_layer *layer;
    ur_spectra **spectra; /* one a layer */
    double gain;          /* of an untrained network; NaN of one from a file */
} ur_cli_subject;

typedef struct ur_cli_subjects {
    ur_cli_subject *list;
    size_t count;
    const ur_cli_fresh *fresh; /* NULL: they come from files */
    size_t gains;              /* untrained networks: cells go first, then gains */
    size_t steps;
} ur_cli_subjects;

/* The k that tables show, rising; returns how many. */
enum { UR_CLI_SHOWN_MOST = 10 };
size_t ur_cli_shown_steps(size_t steps, size_t shown[UR_CLI_SHOWN_MOST]);

static inline double ur_cli_log10_of(double ln) { return ln / 2.30258509299404568402; }

/* Takes the flow's curves, once it has read, and the spectra. */
ur_status ur_cli_subject_finish(ur_cli_subject *subject, ur_error *error);
/* Untrained networks, followed; `subjects` is freed by the caller also after a failure. */
ur_status ur_cli_fresh_subjects(ur_cli_subjects *subjects, const ur_cli_fresh *fresh, const ur_flow_settings *settings,
                                ur_error *error);

/* ---- what is said (inspect_gradient_words.c) ---- */

/* How it goes on from the first tenth of the steps to the last: the factor a step. NaN where a norm is missing. */
double ur_cli_factor_a_step(const double *ln, size_t steps);
/* The last k up to which all norms are at least a hundredth of that at k = 0. */
size_t ur_cli_reach(const double *ln, size_t steps);
/* The lectures' rule for this layer, and what is seen, as sentences. */
enum { UR_CLI_WORDS = 512 };
void ur_cli_rule_words(const ur_flow_layer *layer, const ur_spectra *spectra, char text[UR_CLI_WORDS]);
void ur_cli_seen_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS]);
void ur_cli_spectrum_words(const ur_spectra *spectra, char text[UR_CLI_WORDS]);
void ur_cli_moves_words(const ur_flow_layer *layer, char text[UR_CLI_WORDS]);
/* "lstm.safetensors", with " layer 2" where it has several. */
void ur_cli_subject_title(const ur_cli_subject *subject, size_t layer, char text[UR_CLI_WORDS]);
/* How untrained weights were drawn. */
void ur_cli_fresh_words(const ur_cli_subjects *subjects, char text[UR_CLI_WORDS]);

/* ---- what is made of it ---- */

void ur_cli_gradient_print(const ur_cli_subjects *subjects);
ur_status ur_cli_gradient_json(const ur_cli_subjects *subjects, ur_error *error);
ur_status ur_cli_gradient_page(const ur_cli_subjects *subjects, const char *path, bool overwrite, ur_error *error);
/* The gradient on its way back through the unrolled networks, played by CSS: a row a state. */
void ur_cli_gradient_animation(ur_cli_page *page, const ur_cli_subjects *subjects, const size_t *which, size_t count);
/* The networks that one picture shows: all, or of untrained ones those of the gain nearest to 1. */
enum { UR_CLI_PICTURE_MOST = 16 };
size_t ur_cli_picture_of(const ur_cli_subjects *subjects, size_t which[UR_CLI_PICTURE_MOST]);

/* The curves of the layer as a chart in log10, `which` of the networks given by numbers; for a terminal (columns above 0)
 * or the page. */
ur_status ur_cli_gradient_chart(FILE *out, const ur_cli_subjects *subjects, const size_t *which, size_t count,
                                const char *title, size_t columns, ur_error *error);

#endif
