/* unroll sample: lets a language model write. */
#include "cli/sample.h"

#include "cli/args/verb.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/reading.h"
#include "cli/support/sink.h"
#include "cli/support/unknown.h"
#include "cli/support/watching.h"

#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PLACE(field) offsetof(ur_cli_sample_settings, field)

#define PICTURES "models that paint" /* what the options of pictures are for */

static const ur_setting OPTIONS[] = {
    {"What to write", "prime", "TEXT", UR_SETTING_TEXT, PLACE(prime), .unset = "a line break", .only = UR_CLI_TEXTS,
     .help = "text to read first and to continue; it is printed, too"},
    {NULL, "length", "N", UR_SETTING_SIZE, PLACE(length), .most = 1e15, .only = UR_CLI_TEXTS,
     .help = "tokens (characters, bytes or words) to write"},
    {NULL, "stop", "TEXT", UR_SETTING_EACH, PLACE(stop), .unset = "none", .only = UR_CLI_TEXTS,
     .help = "stop before this text; may be given up to 16 times"},
    {NULL, "next", "N", UR_SETTING_SIZE, PLACE(next), .least = 1, .most = 1e6, .unset = "none", .only = UR_CLI_TEXTS,
     .help = "instead of writing, print the N likeliest next tokens with their probabilities"},
    {NULL, "complete", "N", UR_SETTING_SIZE, PLACE(complete), .least = 1, .most = 1000, .unset = "none",
     .only = UR_CLI_TEXTS,
     .help = "instead of writing, print the N likeliest ways to finish the last word of the prime"},
    {NULL, "beam", "N", UR_SETTING_SIZE, PLACE(beam), .least = 1, .most = 1000, .unset = "none", .only = UR_CLI_TEXTS,
     .help = "instead of sampling, search for the likeliest text of --length tokens, or up to a --stop of one token; N "
             "is the beam width"},
    {NULL, "n-best", "N", UR_SETTING_SIZE, PLACE(n_best), .least = 1, .most = 1000, .unset = "1", .only = UR_CLI_TEXTS,
     .help = "with --beam: how many texts to print, each after its log probability"},

    {"How to choose", "temperature", "X", UR_SETTING_NUMBER, PLACE(how.temperature), .most = 1000, .only = UR_CLI_TEXTS,
     .help = "below 1: likelier, duller text; above 1: more varied text; 0: greedy"},
    {NULL, "top-k", "N", UR_SETTING_SIZE, PLACE(how.top_k), .most = 1e9, .unset = "all", .only = UR_CLI_TEXTS,
     .help = "sample only from the N likeliest tokens"},
    {NULL, "top-p", "P", UR_SETTING_NUMBER, PLACE(how.top_p), .most = 1, .above = true, .only = UR_CLI_TEXTS,
     .help = "sample only from the likeliest tokens that together have this probability"},
    {NULL, "min-p", "P", UR_SETTING_NUMBER, PLACE(how.min_p), .most = 1, .only = UR_CLI_TEXTS,
     .help = "sample only from tokens at least this likely, relative to the likeliest"},
    {NULL, "greedy", NULL, UR_SETTING_FLAG, PLACE(greedy), .only = UR_CLI_TEXTS,
     .help = "always take the likeliest token: --temperature 0"},
    {NULL, "seed", "N", UR_SETTING_COUNT, PLACE(how.seed),
     .help = "the same seed gives the same text, or the same pictures"},

    {"Going on later", "state-out", "FILE", UR_SETTING_TEXT, PLACE(state_out), .unset = "none", .only = UR_CLI_TEXTS,
     .help = "save the state at the end, so that another call can continue"},
    {NULL, "state-in", "FILE", UR_SETTING_TEXT, PLACE(state_in), .unset = "none", .only = UR_CLI_TEXTS,
     .help = "continue from a saved state; two calls give the same text as one longer call"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite),
     .help = "replace existing files; a state file is always replaced, the model never"},

    {"Pictures, of a model that paints", "count", "N", UR_SETTING_SIZE, PLACE(count), .least = 1, .most = 4096,
     .unset = "64; on the terminal 4", .only = PICTURES, .help = "number of pictures"},
    {NULL, "output", "FILE", UR_SETTING_TEXT, PLACE(output), .letter = 'o', .unset = "the terminal", .only = PICTURES,
     .help = "write all pictures into one PNG, side by side, or into an .idx file"},
    {NULL, "animate", "FILE", UR_SETTING_TEXT, PLACE(animate), .unset = "none", .only = PICTURES,
     .help =
         "show how they are painted, as an HTML page or a .gif; the page also shows where the network read and wrote"},
    {NULL, "reconstruct", "IMAGES", UR_SETTING_TEXT, PLACE(reconstruct), .unset = "none", .only = PICTURES,
     .help = "instead of new pictures, reconstruct those of an idx file; each original stands beside its copy"},

    {"The model", "weights", UR_CLI_WEIGHTS, UR_SETTING_WORD, PLACE(weights), .unset = "as the file has them",
     .help = "round the weight matrices, which is faster"},

    {"Output", "raw", NULL, UR_SETTING_FLAG, PLACE(raw), .only = UR_CLI_TEXTS,
     .help = "print the model's bytes unchanged, even if they are not UTF-8"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings)
{
    ur_cli_sample_settings *s = settings;
    *s = (ur_cli_sample_settings){.length = 500, .how = ur_sampling_default()};
}

