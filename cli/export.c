/* unroll export: writes a model to another file, with smaller weights. */
#include "cli/args/verb.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/text_out.h"

#include "unroll_train.h"

#include "base/error.h"

#include <string.h>
#include <sys/stat.h>

typedef struct settings {
    const char *output, *weights;
    bool overwrite, json;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    {"What is written", "output", "FILE", UR_SETTING_TEXT, PLACE(output), .letter = 'o', .unset = "none; required",
     .help = "the model file to write"},
    {NULL, "weights", UR_CLI_WEIGHTS, UR_SETTING_WORD, PLACE(weights), .unset = "as the model has them",
     .help = "type of the weight matrices: bf16 takes half the space of f32, int8 a quarter"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},

    {"Output", "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print the result as one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){0}; }

static ur_status report(const settings *s, const ur_model *model, ur_error *error)
{
    struct stat file = {0};
    if (stat(s->output, &file) != 0) return ur_fail(error, UR_ERR_IO, "%s: cannot be seen again", s->output);
    if (!s->json) {
        ur_cli_print_name(stdout, s->output);
        printf(": %s weights, %lld bytes\n", ur_cli_weights_name(model), (long long)file.st_size);
        return UR_OK;
    }
    json_t *object = json_object();
    ur_cli_json_set(&object, "file", ur_cli_json_text(s->output, strlen(s->output)));
    ur_cli_json_set(&object, "weights", json_string(ur_cli_weights_name(model)));
    ur_cli_json_set(&object, "parameters", json_integer((json_int_t)ur_model_parameters(model)));
    ur_cli_json_set(&object, "bytes", json_integer((json_int_t)file.st_size));
    return ur_cli_json_print(object, error);
}

static ur_status write_model(const settings *s, ur_model *model, ur_error *error)
{
    UR_TRY(ur_cli_use_weights(model, s->weights, error));
    UR_TRY(ur_model_save(model, s->output, error));
    return report(s, model, error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which model? give a model file or a run folder", error));
    if (!s->output) return ur_fail(error, UR_ERR_USAGE, "give the new file with -o FILE");
    UR_TRY(ur_cli_check_new(s->output, s->overwrite, error));
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = write_model(s, model, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_export = {
    .name = "export",
    .takes = "MODEL -o FILE [option...]",
    .summary = "write a model with smaller weights",
    .text = "Writes MODEL, a model file or a run folder, as another model file. --weights rounds its matrices to bf16, "
            "or to int8 with one scale per row. Such a file is used like any other, but cannot be trained. It is "
            "smaller, and its steps are faster. Computation with rounded weights gives the same bits on every machine. "
            "'unroll eval' measures the loss of accuracy.",
    .examples = "unroll export runs/input --weights int8 -o small.safetensors  # a quarter of the size\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
