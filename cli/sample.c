/* unroll sample: lets a language model write. */
#include "sample.h"

#include "json_out.h"
#include "model_path.h"
#include "state_file.h"
#include "stop.h"
#include "verb.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE(field) offsetof(ur_cli_sample_settings, field)

static const ur_cli_option OPTIONS[] = {
    {"What to write", "prime", "TEXT", UR_CLI_TEXT, PLACE(prime), .unset = "a line break",
     .help = "text to read first and to go on from; it is printed too"},
    {NULL, "length", "N", UR_CLI_SIZE, PLACE(length), .most = 1e15,
     .help = "units (characters, bytes or words) to write"},
    {NULL, "stop", "TEXT", UR_CLI_TEXT, PLACE(stop), .unset = "none", .help = "end before this text"},
    {NULL, "next", "N", UR_CLI_SIZE, PLACE(next), .least = 1, .most = 1e6, .unset = "none",
     .help = "instead of writing, print the N likeliest next units with their probabilities"},
    {NULL, "complete", "N", UR_CLI_SIZE, PLACE(complete), .least = 1, .most = 1000, .unset = "none",
     .help = "instead of writing, print the N likeliest ways to finish the word that the prime ends in"},

    {"How to choose", "temperature", "X", UR_CLI_NUMBER, PLACE(how.temperature), .most = 1000,
     .help = "below 1: surer and duller; above 1: bolder; 0: always the likeliest"},
    {NULL, "top-k", "N", UR_CLI_SIZE, PLACE(how.top_k), .most = 1e9, .unset = "all",
     .help = "only among the N likeliest"},
    {NULL, "top-p", "P", UR_CLI_NUMBER, PLACE(how.top_p), .most = 1, .above = true,
     .help = "only among the likeliest that together have this probability"},
    {NULL, "min-p", "P", UR_CLI_NUMBER, PLACE(how.min_p), .most = 1,
     .help = "nothing less likely than this share of the likeliest"},
    {NULL, "greedy", NULL, UR_CLI_FLAG, PLACE(greedy), .help = "always the likeliest: --temperature 0"},
    {NULL, "seed", "N", UR_CLI_COUNT, PLACE(how.seed), .help = "equal seeds give equal text"},

    {"Going on later", "state-out", "FILE", UR_CLI_TEXT, PLACE(state_out), .unset = "none",
     .help = "keep the state reached, with the seed and the number of the draw"},
    {NULL, "state-in", "FILE", UR_CLI_TEXT, PLACE(state_in), .unset = "none",
     .help = "go on from a state kept: two calls give the text of one longer one"},

    {"The model", "weights", UR_CLI_WEIGHTS, UR_CLI_WORD, PLACE(weights), .unset = "as the file has them",
     .help = "round the model's matrices: faster"},

    {"Output", "raw", NULL, UR_CLI_FLAG, PLACE(raw),
     .help = "bytes as the model gives them, even where they are not UTF-8"},
    {NULL, "json", NULL, UR_CLI_FLAG, PLACE(json), .help = "one JSON object"},
};

static const ur_cli_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings)
{
    ur_cli_sample_settings *s = settings;
    *s = (ur_cli_sample_settings){.length = 500, .how = ur_sampling_default()};
}

typedef struct written {
    size_t units;
    bool stopped;
} written;

static written write_units(ur_cli_speaker *speaker, size_t length, ur_cli_stop *stop, ur_text_out *out)
{
    written done = {0};
    while (done.units < length && !done.stopped) {
        size_t size = 0;
        const char *text = ur_unit_text(speaker->model, ur_cli_speaker_draw(speaker), &size);
        done.units++;
        done.stopped = text && ur_cli_stop_add(stop, out, text, size);
        fflush(out->file);
    }
    if (!done.stopped) ur_cli_stop_flush(stop, out);
    return done;
}

static ur_status write_text(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_text_out *out, written *done,
                            ur_error *error)
{
    ur_cli_stop stop;
    if (!ur_cli_stop_init(&stop, s->stop)) return ur_fail_memory(error, "the stop text");
    ur_cli_speaker_begin(speaker);
    *done = write_units(speaker, s->length, &stop, out);
    ur_cli_stop_free(&stop);
    return UR_OK;
}

/* A character that is not complete at the end is not written; the state keeps its bytes. */
static ur_status finish(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error)
{
    ur_status status = UR_OK;
    if (s->state_out) status = ur_cli_state_write(s->state_out, speaker, out, error);
    ur_text_out_finish(out, false);
    return status;
}

static ur_status run_plain(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error)
{
    written done;
    out->file = stdout;
    out->raw = s->raw;
    out->safe = isatty(STDOUT_FILENO);
    if (s->prime) ur_text_out_add(out, s->prime, strlen(s->prime));
    UR_TRY(write_text(s, speaker, out, &done, error));
    UR_TRY(finish(s, speaker, out, error));
    if (out->safe && out->any && !out->ends_line) putchar('\n');
    return UR_OK;
}

