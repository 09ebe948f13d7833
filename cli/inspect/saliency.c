/* unroll inspect saliency: shows how much each token of a text influenced the prediction after it. */
#include "cli/args/verb.h"
#include "cli/report/page.h"
#include "cli/report/shade.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/text_out.h"
#include "cli/support/unknown.h"
#include "cli/support/watching.h"

#include "unroll_inspect.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *target, *html;
    size_t at, item;
    bool overwrite, json;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is explained", "target", "TOKEN", UR_SETTING_TEXT, PLACE(target), .unset = "the likeliest",
     .help = "prediction to explain: a next token, or a label"},
    {NULL, "at", "N", UR_SETTING_SIZE, PLACE(at), .least = 1, .most = 1e9, .unset = "the last one",
     .help = "number of the word or frame whose label to explain, from 1; in a forecast, rows ahead"},
    {NULL, "item", "N", UR_SETTING_SIZE, PLACE(item), .least = 1, .most = 1e9, .initial = "1",
     .help = "number of the clip, picture, recording or channel, in a file with several"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "write the coloured text as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){.item = 1}; }

/* A text or another item, its prediction, and the influence of each step. */
typedef struct salience {
    ur_model *model;
    int32_t *ids, target;
    size_t count;
    ur_real *moved;
    double probability, largest;
    ur_answerer *answerer; /* for models whose target is a label or a number; NULL for language models */
    ur_item item;
    size_t at;    /* step whose label is explained, from 1; 0 if the whole item has one label */
    size_t ahead; /* for a forecast, the number of rows ahead; 0 if it is none */
    ur_real *features;
    char number[32];
} salience;

/* ---- Computation ----------------------------------------------------------------------------------------------- */

static ur_status read_text(salience *s, const char *text, ur_error *error)
{
    size_t length = strlen(text);
    s->ids = calloc(length + 1, sizeof *s->ids);
    s->moved = calloc(length + 1, sizeof *s->moved);
    if (!s->ids || !s->moved) return ur_fail_memory(error, "the text");
    UR_TRY(ur_encode(s->model, text, length, s->ids, length, &s->count, error));
    return s->count ? UR_OK : ur_fail(error, UR_ERR_USAGE, "the text is empty; give at least one token");
}

static ur_status choose_target(salience *s, const char *token, ur_error *error)
{
    size_t count;
    UR_TRY(ur_encode(s->model, token, strlen(token), &s->target, 1, &count, error));
    if (count == 1) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--target: '%.80s' is %zu tokens; give one", token, count);
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
        if ((int32_t)i != ur_unknown_token(s->model) && logits[i] > logits[s->target]) s->target = (int32_t)i;
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

/* ---- Labels ---------------------------------------------------------------------------------------------------- */

static ur_status find_label(salience *s, const char *name, ur_error *error)
{
    while (ur_model_label(s->model, (size_t)s->target) &&
           strcmp(ur_model_label(s->model, (size_t)s->target), name) != 0)
        s->target++;
    if (ur_model_label(s->model, (size_t)s->target)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--target: the model has no label '%.80s' (unroll info lists them)", name);
}

static ur_status choose_step(salience *s, size_t at, ur_error *error)
{
    if (at && !s->item.each_step)
        return ur_fail(error, UR_ERR_USAGE, "--at is for models that label each step; this one gives one label in all");
    if (at > s->count) return ur_fail(error, UR_ERR_USAGE, "--at %zu: there are %zu", at, s->count);
    s->at = !s->item.each_step ? 0 : at ? at : s->count;
    return UR_OK;
}

/* ---- Forecasts ------------------------------------------------------------------------------------------------- */

static ur_status choose_number(salience *s, const settings *how, ur_prediction *of, ur_error *error)
{
    size_t features = 0, count = s->item.numbers;
    if (how->target)
        return ur_fail(error, UR_ERR_USAGE, "--target is for labels and tokens; --item chooses a channel, --at a row");
    if (how->at > count)
        return ur_fail(error, UR_ERR_USAGE, "--at %zu: the forecast has rows 1 to %zu", how->at, count);
    s->ahead = how->at ? how->at : count;
    while (ur_answerer_feature(s->answerer, features)) features++;
    s->features = calloc(features + 1, sizeof *s->features);
    if (!s->features) return ur_fail_memory(error, "the channels");
    *of = (ur_prediction){.line = s->item.answers,
                          .step = s->item.each_step ? s->count - 1 : 0,
                          .target = (int32_t)(s->item.first + (s->ahead - 1) * s->item.stride),
                          .number = true,
                          .features = s->features};
    return UR_OK;
}

/* Sums over the features of one channel, beginning at *at, and moves *at past them. Returns the channel's name, or NULL
 * if there is none left. */
static const char *next_channel(const salience *s, size_t *at, double *sum)
{
    const char *name = ur_answerer_feature(s->answerer, *at);
    *sum = 0;
    for (const char *other = name; other && strcmp(other, name) == 0; other = ur_answerer_feature(s->answerer, *at))
        *sum += (double)s->features[(*at)++];
    return name;
}

static ur_status choose_label(salience *s, const settings *how, ur_prediction *of, ur_error *error)
{
    UR_TRY(choose_step(s, how->at, error));
    if (how->target) UR_TRY(find_label(s, how->target, error));
    *of =
        (ur_prediction){.line = s->item.answers, .step = s->at ? s->at - 1 : 0, .target = how->target ? s->target : -1};
    return UR_OK;
}

static ur_status look_at_item(salience *s, const settings *how, const char *item, ur_error *error)
{
    UR_TRY(ur_answerer_look(s->answerer, item, strlen(item), how->item - 1, &s->item, error));
    s->count = s->item.steps;
    s->moved = calloc(s->count, sizeof *s->moved);
    if (!s->moved) return ur_fail_memory(error, "the text");
    ur_prediction of;
    UR_TRY(s->item.numbers ? choose_number(s, how, &of, error) : choose_label(s, how, &of, error));
    UR_TRY(ur_saliency_of(s->model, &s->item.batch, &of, s->item.line, s->moved, error));
    s->target = of.target;
    s->probability = of.probability;
    return UR_OK;
}

/* Explains an item of the model's own task. */
static ur_status make_of_item(salience *s, const settings *how, const char *item, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_settings_of_model(&task, s->model, error));
    ur_status status = ur_saliency_check(task, error);
    if (status == UR_OK) status = ur_answerer_create(&s->answerer, s->model, task, false, error);
    ur_settings_free(task);
    return status == UR_OK ? look_at_item(s, how, item, error) : status;
}

static ur_status make(salience *s, const settings *how, const char *text, ur_error *error)
{
    bool tokens = !ur_cli_has_task_data(s->model);
    if (how->at && tokens)
        return ur_fail(error, UR_ERR_USAGE,
                       "--at is for models that give labels or forecasts, not for those of the task %s",
                       ur_model_task(s->model));
    UR_TRY(tokens ? make_prediction(s, how, text, error) : make_of_item(s, how, text, error));
    for (size_t i = 0; i < s->count; i++) s->largest = fmax(s->largest, fabs((double)s->moved[i]));
    return UR_OK;
}

/* ---- Output ---------------------------------------------------------------------------------------------------- */

/* The square root of the influence as a share of the strongest one, so that weak influences are visible too. */
static double shade(const salience *s, size_t i)
{
    double share = s->largest > 0 ? (double)s->moved[i] / s->largest : 0;
    return share < 0 ? -sqrt(-share) : sqrt(share);
}

static const char *token(const salience *s, int32_t id, size_t *length)
{
    const char *text = ur_token_text(s->model, id, length);
    if (!text) *length = strlen("\xEF\xBF\xBD");
    return text ? text : "\xEF\xBF\xBD";
}

/* The text of a step: a token, a word, or its number. */
static const char *step(salience *s, size_t i, size_t *length)
{
    if (!s->answerer) return token(s, s->ids[i], length);
    const char *text = ur_answerer_step(s->answerer, i, length);
    if (text) return text;
    *length = (size_t)snprintf(s->number, sizeof s->number, "%zu", i + 1);
    return s->number;
}

static const char *target(const salience *s, size_t *length)
{
    if (!s->answerer) return token(s, s->target, length);
    const char *label = s->ahead ? s->item.name : ur_model_label(s->model, (size_t)s->target);
    *length = label ? strlen(label) : 0;
    return label ? label : "";
}

static void print_number(const salience *s)
{
    printf("\n\nin '");
    ur_cli_print_shown(stdout, s->item.name, strlen(s->item.name));
    printf("', %zu rows ahead, the network adds %+.4f standard deviations to the simple forecast\n", s->ahead,
           s->probability);
    printf("\n   moved  step, the strongest ten; above 0 raised it, below 0 lowered it\n");
}

static void print_prediction(const salience *s)
{
    size_t length;
    if (s->at)
        printf("\n\nlabel of number %zu, with probability %.4f: '", s->at, s->probability);
    else
        printf("\n\n%s, with probability %.4f: '", s->answerer ? "label" : "then", s->probability);
    const char *text = target(s, &length);
    ur_cli_print_shown(stdout, text, length);
    printf("'\n\n   moved  %s, the strongest ten; above 0 speaks for it, below 0 against it\n",
           s->at || s->item.apart ? "step" : "token");
}

static void print_channels(const salience *s)
{
    double sum;
    size_t at = 0;
    if (!ur_answerer_feature(s->answerer, 0)) return;
    puts("\n   moved  channel, all steps together");
    for (const char *name; (name = next_channel(s, &at, &sum));) {
        printf("%+8.4f  '", sum);
        ur_cli_print_shown(stdout, name, strlen(name));
        puts("'");
    }
}

static void print_text(salience *s)
{
    size_t length;
    for (size_t i = 0; i < s->count; i++) {
        const char *text = step(s, i, &length);
        ur_cli_shade_terminal(stdout, text, length, shade(s, i));
        if (s->item.apart) ur_cli_shade_terminal(stdout, " ", 1, 0);
    }
    ur_cli_shade_end_terminal(stdout);
    if (s->ahead)
        print_number(s);
    else
        print_prediction(s);
}

static int by_strength(const void *a, const void *b)
{
    double x = fabs((double)**(const ur_real *const *)a), y = fabs((double)**(const ur_real *const *)b);
    return x < y ? 1 : x > y ? -1 : 0;
}

static ur_status print_strongest(salience *s, ur_error *error)
{
    const ur_real **order = calloc(s->count, sizeof *order);
    if (!order) return ur_fail_memory(error, "the order");
    for (size_t i = 0; i < s->count; i++) order[i] = &s->moved[i];
    qsort((void *)order, s->count, sizeof *order, by_strength);
    for (size_t i = 0; i < s->count && i < 10; i++) {
        size_t at = (size_t)(order[i] - s->moved), length;
        const char *text = step(s, at, &length);
        printf("%+8.4f  '", (double)*order[i]);
        ur_cli_print_shown(stdout, text, length);
        printf(s->at ? "', number %zu\n" : "', %zu back\n", s->at ? at + 1 : s->count - at);
    }
    free((void *)order);
    return UR_OK;
}

static json_t *channels_json(const salience *s)
{
    double sum;
    size_t at = 0;
    json_t *list = json_array();
    for (const char *name; (name = next_channel(s, &at, &sum));) {
        json_t *one = json_object();
        ur_cli_json_set(&one, "name", ur_cli_json_text(name, strlen(name)));
        ur_cli_json_set(&one, "moved", ur_cli_json_number(sum));
        ur_cli_json_add(&list, one);
    }
    return list;
}

static ur_status print_json(salience *s, ur_error *error)
{
    size_t length;
    json_t *object = json_object(), *tokens = json_array();
    for (size_t i = 0; i < s->count; i++) {
        json_t *one = json_object();
        const char *text = step(s, i, &length);
        ur_cli_json_set(&one, "unit", ur_cli_json_text(text, length));
        ur_cli_json_set(&one, "moved", ur_cli_json_number((double)s->moved[i]));
        ur_cli_json_add(&tokens, one);
    }
    const char *text = target(s, &length);
    ur_cli_json_set(&object, "target", ur_cli_json_text(text, length));
    if (s->at) ur_cli_json_set(&object, "at", json_integer((json_int_t)s->at));
    if (s->ahead) ur_cli_json_set(&object, "ahead", json_integer((json_int_t)s->ahead));
    ur_cli_json_set(&object, s->ahead ? "added" : "probability", ur_cli_json_number(s->probability));
    if (s->ahead) ur_cli_json_set(&object, "channels", channels_json(s));
    ur_cli_json_set(&object, "units", tokens);
    return ur_cli_json_print(object, error);
}

static void note_page(const salience *s, ur_cli_page *page)
{
    size_t length;
    const char *text = target(s, &length);
    if (s->ahead)
        ur_cli_page_note(page,
                         "What moved the number that the network adds to the simple forecast of “%.*s”, %zu rows ahead "
                         "(%+.4f standard deviations): its gradient times input. The colour is the root of the share "
                         "of the strongest, %.3g.",
                         (int)length, text, s->ahead, s->probability, s->largest);
    else
        ur_cli_page_note(page,
                         "What moved the prediction of “%.*s” for this text (probability %.4f): gradient of log p "
                         "times input. The colour is the root of the share of the strongest, %.3g.",
                         (int)length, text, s->probability, s->largest);
}

static ur_status save_page(salience *s, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    size_t length;
    UR_TRY(ur_cli_page_begin(&page, "Saliency", error));
    note_page(s, &page);
    ur_cli_shade_begin_html(page.out);
    for (size_t i = 0; i < s->count; i++) {
        const char *text = step(s, i, &length);
        ur_cli_shade_html(page.out, text, length, shade(s, i));
        if (s->item.apart) ur_cli_shade_html(page.out, " ", 1, 0);
    }
    ur_cli_shade_end_html(page.out);
    return ur_cli_page_save(&page, path, overwrite, error);
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static ur_status show(salience *s, const settings *how, ur_error *error)
{
    if (how->html) UR_TRY(save_page(s, how->html, how->overwrite, error));
    if (how->json) return print_json(s, error);
    print_text(s);
    UR_TRY(print_strongest(s, error));
    if (s->ahead) print_channels(s);
    return UR_OK;
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
    free(s.features);
    ur_answerer_free(s.answerer);
    ur_model_free(s.model);
    return status;
}

const ur_cli_verb ur_cli_inspect_saliency = {
    .name = "inspect saliency",
    .takes = "MODEL ITEM [option...]",
    .summary = "show which tokens, frames or rows moved a prediction",
    .text =
        "Reads a text and shows how much each token moved a prediction: the next token, the label that a classifier "
        "gives the text, or the label that a tagger gives one of its words (--at). A model of pictures, recordings or "
        "frames takes a file, and shows rows, slices or frames. A forecast takes a table, and shows which steps and "
        "channels at the end of the table moved the network's correction of the simple forecast.\n\n"
        "The saliency is the gradient of the prediction's log probability (or of the number, in a forecast) with "
        "respect to the input of a step, times that input (Denil et al. 2014). The input of a word is its embedding "
        "and its spelling. Orange and positive: for the prediction. Blue and negative: against it. It is a first-order "
        "answer: it says what a small change would do.",
    .examples = "unroll inspect saliency runs/input 'To be, or not to b'  # why an e?\n"
                "unroll inspect saliency runs/input 'To be, or not to b' --target y  # and why not a y?\n"
                "unroll inspect saliency runs/reviews 'not a bad film'  # which word made it positive?\n"
                "unroll inspect saliency runs/tags 'We can light the light.' --at 3  # why a verb?\n"
                "unroll inspect saliency runs/lips clips.idx4 --item 2 --at 40  # frame 40 of the second clip\n"
                "unroll inspect saliency runs/load load.csv --item 2 --at 24  # the second channel, 24 rows ahead\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