ur_status ur_cli_read_prime(ur_session *session, const char *prime, size_t length, ur_error *error)
{
    ur_status status = ur_session_read(session, prime, length, error);
    if (status == UR_OK) status = ur_session_read_end(session, error);
    return status == UR_OK ? UR_OK : ur_fail_in(error, status, "--prime");
}

static ur_status write_text(const ur_cli_sample_settings *s, ur_session *session, ur_text_out *out, ur_error *error)
{
    const ur_writing writing = {.tokens = s->length, .stop = s->stop.text, .stop_count = s->stop.count, .raw = s->raw};
    const ur_sink sink = ur_cli_sink(out);
    UR_TRY(ur_session_write(session, &writing, &sink, error));
    return s->state_out ? ur_session_save(session, s->state_out, error) : UR_OK;
}

/* Writes the prime. If the prime ends within a character, the beginning of that character is left to the session. */
static ur_status write_prime(const ur_cli_sample_settings *s, ur_text_out *out, ur_error *error)
{
    const ur_sink sink = ur_cli_sink(out);
    if (s->prime) UR_TRY(sink.write(sink.context, s->prime, strlen(s->prime), error));
    ur_text_out_finish(out, false);
    return UR_OK;
}

static ur_status run_plain(const ur_cli_sample_settings *s, ur_session *session, ur_error *error)
{
    ur_text_out out = ur_cli_standard_output();
    out.raw = s->raw;
    UR_TRY(write_prime(s, &out, error));
    out.raw = s->raw || !out.safe; /* unless raw, the session writes valid UTF-8 */
    UR_TRY(write_text(s, session, &out, error));
    const ur_sink sink = ur_cli_sink(&out);
    return out.safe && out.any && !out.ends_line ? sink.write(&out, "\n", 1, error) : UR_OK;
}

static ur_status print_json(const ur_cli_sample_settings *s, const ur_session *session, const char *text, size_t size,
                            ur_error *error)
{
    json_t *object = json_object();
    const char *prime = s->prime ? s->prime : "";
    ur_cli_json_set(&object, "prime", ur_cli_json_text(prime, strlen(prime)));
    ur_cli_json_set(&object, "text", ur_cli_json_text(text, size));
    ur_cli_json_set(&object, "units", json_integer((json_int_t)ur_session_written(session)));
    ur_cli_json_set(&object, "stopped", json_boolean(ur_session_ending(session) == UR_ENDED_STOP));
    ur_cli_json_set(&object, "seed", ur_cli_json_whole(ur_session_sampling(session).seed));
    return ur_cli_json_print(object, error);
}

