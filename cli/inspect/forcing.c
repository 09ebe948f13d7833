/* unroll inspect forcing: compares a decoder that is fed the true tokens with one that is fed its own. */
#include "cli/inspect/forcing.h"
#include "cli/args/verb.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/task_settings.h"

#include "unroll_inspect.h"
#include "unroll_train.h"

#include "base/error.h"

#include <stdlib.h>

typedef struct settings {
    size_t examples, threads;
    const char *html;
    bool overwrite, json;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is shown", "examples", "N", UR_SETTING_SIZE, PLACE(examples), .most = 1000, .initial = "5",
     .help = "texts to show token by token, from short to long"},
    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none", .help = "write everything as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
    {"The machine", "threads", "N", UR_SETTING_SIZE, PLACE(threads), .least = 1, .most = 256,
     .unset = "the machine's cores, at most 16", .help = "number of threads; the result does not depend on it"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *s) { ur_setting_defaults(TABLE, s); }

static ur_status show(const char *text, const settings *s, ur_error *error)
{
    json_t *object = json_loads(text, 0, NULL);
    ur_status status = object ? UR_OK : ur_fail_memory(error, "the result");
    if (status == UR_OK && s->html) status = ur_cli_forcing_page(object, s->html, s->overwrite, error);
    if (status == UR_OK && s->json) printf("%s\n", text);
    if (status == UR_OK && !s->json) status = ur_cli_forcing_print(object, error);
    json_decref(object);
    return status;
}

static ur_status inspect(ur_model *model, const settings *s, const ur_cli_arguments *arguments, char **text,
                         ur_error *error)
{
    ur_settings *task = NULL;
    ur_cli_texts data;
    ur_status status = ur_cli_texts_open(&data, arguments->words + 1, arguments->count - 1, error);
    if (status == UR_OK) status = ur_cli_task_settings(&task, model, arguments, &data, s->threads, error);
    if (status == UR_OK) status = ur_inspect_forcing(model, task, s->examples, text, error);
    ur_cli_texts_close(&data, error);
    ur_settings_free(task);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_model *model;
    char *text = NULL;
    UR_TRY(ur_cli_expect_model(arguments, error));
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = inspect(model, s, arguments, &text, error);
    if (status == UR_OK) status = show(text, s, error);
    free(text);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_inspect_forcing = {
    .name = "inspect forcing",
    .takes = "MODEL DATA... [option...]",
    .summary = "show what a decoder's own errors do to the rest of a text",
    .text = "For models with a decoder: translations, captions, and speech with --decoder attention. Each text is "
            "written twice, token by token: once the decoder is fed the true tokens, as in training with teacher "
            "forcing, and once its own, as in use. Some texts are shown side by side, with the place where the "
            "decoder's own tokens first go wrong. A chart shows the share of wrong tokens at each step. The distance "
            "between the two curves is what an error does to the steps after it.\n\n"
            "A token is wrong if it is not the expected one at that step. So a good text with one word too many counts "
            "as wrong from there on.\n\n"
            "DATA and options are those of unroll eval.",
    .examples = "unroll inspect forcing runs/de-en val.de val.en  # five sentences and a chart\n"
                "unroll inspect forcing runs/dates dates.tsv --html forcing.html  # the same as a page\n"
                "unroll inspect forcing runs/emoji dev.tsv --images dev-images-idx4-ubyte.gz  # captions\n"
                "unroll inspect forcing runs/calls recordings/*_5.wav  # speech\n",
    .any_task = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
