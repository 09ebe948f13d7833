/* unroll predict: what a model says of each line, as the lines come. */
#include "cli/args/verb.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/sink.h"

#include "unroll_train.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    bool json, whole;
} settings;

static const ur_setting OPTIONS[] = {
    {"What is read", "whole", NULL, UR_SETTING_FLAG, offsetof(settings, whole),
     .help = "each file is one item, instead of each line"},
    {"Output", "json", NULL, UR_SETTING_FLAG, offsetof(settings, json), .help = "one JSON object a line"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *s) { *(settings *)s = (settings){0}; }

/* A message about a text says where the text is: in line `line` of `name`, or in all of it (0). */
static ur_status answer_one(ur_answerer *answerer, const char *text, size_t length, const char *name, size_t line,
                            const ur_sink *sink, ur_error *error)
{
    ur_status status = ur_answer(answerer, text, length, sink, error);
    if (status != UR_ERR_DATA && status != UR_ERR_NUMERIC) return status;
    char place[32];
    snprintf(place, sizeof place, "line %zu", line);
    if (line) ur_fail_in(error, status, place);
    return ur_fail_in(error, status, name);
}

/* As in training, the mark in front of a file is no part of its text. */
static size_t skip_mark(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* Line by line: an answer is out before the next line is waited for. */
static ur_status answer_lines(ur_answerer *answerer, FILE *in, const char *name, const ur_sink *sink, ur_error *error)
{
    char *line = NULL;
    size_t room = 0, at = 1;
    ssize_t size;
    ur_status status = UR_OK;
    while (status == UR_OK && (errno = 0, size = getline(&line, &room, in)) >= 0) {
        size_t length = (size_t)size;
        while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
        size_t skipped = at == 1 ? skip_mark(line, length) : 0;
        status = answer_one(answerer, line + skipped, length - skipped, name, at++, sink, error);
    }
    if (status == UR_OK && ferror(in)) status = ur_fail_file(error, name, "read", errno);
    free(line);
    return status;
}

static ur_status answer_whole(ur_answerer *answerer, const char *path, const ur_sink *sink, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    const char *text = (const char *)bytes.data;
    size_t length = bytes.size, skipped = skip_mark(text, length);
    while (length > skipped && (text[length - 1] == '\n' || text[length - 1] == '\r')) length--;
    ur_status status = answer_one(answerer, text + skipped, length - skipped, path, 0, sink, error);
    ur_bytes_free(&bytes);
    return status;
}

static ur_status answer_file(ur_answerer *answerer, const char *path, bool whole, const ur_sink *sink, ur_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    if (whole && standard) return ur_fail(error, UR_ERR_USAGE, "--whole takes files, not standard input");
    if (whole) return answer_whole(answerer, path, sink, error);
    FILE *in = standard ? stdin : fopen(path, "r");
    if (!in) return ur_fail_file(error, path, "open", errno);
    ur_status status = answer_lines(answerer, in, standard ? "standard input" : path, sink, error);
    if (!standard) fclose(in);
    return status;
}

static ur_status answer_all(ur_answerer *answerer, const ur_cli_arguments *arguments, bool whole, bool json,
                            ur_error *error)
{
    ur_text_out out = ur_cli_standard_output();
    const ur_sink sink = ur_cli_sink(&out);
    out.safe = !json; /* labels are anybody's */
    if (arguments->count < 2) UR_TRY(answer_file(answerer, "-", whole, &sink, error));
    for (size_t i = 1; i < arguments->count; i++)
        UR_TRY(answer_file(answerer, arguments->words[i], whole, &sink, error));
    return ur_answer(answerer, NULL, 0, &sink, error);
}

static ur_status answer_with(ur_model *model, const settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_settings *task;
    ur_answerer *answerer = NULL;
    UR_TRY(ur_settings_of_model(&task, model, error));
    ur_status status = ur_cli_take_pending(arguments, task, ur_model_task(model), error);
    if (status == UR_OK) status = ur_answerer_create(&answerer, model, task, s->json, error);
    if (status == UR_OK) status = answer_all(answerer, arguments, s->whole, s->json, error);
    ur_answerer_free(answerer);
    ur_settings_free(task);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX, "which model? give a model file or a run folder", error));
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = answer_with(model, settings_, arguments, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_predict = {
    .name = "predict",
    .takes = "MODEL [FILE...] [option...]",
    .summary = "answer each line with a model",
    .text = "Reads lines from files, or from standard input, and answers each at once, on a line of its own: a "
            "classifier gives "
            "the label and its probability with a tab between. With --json an answer is an object with the "
            "probabilities of "
            "all labels.",
    .examples = "unroll predict runs/reviews reviews.txt  # a label for each line\n"
                "echo 'not a bad film' | unroll predict runs/reviews --json  # from another program\n",
    .any_task = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
