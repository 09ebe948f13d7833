/* unroll inspect gradient: how far back in time the gradient of a loss reaches. */
#include "cli/inspect/gradient.h"

#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/task_settings.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    ur_reading reading;
    ur_flow_settings flow;
    ur_cli_fresh fresh;
    int invalid;
    const char *part, *html;
    bool compare, overwrite, json, back; /* back: the user gave the number of steps */
    const ur_cli_arguments *arguments;
    ur_cli_texts *data;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is followed", "back", "K", UR_SETTING_SIZE, PLACE(flow.steps), .least = 1, .most = 100000,
     .help = "steps to go back"},
    {NULL, "steps", "K", UR_SETTING_SIZE, PLACE(flow.steps), .least = 1, .most = 100000,
     .help = NULL}, /* the option's older name */
    {NULL, "places", "N", UR_SETTING_SIZE, PLACE(flow.places), .least = 1, .most = 65536,
     .help = "places in the text whose losses are followed back; results are means over them"},
    {NULL, "warm-up", "N", UR_SETTING_SIZE, PLACE(flow.warm), .least = 1, .most = 100000,
     .help = "steps to read before each place; fewer if the text is too short"},
    UR_CLI_PART_ROW(NULL, PLACE(part)),
    UR_CLI_INVALID_ROW(NULL, PLACE(invalid)),
    {NULL, "no-jacobian", NULL, UR_SETTING_FLAG, PLACE(flow.no_jacobian),
     .help = "leave out the product of Jacobians, which takes most of the time in a wide layer"},
    UR_CLI_THREADS_ROW(NULL, PLACE(flow.threads)),

    {"Several networks", "compare", NULL, UR_SETTING_FLAG, PLACE(compare),
     .help =
         "draw several models in one picture; all arguments that are run folders or end in .safetensors are models"},

    {"Untrained networks", "fresh", "CELLS", UR_SETTING_TEXT, PLACE(fresh.cells), .unset = "none",
     .help = "inspect untrained networks with these cells, such as rnn,lstm,gru, instead of a model and data"},
    {NULL, "hidden", "N", UR_SETTING_SIZE, PLACE(fresh.hidden), .least = 1, .most = 4096, .help = "neurons in each"},
    {NULL, "gain", "LIST", UR_SETTING_TEXT, PLACE(fresh.gains),
     .help = "gains: W_hh is a gain times N(0, 1)/sqrt(hidden); one network for each gain"},
    {NULL, "orthogonal", NULL, UR_SETTING_FLAG, PLACE(fresh.orthogonal),
     .help = "make W_hh a gain times an orthogonal matrix instead"},
    {NULL, "keep-bias", "X", UR_SETTING_NUMBER, PLACE(fresh.keep_bias), .least = -100, .most = 100,
     .help = "added to the bias of the gate that keeps the state: f of an LSTM, z of a GRU"},
    {NULL, "seed", "N", UR_SETTING_COUNT, PLACE(fresh.seed), .help = "seed of the weights and the symbols read"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none", .help = "write all plots as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json),
     .help = "print one JSON object with all curves, in natural logarithms"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_)
{
    *(settings *)settings_ = (settings){
        .reading = {.end = 1},
        .flow = {.steps = 200, .places = 64, .warm = 100},
        .fresh = {.hidden = 100, .gains = "0.5,1,1.5,2", .keep_bias = 1, .seed = 1},
    };
}

/* ---- Subjects ----------------------------------------------------------------------------------------------------- */

static void subjects_free(ur_cli_subjects *all)
{
    for (size_t i = 0; i < all->count; i++) {
        ur_cli_subject *s = &all->list[i];
        for (size_t layer = 0; s->spectra && layer < s->layers; layer++) ur_spectra_free(s->spectra[layer]);
        free((void *)s->spectra);
        free(s->layer);
        ur_flow_free(s->flow);
        ur_model_free(s->model);
        free(s->name);
    }
    free(all->list);
}

ur_status ur_cli_subject_finish(ur_cli_subject *s, ur_error *error)
{
    s->layers = ur_probe_layers(s->model);
    s->layer = calloc(s->layers, sizeof *s->layer);
    s->spectra = calloc(s->layers, sizeof *s->spectra);
    if (!s->layer || !s->spectra) return ur_fail_memory(error, "the layers");
    for (size_t i = 0; i < s->layers; i++) {
        ur_flow_layer_at(s->flow, i, &s->layer[i]);
        UR_TRY(ur_spectra_create(&s->spectra[i], s->model, i, error));
    }
    return UR_OK;
}