static ur_status run_json(const ur_cli_sample_settings *s, ur_session *session, ur_error *error)
{
    char *text = NULL;
    size_t size = 0;
    ur_text_out out = {.file = open_memstream(&text, &size), .raw = true}; /* unless raw, the session writes valid
                                                                            * UTF-8 */
    if (!out.file) return ur_fail_memory(error, "the text");
    ur_status status = write_text(s, session, &out, error);
    if (fclose(out.file) != 0 && status == UR_OK) status = ur_fail_memory(error, "the text");
    if (status == UR_OK) status = print_json(s, session, text, size, error);
    free(text);
    return status;
}

static ur_status run_question(const ur_cli_sample_settings *s, const ur_model *model, ur_session *session,
                              ur_error *error)
{
    if (s->complete) return ur_cli_sample_complete(s, session, error);
    if (s->prime) UR_TRY(ur_cli_read_prime(session, s->prime, strlen(s->prime), error));
    if (s->next) return ur_cli_sample_next(s, model, session, error);
    if (s->beam) return ur_cli_sample_beam(s, model, session, error);
    return s->json ? run_json(s, session, error) : run_plain(s, session, error);
}

/* Warns of unknown tokens. The word that --complete is to finish is left out, because it is not read as tokens: the
 * search tries all tokens that it may consist of. */
static void tell_unknown(const ur_cli_sample_settings *s, const ur_model *model)
{
    size_t length = s->prime ? strlen(s->prime) : 0, begun = s->complete ? ur_word_begun(s->prime, length) : 0;
    ur_cli_tell_unknown(model, "sample: --prime", s->prime, length - begun);
    for (size_t i = 0; i < s->stop.count; i++) ur_cli_tell_unwritten(model, "sample: --stop", s->stop.text[i]);
}

static ur_status run_session(const ur_cli_sample_settings *s, bool seed_given, const ur_model *model,
                             ur_session *session, ur_error *error)
{
    ur_session_set_sampling(session, &s->how);
    if (s->state_in) UR_TRY(ur_session_load(session, s->state_in, error));
    ur_sampling how = ur_session_sampling(session);
    if (seed_given) how.seed = s->how.seed;
    ur_session_set_sampling(session, &how);
    tell_unknown(s, model);
    return run_question(s, model, session, error);
}

/* ---- Checks ----------------------------------------------------------------------------------------------------- */

static ur_status check_questions(const ur_cli_sample_settings *s, ur_error *error)
{
    if (!!s->next + !!s->complete + !!s->beam > 1)
        return ur_fail(error, UR_ERR_USAGE, "%s and %s exclude each other; give one of them",
                       s->next ? "--next" : "--complete", s->next && s->complete ? "--complete" : "--beam");
    if ((s->complete || s->beam) && s->state_out)
        return ur_fail(error, UR_ERR_USAGE, "%s keeps no state; use --state-out with --next or --length 0",
                       s->complete ? "--complete" : "--beam");
    if (s->n_best && !s->beam) return ur_fail(error, UR_ERR_USAGE, "--n-best goes with --beam");
    for (size_t i = 0; i < s->stop.count; i++)
        if (!*s->stop.text[i]) return ur_fail(error, UR_ERR_USAGE, "--stop: an empty text would stop at once");
    return UR_OK;
}

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static bool holds_state(const char *path)
{
    char magic[8] = "";
    FILE *file = fopen(path, "rb");
    bool read = file && fread(magic, 1, sizeof magic, file) == sizeof magic;
    if (file) fclose(file);
    return read && memcmp(magic, "URSTATE", sizeof magic) == 0;
}

