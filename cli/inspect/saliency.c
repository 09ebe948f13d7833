/* unroll inspect saliency: how much each unit of a text moved what the network predicts behind it. */
#include "cli/args/verb.h"
#include "cli/report/page.h"
#include "cli/report/shade.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/text_out.h"
#include "cli/support/unknown.h"

#include "unroll_inspect.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *target, *html;
    bool overwrite, json;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is explained", "target", "UNIT", UR_SETTING_TEXT, PLACE(target), .unset = "the likeliest one",
     .help = "this prediction: a token behind the text, or a label of a classifier"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none", .help = "the coloured text as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace a file that is there"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){0}; }

/* A text, what is predicted behind it, and what moved that. */
typedef struct salience {
    ur_model *model;
    int32_t *ids, target;
    size_t count;
    ur_real *moved;
    double probability, largest;
    bool labels; /* the target is a label of a classifier */
} salience;

/* ---- Making it ---------------------------------------------------------------------------------------------------- */

static ur_status read_text(salience *s, const char *text, ur_error *error)
{
    size_t length = strlen(text);
    s->ids = calloc(length + 1, sizeof *s->ids);
    s->moved = calloc(length + 1, sizeof *s->moved);
    if (!s->ids || !s->moved) return ur_fail_memory(error, "the text");
    UR_TRY(ur_encode(s->model, text, length, s->ids, length, &s->count, error));
    return s->count ? UR_OK : ur_fail(error, UR_ERR_USAGE, "the text is empty; give at least one token");
}

static ur_status choose_target(salience *s, const char *unit, ur_error *error)
{
    size_t count;
    UR_TRY(ur_encode(s->model, unit, strlen(unit), &s->target, 1, &count, error));
    if (count == 1) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--target: '%.80s' is %zu tokens; give one", unit, count);
}

static ur_status likeliest(salience *s, ur_error *error)
{
    ur_state *state;
    size_t outputs = ur_model_outputs(s->model);
    ur_real *logits = calloc(outputs, sizeof *logits);
    if (!logits) return ur_fail_memory(error, "the predictions");
    ur_status status = ur_state_create(&state, s->model, 1, error);
    for (size_t i = 0; i < s->count && status == UR_OK; i++) ur_step(s->model, state, &s->ids[i], logits);
    for (size_t i = 0; i < outputs; i++)
        if ((int32_t)i != ur_unknown_unit(s->model) && logits[i] > logits[s->target]) s->target = (int32_t)i;
    if (status == UR_OK) ur_state_free(state);
    free(logits);
    return status;
}

static ur_status make_prediction(salience *s, const settings *how, const char *text, ur_error *error)
{
    UR_TRY(read_text(s, text, error));
    ur_cli_tell_unknown(s->model, "inspect saliency: TEXT", text, strlen(text));
    if (how->target) ur_cli_tell_unknown(s->model, "inspect saliency: --target", how->target, strlen(how->target));
    UR_TRY(how->target ? choose_target(s, how->target, error) : likeliest(s, error));
    return ur_saliency(s->model, s->ids, s->count, s->target, s->moved, &s->probability, error);
}

/* ---- Of a classifier ---------------------------------------------------------------------------------------------- */

/* As the task cuts the text. */
static ur_status read_tokens(salience *s, ur_settings *task, const char *text, ur_error *error)
{
    ur_answerer *answerer;
    const int32_t *ids;
    UR_TRY(ur_answerer_create(&answerer, s->model, task, false, error));
    ur_status status = ur_answerer_tokens(answerer, text, strlen(text), &ids, &s->count, error);
    s->ids = status == UR_OK ? calloc(s->count, sizeof *s->ids) : NULL;
    s->moved = status == UR_OK ? calloc(s->count, sizeof *s->moved) : NULL;
    if (status == UR_OK && (!s->ids || !s->moved)) status = ur_fail_memory(error, "the text");
    if (status == UR_OK) memcpy(s->ids, ids, s->count * sizeof *s->ids);
    ur_answerer_free(answerer);
    return status;
}