static size_t ends_in(const char *word, size_t length, const char *end)
{
    size_t count = strlen(end);
    return length > count && strncmp(word + length - count, end, count) == 0 ? count : 0;
}

/* The last component of a path without its extension. For a run's model.safetensors, it is the name of the run's
 * folder. */
static char *short_name(const char *path)
{
    size_t end = strlen(path), begin;
    end -= ends_in(path, end, "/model.safetensors");
    while (end > 1 && path[end - 1] == '/') end--;
    for (begin = end; begin > 0 && path[begin - 1] != '/';) begin--;
    end -= ends_in(path + begin, end - begin, ".safetensors");
    return strndup(path + begin, end - begin);
}

static ur_status follow_text(ur_cli_subject *s, const settings *how, ur_error *error)
{
    UR_TRY(ur_flow_create(&s->flow, s->model, &how->flow, error));
    return ur_flow_text(s->flow, &how->reading, error);
}

/* Follows a model of another task back from the labels of examples of its own kind. */
static ur_status follow_task(ur_cli_subject *s, const settings *how, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_refuse_text_options(&TABLE, how->arguments, s->model, error));
    UR_TRY(ur_cli_task_settings(&task, s->model, how->arguments, how->data, 0, error));
    ur_status status = ur_flow_create(&s->flow, s->model, &how->flow, error);
    if (status == UR_OK) status = ur_flow_task(s->flow, task, error);
    ur_settings_free(task);
    return status;
}

static ur_status follow(ur_cli_subject *s, const settings *how, const char *path, ur_error *error)
{
    bool task = ur_cli_has_task_data(s->model);
    if (!task) UR_TRY(ur_cli_expect_text_for(s->model, path, how->arguments, how->data->count, error));
    UR_TRY(ur_model_use_weights(s->model, UR_WEIGHTS_F32, error));
    UR_TRY(task ? follow_task(s, how, error) : follow_text(s, how, error));
    return ur_cli_subject_finish(s, error);
}

/* Chooses how many steps back to follow if the user did not: if the first model is of another task, as many as most of
 * its examples have. */
static ur_status choose_steps(settings *s, const char *path, ur_error *error)
{
    ur_model *model;
    ur_settings *task = NULL;
    UR_TRY(ur_cli_model_load(&model, path, error));
    ur_status status = UR_OK;
    if (ur_cli_has_task_data(model)) {
        status = ur_cli_task_settings(&task, model, s->arguments, s->data, 0, error);
        if (status == UR_OK) status = ur_flow_task_steps(model, task, s->flow.places, &s->flow.steps, error);
    }
    ur_settings_free(task);
    ur_model_free(model);
    return status;
}

