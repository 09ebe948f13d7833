/* unroll eval: judges a model on data. For a language model, how well it predicts a text; for any other task, the
 * task's metrics. */
#include "cli/eval_task.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/signals.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    ur_scoring scoring;
    int protocol, invalid; /* indices into the choices of their options */
    const char *part, *weights, *picture;
    double tail;
    bool per_line, json, overwrite;
} settings;

#define PLACE(field) offsetof(settings, field)

static const ur_setting OPTIONS[] = {
    UR_CLI_PART_ROW("What is scored", PLACE(part)),
    {NULL, "tail", "SHARE", UR_SETTING_NUMBER, PLACE(tail), .most = 1, .above = true, .unset = "all of it",
     .only = UR_CLI_TEXTS, .help = "score only the end of the text: --tail 0.1 is --part 0.9:1"},
    UR_CLI_INVALID_ROW(NULL, PLACE(invalid)),

    {"How", "protocol", "stateful|windows", UR_SETTING_CHOICE, PLACE(protocol), .only = UR_CLI_TEXTS,
     .help = "stateful: one pass through the text; windows: windows that each begin with a zero state"},
    {NULL, "window", "N", UR_SETTING_SIZE, PLACE(scoring.window), .least = 2, .most = 1e9, .only = UR_CLI_TEXTS,
     .help = "tokens in a window"},
    {NULL, "per-line", NULL, UR_SETTING_FLAG, PLACE(per_line), .only = UR_CLI_TEXTS,
     .help = "print the log-probability of each line, read as a sentence by itself"},
    UR_CLI_THREADS_ROW(NULL, PLACE(scoring.threads)),

    {NULL, "weights", UR_CLI_WEIGHTS, UR_SETTING_WORD, PLACE(weights), .unset = "as the file has them",
     .help = "round the weight matrices first"},

    {"Output", "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
    {NULL, "picture", "FILE", UR_SETTING_TEXT, PLACE(picture), .unset = "none",
     .help = "frames: draw the true labels above the answers over time, as an HTML page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_)
{
    settings *s = settings_;
    *s = (settings){.scoring = {.end = 1, .window = 256}};
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static bool print_line(void *context, uint64_t number, const char *text, size_t length, double log_probability)
{
    (void)context;
    printf("%llu\t%.6f\t", (unsigned long long)number + 1, log_probability);
    ur_cli_print_shown(stdout, text, length);
    putchar('\n');
    return !ferror(stdout);
}

/* context: the array, set to NULL if memory runs out */
static bool collect_line(void *context, uint64_t number, const char *text, size_t length, double log_probability)
{
    json_t **lines = context, *line = json_object();
    ur_cli_json_set(&line, "line", json_integer((json_int_t)number + 1));
    ur_cli_json_set(&line, "text", ur_cli_json_text(text, length));
    ur_cli_json_set(&line, "log_probability", ur_cli_json_number(log_probability));
    if (json_array_append_new(*lines, line) == 0) return true;
    json_decref(*lines);
    *lines = NULL;
    return false;
}

/* ---- Results ---------------------------------------------------------------------------------------------------- */

static ur_status print_json(const settings *s, const ur_model *model, const ur_score *score, json_t *lines,
                            ur_error *error)
{
    json_t *object = json_object();
    ur_cli_json_set(&object, "loss", ur_cli_json_number(score->loss));
    ur_cli_json_set(&object, "bits_per_char", ur_cli_json_number(score->bits_per_char));
    ur_cli_json_set(&object, "bits_per_byte", ur_cli_json_number(score->bits_per_byte));
    ur_cli_json_set(&object, "perplexity", ur_cli_json_number(score->perplexity));
    ur_cli_json_set(&object, "units", json_integer((json_int_t)score->tokens));
    ur_cli_json_set(&object, "predictions", json_integer((json_int_t)score->predictions));
    ur_cli_json_set(&object, "unknown", json_integer((json_int_t)score->unknown));
    ur_cli_json_set(&object, "protocol", json_string(s->scoring.windows ? "windows" : "stateful"));
    ur_cli_json_set(&object, "weights", json_string(ur_cli_weights_name(model)));
    ur_cli_json_set(&object, "seconds", ur_cli_json_number(score->seconds));
    if (s->per_line) ur_cli_json_set(&object, "lines", lines);
    return ur_cli_json_print(object, error);
}

static void print_table(const settings *s, const ur_score *score)
{
    printf("loss          %.4f nats a token\n", score->loss);
    printf("bits a char   %.4f\n", score->bits_per_char);
    printf("bits a byte   %.4f\n", score->bits_per_byte);
    printf("perplexity    %.4f a token\n", score->perplexity);
    printf("tokens        %llu, of which %llu were predicted", (unsigned long long)score->tokens,
           (unsigned long long)score->predictions);
    if (score->unknown) printf(" and %llu never seen in training", (unsigned long long)score->unknown);
    if (s->scoring.windows)
        printf("\nprotocol      windows of %zu tokens, each from a zero state\n", s->scoring.window);
    else
        printf("\nprotocol      stateful, one pass\n");
    printf("seconds       %.2f\n", score->seconds);
}

/* ---- Running ---------------------------------------------------------------------------------------------------- */

static ur_status set_part(settings *s, bool tail_given, ur_error *error)
{
    if (s->part && tail_given)
        return ur_fail(error, UR_ERR_USAGE, "--part and --tail both choose a part; give one of them");
    if (tail_given) s->scoring.begin = 1 - s->tail;
    return ur_cli_read_part(s->part, &s->scoring.begin, &s->scoring.end, error);
}

static ur_status score_model(settings *s, const ur_model *model, ur_error *error)
{
    json_t *lines = s->per_line && s->json ? json_array() : NULL;
    ur_score score = {0};
    if (s->per_line) s->scoring.line = s->json ? collect_line : print_line;
    s->scoring.context = &lines;
    ur_status status = s->per_line && s->json && !lines ? ur_fail_memory(error, "the lines")
                                                        : ur_score_text(model, &s->scoring, &score, error);
    if (status == UR_OK && s->json) return print_json(s, model, &score, lines, error);
    if (status == UR_OK && !s->per_line) print_table(s, &score);
    json_decref(lines);
    return status;
}

static ur_status score_texts(settings *s, ur_model *model, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_texts texts;
    ur_status status = ur_cli_texts_open(&texts, arguments->words + 1, arguments->count - 1, error);
    s->scoring.paths = texts.paths;
    s->scoring.path_count = texts.count;
    s->scoring.watcher = ur_cli_watcher(&texts.watching);
    if (status == UR_OK) status = score_model(s, model, error);
    ur_cli_texts_close(&texts, error);
    return status;
}

static ur_status score(settings *s, ur_model *model, const ur_cli_arguments *arguments, ur_error *error)
{
    const char *task = ur_model_task(model);
    UR_TRY(ur_cli_use_weights(model, s->weights, error));
    if (s->picture && ur_task_answers(task) != UR_ANSWER_FRAMES)
        return ur_fail(error, UR_ERR_USAGE, "--picture: a model of the task %s does not take it", task);
    UR_TRY(ur_cli_check_new(s->picture, s->overwrite, error));
    if (ur_task_is_language(task)) {
        UR_TRY(ur_cli_expect_text_for(model, arguments->words[0], arguments, arguments->count - 1, error));
        return score_texts(s, model, arguments, error);
    }
    UR_TRY(ur_cli_refuse_text_options(&TABLE, arguments, model, error));
    return ur_cli_eval_task(model, arguments, &(ur_cli_judging){s->scoring.threads, s->json, s->picture, s->overwrite},
                            error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    settings *s = settings_;
    ur_model *model = NULL;
    UR_TRY(ur_cli_expect_model(arguments, error));
    UR_TRY(set_part(s, ur_cli_given(&TABLE, arguments, "tail"), error));
    s->scoring.windows = s->protocol == 1;
    if (!s->scoring.windows && ur_cli_given(&TABLE, arguments, "window"))
        return ur_fail(error, UR_ERR_USAGE, "--window belongs to --protocol windows; add that, or leave --window out");
    s->scoring.replace_invalid = s->invalid == 1;
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = score(s, model, arguments, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_eval = {
    .name = "eval",
    .takes = "MODEL DATA... [option...]",
    .summary = "judge a model on data",
    .text =
        "Reads data of the model's task, in the same form as in its training, and prints the metrics of the task.\n\n"
        "A language model reads texts (files, folders, or - for standard input). The metrics are the loss in nats per "
        "token, bits per character and per byte, and the perplexity. The first token of each pass is only read, so N "
        "tokens give N - 1 predictions.\n\n"
        "With --per-line each line is read as a sentence by itself: the state starts at zero and reads one line break "
        "first. Each line of output holds the line number, the log-probability in nats including the line break, and "
        "the text, separated by tabs.",
    .examples = "unroll eval runs/input input.txt --tail 0.1  # the last tenth of a text\n"
                "unroll eval runs/input sentences.txt --per-line  # which sentence is likelier?\n",
    .any_task = true,
    .answers = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