static ur_status find_label(salience *s, const char *name, ur_error *error)
{
    while (ur_model_label(s->model, (size_t)s->target) &&
           strcmp(ur_model_label(s->model, (size_t)s->target), name) != 0)
        s->target++;
    if (ur_model_label(s->model, (size_t)s->target)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--target: the model has no label '%.80s' (unroll info lists them)", name);
}

static ur_status find_likeliest_label(salience *s, ur_error *error)
{
    double best = -1;
    for (int32_t i = 0; ur_model_label(s->model, (size_t)i); i++) {
        UR_TRY(ur_saliency(s->model, s->ids, s->count, i, s->moved, &s->probability, error));
        if (s->probability <= best) continue;
        best = s->probability;
        s->target = i;
    }
    return UR_OK;
}

static ur_status make_label(salience *s, const settings *how, const char *text, ur_error *error)
{
    ur_settings *task;
    s->labels = true;
    UR_TRY(ur_settings_of_model(&task, s->model, error));
    ur_status status = read_tokens(s, task, text, error);
    ur_settings_free(task);
    UR_TRY(status);
    UR_TRY(how->target ? find_label(s, how->target, error) : find_likeliest_label(s, error));
    return ur_saliency(s->model, s->ids, s->count, s->target, s->moved, &s->probability, error);
}

static ur_status make(salience *s, const settings *how, const char *text, ur_error *error)
{
    UR_TRY(ur_model_label(s->model, 0) ? make_label(s, how, text, error) : make_prediction(s, how, text, error));
    for (size_t i = 0; i < s->count; i++) s->largest = fmax(s->largest, fabs((double)s->moved[i]));
    return UR_OK;
}

/* ---- Showing it --------------------------------------------------------------------------------------------------- */

/* The root of the share of the strongest, so that weak ones are seen, too. */
static double shade(const salience *s, size_t i)
{
    double share = s->largest > 0 ? (double)s->moved[i] / s->largest : 0;
    return share < 0 ? -sqrt(-share) : sqrt(share);
}

static const char *unit(const salience *s, int32_t id, size_t *length)
{
    const char *text = ur_unit_text(s->model, id, length);
    if (!text) *length = strlen("\xEF\xBF\xBD");
    return text ? text : "\xEF\xBF\xBD";
}

static const char *target(const salience *s, size_t *length)
{
    if (!s->labels) return unit(s, s->target, length);
    const char *label = ur_model_label(s->model, (size_t)s->target);
    *length = strlen(label);
    return label;
}

static void print_text(const salience *s)
{
    size_t length;
    for (size_t i = 0; i < s->count; i++) {
        const char *text = unit(s, s->ids[i], &length);
        ur_cli_shade_terminal(stdout, text, length, shade(s, i));
    }
    ur_cli_shade_end_terminal(stdout);
    printf("\n\n%s, with probability %.4f: '", s->labels ? "label" : "then", s->probability);
    const char *text = target(s, &length);
    ur_cli_print_shown(stdout, text, length);
    printf("'\n\n   moved  token, the strongest ten; above 0 speaks for it, below 0 against it\n");
}

static int by_strength(const void *a, const void *b)
{
    double x = fabs((double)**(const ur_real *const *)a), y = fabs((double)**(const ur_real *const *)b);
    return x < y ? 1 : x > y ? -1 : 0;
}

static ur_status print_strongest(const salience *s, ur_error *error)
{
    const ur_real **order = calloc(s->count, sizeof *order);
    if (!order) return ur_fail_memory(error, "the order");
    for (size_t i = 0; i < s->count; i++) order[i] = &s->moved[i];
    qsort((void *)order, s->count, sizeof *order, by_strength);
    for (size_t i = 0; i < s->count && i < 10; i++) {
        size_t at = (size_t)(order[i] - s->moved), length;
        const char *text = unit(s, s->ids[at], &length);
        printf("%+8.4f  '", (double)*order[i]);
        ur_cli_print_shown(stdout, text, length);
        printf("', %zu back\n", s->count - at);
    }
    free((void *)order);
    return UR_OK;
}

static ur_status print_json(const salience *s, ur_error *error)
{
    size_t length;
    json_t *object = json_object(), *units = json_array();
    for (size_t i = 0; i < s->count; i++) {
        json_t *one = json_object();
        const char *text = unit(s, s->ids[i], &length);
        ur_cli_json_set(&one, "unit", ur_cli_json_text(text, length));
        ur_cli_json_set(&one, "moved", ur_cli_json_number((double)s->moved[i]));
        ur_cli_json_add(&units, one);
    }
    const char *text = target(s, &length);
    ur_cli_json_set(&object, "target", ur_cli_json_text(text, length));
    ur_cli_json_set(&object, "probability", ur_cli_json_number(s->probability));
    ur_cli_json_set(&object, "units", units);
    return ur_cli_json_print(object, error);
}

static ur_status save_page(const salience *s, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    size_t length;
    UR_TRY(ur_cli_page_begin(&page, "Saliency", error));
    const char *text = target(s, &length);
    ur_cli_page_note(&page,
                     "What moved the prediction of “%.*s” for this text (probability %.4f): gradient of log p "
                     "times input. The colour is the root of the share of the strongest, %.3g.",
                     (int)length, text, s->probability, s->largest);
    ur_cli_shade_begin_html(page.out);
    for (size_t i = 0; i < s->count; i++) {
        text = unit(s, s->ids[i], &length);
        ur_cli_shade_html(page.out, text, length, shade(s, i));
    }
    ur_cli_shade_end_html(page.out);
    return ur_cli_page_save(&page, path, overwrite, error);
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static ur_status show(const salience *s, const settings *how, ur_error *error)
{
    if (how->html) UR_TRY(save_page(s, how->html, how->overwrite, error));
    if (how->json) return print_json(s, error);
    print_text(s);
    return print_strongest(s, error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *how = settings_;
    salience s = {0};
    UR_TRY(ur_cli_expect(arguments, 1, 2, "which model? give a model file or a run folder, then a text", error));
    UR_TRY(ur_cli_expect(arguments, 2, 2, "which text? give it as one argument, in quotes", error));
    UR_TRY(ur_cli_check_new(how->html, how->overwrite, error));
    UR_TRY(ur_cli_model_load(&s.model, arguments->words[0], error));
    ur_status status = make(&s, how, arguments->words[1], error);
    if (status == UR_OK) status = show(&s, how, error);
    free(s.ids);
    free(s.moved);
    ur_model_free(s.model);
    return status;
}

const ur_cli_verb ur_cli_inspect_saliency = {
    .name = "inspect saliency",
    .takes = "MODEL \"TEXT\" [option...]",
    .summary = "show which tokens moved a prediction",
    .text = "Reads a text and says how much each token of it moved what the network predicts: the token behind it, or "
            "the label "
            "that a classifier gives it. This is the gradient of "
            "the logarithm of the prediction's probability to the token's input, times that input (Denil et al. 2014). "
            "Orange and above 0 spoke for the prediction, blue and below 0 against it. It is a first-order answer: it "
            "says what a small change would do.",
    .examples = "unroll inspect saliency runs/input 'To be, or not to b'  # why an e?\n"
                "unroll inspect saliency runs/input 'To be, or not to b' --target y  # and why not a y?\n"
                "unroll inspect saliency runs/reviews 'not a bad film'  # which word made it positive?\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