static ur_status follow_files(ur_cli_subjects *all, const settings *how, const char *const *paths, size_t count,
                              ur_error *error)
{
    all->list = calloc(count, sizeof *all->list);
    if (!all->list) return ur_fail_memory(error, "the networks");
    for (size_t i = 0; i < count; i++) {
        ur_cli_subject *s = &all->list[all->count++];
        s->gain = NAN;
        s->name = short_name(paths[i]);
        if (!s->name) return ur_fail_memory(error, "a name");
        UR_TRY(ur_cli_model_load(&s->model, paths[i], error));
        ur_status status = follow(s, how, paths[i], error);
        if (status != UR_OK) return count > 1 ? ur_fail_in(error, status, paths[i]) : status;
    }
    return UR_OK;
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static ur_status report(const settings *s, const ur_cli_subjects *all, ur_error *error)
{
    if (s->html) UR_TRY(ur_cli_gradient_page(all, s->html, s->overwrite, error));
    if (s->json) return ur_cli_gradient_json(all, error);
    ur_cli_gradient_print(all);
    return UR_OK;
}

static bool is_model(const char *word)
{
    char *path = NULL;
    bool run = ur_path_is_folder(word) && ur_cli_model_path(word, &path, NULL) == UR_OK;
    free(path);
    return run || ends_in(word, strlen(word), ".safetensors");
}

/* Moves the models to the front and the texts after them. Returns the number of models. */
static size_t sort_words(const char **words, size_t count, bool compare)
{
    size_t models = 0;
    for (size_t i = 0; i < count; i++) {
        const char *word = words[i];
        if (i && !(compare && is_model(word))) continue;
        memmove(words + models + 1, words + models, (i - models) * sizeof *words);
        words[models++] = word;
    }
    return models;
}

static ur_status run_files(settings *s, const char **words, size_t count, ur_error *error)
{
    size_t models = sort_words(words, count, s->compare);
    ur_cli_subjects all = {0};
    ur_cli_texts texts;
    s->data = &texts;
    ur_status status = ur_cli_reading_open(&s->reading, &texts, words + models, count - models, error);
    if (status == UR_OK && !s->back) status = choose_steps(s, words[0], error);
    all.steps = s->flow.steps;
    if (status == UR_OK) status = follow_files(&all, s, words, models, error);
    if (status == UR_OK) status = report(s, &all, error);
    subjects_free(&all);
    ur_cli_texts_close(&texts, error);
    return status;
}

static ur_status run_fresh(settings *s, ur_error *error)
{
    ur_cli_subjects all = {.steps = s->flow.steps};
    ur_status status = ur_cli_fresh_subjects(&all, &s->fresh, &s->flow, error);
    if (status == UR_OK) status = report(s, &all, error);
    subjects_free(&all);
    return status;
}

static ur_status check(const settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    static const char *const of_fresh[] = {"hidden", "gain", "orthogonal", "keep-bias", "seed"};
    static const char *const of_files[] = {"part", "invalid", "compare"};
    for (size_t i = 0; !s->fresh.cells && i < sizeof of_fresh / sizeof of_fresh[0]; i++)
        if (ur_cli_given(&TABLE, arguments, of_fresh[i]))
            return ur_fail(error, UR_ERR_USAGE, "--%s belongs to --fresh CELLS; add that, or leave it out",
                           of_fresh[i]);
    for (size_t i = 0; s->fresh.cells && i < sizeof of_files / sizeof of_files[0]; i++)
        if (ur_cli_given(&TABLE, arguments, of_files[i]))
            return ur_fail(error, UR_ERR_USAGE, "--%s has no effect beside --fresh, which reads no text", of_files[i]);
    return ur_cli_check_new(s->html, s->overwrite, error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    settings *s = settings_;
    UR_TRY(check(s, arguments, error));
    s->arguments = arguments;
    s->back = ur_cli_given(&TABLE, arguments, "back") || ur_cli_given(&TABLE, arguments, "steps");
    if (s->fresh.cells) {
        UR_TRY(ur_cli_expect(arguments, 0, 0, "", error));
        return run_fresh(s, error);
    }
    UR_TRY(ur_cli_expect_model(arguments, error));
    UR_TRY(ur_cli_reading_set(&s->reading, s->part, s->invalid, error));
    return run_files(s, arguments->words, arguments->count, error);
}

const ur_cli_verb ur_cli_inspect_gradient = {
    .name = "inspect gradient",
    .takes = "MODEL DATA... [option...]",
    .summary = "measure how far back in time a gradient reaches",
    .text =
        "Follows the loss of single predictions back through time. For each recurrent layer and each number k of steps "
        "back, it prints the norm of the gradient with respect to h and, in an LSTM, to c. It also prints the factors "
        "by which the gates' slopes and W_hh change the gradient at each step, and the part of it that came through "
        "the \"+\" of the LSTM alone; the singular values of W_hh and of the product of Jacobians; the lectures' rule "
        "(the gradient vanishes if the largest singular value is below 1) beside what is observed; and how far the "
        "states move in a step. Norms are scaled at each step, so that they neither underflow nor overflow.\n\n"
        "A model of another task starts from the labels or numbers of its own data, and goes back as far as most "
        "examples reach. If each word or frame has a label, it starts from the last label, or in layers that read "
        "backwards from the first. For a model of draw it starts from the pixels of the finished picture. k counts "
        "from the end of what a line reads; in a line that spells, from the end of the word.\n\n"
        "--compare draws several models in one plot. --fresh inspects untrained networks at several gains. The page "
        "animates the gradient on its way back.\n\n"
        "The whole spectrum of W_hh needs LAPACK (Debian: liblapack3), which is loaded only when needed. Without it, "
        "only the largest singular value is printed.",
    .examples = "unroll inspect gradient runs/input input.txt  # how far does it reach?\n"
                "unroll inspect gradient --compare runs/rnn runs/lstm input.txt  # in which network further?\n"
                "unroll inspect gradient --fresh rnn,lstm,gru --html fresh.html  # before any training\n",
    .any_task = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