static json_t *result(const ur_cli_sample_settings *s, const ur_cli_speaker *speaker, const written *done,
                      const char *text, size_t size)
{
    json_t *object = json_object();
    const char *prime = s->prime ? s->prime : "";
    ur_cli_json_set(&object, "prime", ur_cli_json_text(prime, strlen(prime)));
    ur_cli_json_set(&object, "text", ur_cli_json_text(text, size));
    ur_cli_json_set(&object, "units", json_integer((json_int_t)done->units));
    ur_cli_json_set(&object, "stopped", json_boolean(done->stopped));
    ur_cli_json_set(&object, "seed", json_integer((json_int_t)speaker->how.seed));
    return object;
}

static ur_status run_json(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error)
{
    char *text = NULL;
    size_t size = 0;
    written done = {0};
    out->file = open_memstream(&text, &size);
    if (!out->file) return ur_fail_memory(error, "the text");
    ur_status status = write_text(s, speaker, out, &done, error);
    if (status == UR_OK) status = finish(s, speaker, out, error);
    if (fclose(out->file) != 0 && status == UR_OK) status = ur_fail_memory(error, "the text");
    if (status == UR_OK) status = ur_cli_json_print(result(s, speaker, &done, text, size), error);
    free(text);
    return status;
}

/* The word that the prime ends in is left to --complete. */
static ur_status read_prime(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_error *error)
{
    if (!s->prime) return UR_OK;
    ur_status status = ur_cli_speaker_read(speaker, s->prime, strlen(s->prime), error);
    return status == UR_OK ? UR_OK : ur_fail_in(error, status, "--prime");
}

static ur_status run_typing(const ur_cli_sample_settings *s, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error)
{
    if (s->complete) return ur_cli_print_completions(speaker, s->prime ? s->prime : "", s->complete, s->json, error);
    UR_TRY(read_prime(s, speaker, error));
    ur_cli_speaker_begin(speaker);
    UR_TRY(finish(s, speaker, out, error));
    return ur_cli_print_next(speaker, s->next, s->json, error);
}

static ur_status run_speaker(const ur_cli_sample_settings *s, bool seed_given, ur_cli_speaker *speaker, ur_error *error)
{
    ur_text_out out = {.file = stdout};
    uint64_t seed = speaker->how.seed;
    if (s->state_in) UR_TRY(ur_cli_state_read(s->state_in, speaker, &out, error));
    if (seed_given) speaker->how.seed = seed;
    if (s->next || s->complete) return run_typing(s, speaker, &out, error);
    UR_TRY(read_prime(s, speaker, error));
    return s->json ? run_json(s, speaker, &out, error) : run_plain(s, speaker, &out, error);
}

static ur_status check(const ur_cli_sample_settings *s, ur_error *error)
{
    if (s->next && s->complete)
        return ur_fail(error, UR_ERR_USAGE, "--next and --complete are two questions; ask one of them");
    if (s->complete && s->state_out)
        return ur_fail(error, UR_ERR_USAGE, "--complete keeps no state; use --state-out with --next or --length 0");
    if (s->stop && !*s->stop) return ur_fail(error, UR_ERR_USAGE, "--stop: an empty text would stop at once");
    return UR_OK;
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_sample_settings *s = settings;
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which model? give a model file or a run folder", error));
    UR_TRY(check(s, error));
    if (s->greedy) s->how.temperature = 0;
    ur_model *model = NULL;
    UR_TRY(ur_cli_language_model_load(&model, arguments->words[0], error));
    ur_cli_speaker speaker = {0};
    ur_status status = ur_cli_use_weights(model, s->weights, error);
    if (status == UR_OK) status = ur_cli_speaker_open(&speaker, model, &s->how, error);
    if (s->state_in || s->state_out) speaker.weights = ur_cli_weights_hash(model);
    if (status == UR_OK) status = run_speaker(s, ur_cli_given(&TABLE, arguments, "seed"), &speaker, error);
    ur_cli_speaker_close(&speaker);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_sample = {
    .name = "sample",
    .takes = "MODEL [option...]",
    .summary = "let a language model write",
    .text = "Writes text with a language model; MODEL is a model file or a run folder. The text goes to standard "
            "output unit by unit, as it is made.\n\n"
            "The output is valid UTF-8 whatever the units are: a character is written once it is complete, bytes that "
            "cannot be part of one are written as U+FFFD, and a character still incomplete at the end is left out "
            "(--state-out keeps it). On a terminal, control characters other than tab and line break are shown as "
            "\\xNN. --raw switches all of this off.\n\n"
            "A word ends at white space or punctuation. The probabilities of --complete are those of the word and its "
            "end; --next and --complete heed the temperature and the limits.",
    .examples = "unroll sample runs/input --length 300 --temperature 0.8  # write\n"
                "unroll sample runs/input --prime 'The ki' --complete 5  # predictive typing\n"
                "unroll sample runs/input --prime 'The ' --next 5  # what may come next\n",
    .table = &TABLE,
    .settings_size = sizeof(ur_cli_sample_settings),
    .defaults = defaults,
    .run = run,
};