/* A state file may replace a state file without --overwrite, because users continue with the same file. */
static ur_status check_state_out(const ur_cli_sample_settings *s, const char *model, ur_error *error)
{
    struct stat about;
    if (!s->state_out || stat(s->state_out, &about) != 0) return UR_OK; /* saving then reports any error */
    char *path = NULL;
    UR_TRY(ur_cli_model_path(model, &path, error));
    bool is_model = same_file(path, s->state_out);
    free(path);
    if (is_model) return ur_fail(error, UR_ERR_USAGE, "--state-out: %s is the model; give another name", s->state_out);
    if (s->overwrite || holds_state(s->state_out)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "--state-out: %s exists and is not a state; --overwrite replaces it",
                   s->state_out);
}

static ur_status paint(const ur_cli_sample_settings *s, const ur_model *model, const ur_cli_arguments *arguments,
                       ur_settings *task, ur_error *error)
{
    UR_TRY(ur_cli_refuse_text_options(&TABLE, arguments, model, error));
    return ur_cli_sample_paint(s, model, task, error);
}

static ur_status write_or_ask(ur_cli_sample_settings *s, const ur_model *model, const ur_cli_arguments *arguments,
                              ur_error *error)
{
    ur_session *session = NULL;
    UR_TRY(ur_cli_check_language_model(model, arguments->words[0], error));
    UR_TRY(ur_cli_refuse_options(&TABLE, arguments, PICTURES, model, error));
    ur_status status = ur_session_create(&session, model, error);
    if (status == UR_OK) status = run_session(s, ur_cli_given(&TABLE, arguments, "seed"), model, session, error);
    ur_session_free(session);
    return status;
}

static ur_status sample(ur_cli_sample_settings *s, ur_model *model, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_settings *task = NULL;
    UR_TRY(ur_cli_use_weights(model, s->weights, error));
    bool paints = ur_cli_settings_of_model(&task, model, NULL) == UR_OK && ur_paints(task);
    ur_status status = paints ? paint(s, model, arguments, task, error) : write_or_ask(s, model, arguments, error);
    ur_settings_free(task);
    return status;
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_sample_settings *s = settings;
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which model? give a model file or a run folder", error));
    UR_TRY(check_questions(s, error));
    UR_TRY(check_state_out(s, arguments->words[0], error));
    if (s->greedy) s->how.temperature = 0;
    ur_model *model = NULL;
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = sample(s, model, arguments, error);
    ur_model_free(model);
    return status;
}

const ur_cli_verb ur_cli_sample = {
    .name = "sample",
    .takes = "MODEL [option...]",
    .summary = "let a model write text, or paint pictures",
    .text = "Writes text with a language model. MODEL is a model file or a run folder. Each token goes to standard "
            "output as soon as it is made. A model of unroll train draw paints pictures instead.\n\n"
            "The output is valid UTF-8 whatever the tokens are. A character is written once it is complete, and bytes "
            "that cannot be part of one are written as U+FFFD. A character that is incomplete at the end is left out, "
            "but --state-out keeps it. On a terminal, control characters other than tab and line break are shown as "
            "\\xNN. --raw turns all of this off.\n\n"
            "A word ends at white space or punctuation. The probabilities of --complete are those of the word and its "
            "end. --next and --complete respect the temperature and the limits; --beam does not.\n\n"
            "Tokens of the prime that the model does not know are named on standard error. If the model's numbers "
            "overflow, the program ends with status 1 and says where.",
    .examples = "unroll sample runs/input --length 300 --temperature 0.8  # write text\n"
                "unroll sample runs/input --prime 'The ki' --complete 5  # complete a word\n"
                "unroll sample runs/input --prime 'The ' --next 5  # the likeliest next tokens\n"
                "unroll sample runs/input --prime 'The ' --beam 8 --stop . --length 80  # the likeliest sentence\n"
                "unroll sample runs/digits --count 64 -o grid.png --animate digits.html  # painted digits\n"
                "unroll sample runs/input --state-in s --state-out s  # another piece of the same text\n",
    .table = &TABLE,
    .settings_size = sizeof(ur_cli_sample_settings),
    .defaults = defaults,
    .run = run,
};
