/* unroll predict: answers each line with a model, as the lines come. */
#include "cli/args/verb.h"
#include "cli/predict_attention.h"
#include "cli/predict_colours.h"
#include "cli/predict_plot.h"
#include "cli/predict_tree.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/new_file.h"
#include "cli/support/reading.h"
#include "cli/support/sink.h"
#include "cli/support/watching.h"

#include "unroll_train.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *html;
    bool json, whole, tree, plot, overwrite;
    size_t threads;
} settings;

static const ur_setting OPTIONS[] = {
    {"What is read", "whole", NULL, UR_SETTING_FLAG, offsetof(settings, whole),
     .help = "read each file as one item instead of line by line"},
    {"The machine", "threads", "N", UR_SETTING_SIZE, offsetof(settings, threads), .least = 1, .most = 256, .unset = "1",
     .help = "number of threads for one item; the answer does not depend on it"},
    {"Output", "json", NULL, UR_SETTING_FLAG, offsetof(settings, json), .help = "print one JSON object per answer"},
    {NULL, "tree", NULL, UR_SETTING_FLAG, offsetof(settings, tree),
     .help = "colour each phrase of a line: those of a bracketed tree, or in plain text every run of up to 5 words"},
    {NULL, "plot", NULL, UR_SETTING_FLAG, offsetof(settings, plot),
     .help = "forecast: draw it on the terminal instead of printing rows"},
    {NULL, "html", "FILE", UR_SETTING_TEXT, offsetof(settings, html), .unset = "none",
     .help = "write an HTML page: with --tree the coloured phrases, with --attention where it looked, for a forecast "
             "its curves"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, offsetof(settings, overwrite), .help = "replace an existing file"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *s) { *(settings *)s = (settings){0}; }

/* What gives the answers, and where they go. */
typedef struct answering {
    const settings *how;
    ur_model *model;
    ur_answer_kind kind;
    ur_answerer *answerer;
    const ur_sink *sink;
    ur_cli_page page; /* the page of --tree or --attention */
    size_t labels;
    bool looks; /* show where the network looked for its answers */
} answering;

static ur_status answer_tree(answering *a, const char *text, size_t length, ur_error *error)
{
    ur_cli_sentence sentence;
    ur_status status = ur_cli_sentence_answer(&sentence, a->answerer, a->labels, text, length, error);
    bool any = status == UR_OK && sentence.words;
    if (any && a->how->html) ur_cli_sentence_html(&sentence, a->model, &a->page);
    if (any && a->how->json) status = ur_cli_sentence_json(&sentence, a->model, error);
    if (any && !a->how->json) ur_cli_sentence_print(&sentence, a->model);
    ur_cli_sentence_free(&sentence);
    return status;
}

/* An error message gets the text's place: line `line` of `name`, or the whole file if `line` is 0. */
static ur_status answer_one(answering *a, const char *text, size_t length, const char *name, size_t line,
                            ur_error *error)
{
    ur_status status =
        a->how->tree ? answer_tree(a, text, length, error) : ur_answer(a->answerer, text, length, a->sink, error);
    if (status != UR_ERR_DATA && status != UR_ERR_NUMERIC) return status;
    char place[32];
    snprintf(place, sizeof place, "line %zu", line);
    if (line) ur_fail_in(error, status, place);
    return ur_fail_in(error, status, name);
}

/* Answers line by line. Each answer is written before the next line is read. */
static ur_status answer_lines(answering *a, FILE *in, const char *name, ur_error *error)
{
    char *line = NULL;
    size_t room = 0, at = 1;
    ssize_t size;
    ur_status status = UR_OK;
    while (status == UR_OK && (errno = 0, size = getline(&line, &room, in)) >= 0) {
        size_t length = (size_t)size;
        if (length && line[length - 1] == '\n') length--;
        status = answer_one(a, line, length, name, at++, error);
    }
    if (status == UR_OK && ferror(in)) status = ur_fail_file(error, name, "read", errno);
    free(line);
    return status;
}

static ur_status answer_whole(answering *a, const char *path, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = answer_one(a, (const char *)bytes.data, bytes.size, path, 0, error);
    ur_bytes_free(&bytes);
    return status;
}

/* Answers frame by frame. Each label is written before the next frame is read. */
static ur_status answer_frames(answering *a, size_t size, ur_error *error)
{
    char *frame = malloc(size);
    size_t got = size;
    ur_status status = frame ? UR_OK : ur_fail_memory(error, "a frame");
    while (status == UR_OK && (errno = 0, got = fread(frame, 1, size, stdin)) == size)
        status = ur_answer(a->answerer, frame, size, a->sink, error);
    if (status == UR_OK && ferror(stdin)) status = ur_fail_file(error, "standard input", "read", errno);
    if (status == UR_OK && got)
        status = ur_fail(error, UR_ERR_DATA, "standard input: it ends within a frame, after %zu of its %zu bytes", got,
                         size);
    free(frame);
    return status;
}

/* Users often give the text itself instead of a file, so the message explains how to. */
static ur_status fail_open(const char *path, ur_error *error)
{
    if (errno != ENOENT) return ur_fail_file(error, path, "open", errno);
    return ur_fail(error, UR_ERR_IO,
                   "%s: no such file; a text itself is read from standard input: echo 'a text' | "
                   "unroll predict MODEL",
                   path);
}

static ur_status answer_file(answering *a, const char *path, ur_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    size_t frame = ur_answerer_item_size(a->answerer);
    if (standard && frame) return answer_frames(a, frame, error);
    if (standard && ur_answerer_takes_files(a->answerer))
        return ur_fail(error, UR_ERR_USAGE,
                       "which files? this model reads pictures (an idx file) or recordings (WAV), not standard input");
    if (ur_answerer_takes_files(a->answerer)) return ur_answer_file(a->answerer, path, a->sink, error);
    if (a->how->whole && standard) return ur_fail(error, UR_ERR_USAGE, "--whole takes files, not standard input");
    if (a->how->whole) return answer_whole(a, path, error);
    FILE *in = standard ? stdin : fopen(path, "r");
    if (!in) return fail_open(path, error);
    ur_status status = answer_lines(a, in, standard ? "standard input" : path, error);
    if (!standard) fclose(in);
    return status;
}

static ur_status check_pictures(const answering *a, ur_error *error)
{
    const settings *s = a->how;
    if (s->tree && !a->labels) return ur_fail(error, UR_ERR_USAGE, "--tree is for classifiers (unroll train classify)");
    if (s->plot && a->kind != UR_ANSWER_SERIES)
        return ur_fail(error, UR_ERR_USAGE, "--plot: a model of the task %s does not take it", ur_model_task(a->model));
    if (s->html && !s->tree && !a->looks && a->kind != UR_ANSWER_SERIES)
        return ur_fail(error, UR_ERR_USAGE,
                       "--html goes with --tree, --attention or a forecast; this model is of the task %s",
                       ur_model_task(a->model));
    return UR_OK;
}

static ur_status check_use(const answering *a, ur_error *error)
{
    const settings *s = a->how;
    bool media = ur_answerer_takes_files(a->answerer);
    if (s->tree && s->whole) return ur_fail(error, UR_ERR_USAGE, "--tree and --whole exclude each other");
    if (media && (s->tree || s->whole))
        return ur_fail(error, UR_ERR_USAGE, "--%s is for models that read text", s->tree ? "tree" : "whole");
    return UR_OK;
}

static void tell_cut(const answering *a)
{
    size_t cut = ur_answerer_cut(a->answerer);
    if (cut)
        fprintf(
            stderr,
            "unroll: predict: %zu of what was answered %s longer than the model reads (--max-length of its training); "
            "the rest was left out\n",
            cut, cut == 1 ? "is" : "are");
}

static ur_status answer_words(answering *a, const ur_cli_arguments *arguments, ur_error *error)
{
    if (arguments->count < 2) UR_TRY(answer_file(a, "-", error));
    for (size_t i = 1; i < arguments->count; i++) UR_TRY(answer_file(a, arguments->words[i], error));
    UR_TRY(ur_answer(a->answerer, NULL, 0, a->sink, error));
    tell_cut(a);
    return UR_OK;
}

/* ---- Trees -------------------------------------------------------------------------------------------------------- */

static ur_status begin_page(answering *a, ur_error *error)
{
    if (!a->how->html) return UR_OK;
    UR_TRY(ur_cli_page_begin(&a->page, "Phrases and their labels", error));
    ur_cli_page_note(&a->page, "Each phrase by itself, as the model labels it: blue leans to “%s”, orange to “%s”.",
                     ur_model_label(a->model, 0), ur_model_label(a->model, a->labels - 1));
    return UR_OK;
}

static ur_status answer_trees(answering *a, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(begin_page(a, error));
    ur_status status = answer_words(a, arguments, error);
    if (status == UR_OK && a->how->html) return ur_cli_page_save(&a->page, a->how->html, a->how->overwrite, error);
    ur_cli_page_drop(&a->page);
    return status;
}

/* ---- Forecasts ---------------------------------------------------------------------------------------------------- */

static ur_status keep(void *context, const char *bytes, size_t size, ur_error *error)
{
    return fwrite(bytes, 1, size, context) == size ? UR_OK : ur_fail_memory(error, "a forecast");
}

static ur_status draw(const settings *s, const char *text, ur_error *error)
{
    if (s->html) UR_TRY(ur_cli_plot_page(text, s->html, s->overwrite, error));
    return s->plot ? ur_cli_plot_terminal(text, error) : UR_OK;
}

/* Collects the answer, one JSON object, and draws it. */
static ur_status answer_drawn(answering *a, const ur_cli_arguments *arguments, ur_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory) return ur_fail_memory(error, "a forecast");
    a->sink = &(ur_sink){keep, memory};
    ur_status status = answer_words(a, arguments, error);
    if (fclose(memory) != 0 && status == UR_OK) status = ur_fail_memory(error, "a forecast");
    if (status == UR_OK) status = draw(a->how, text, error);
    if (status == UR_OK && a->how->json) printf("%s", text);
    free(text);
    return status;
}

/* ---- Attention ---------------------------------------------------------------------------------------------------- */

static ur_status answer_looking(answering *a, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_attention attention = {.json = a->how->json, .page = a->how->html ? &a->page : NULL};
    const ur_sink sink = ur_cli_attention_sink(&attention);
    if (a->how->html) UR_TRY(ur_cli_page_begin(&a->page, "Where it looked", error));
    a->sink = &sink;
    ur_status status = answer_words(a, arguments, error);
    ur_cli_attention_free(&attention);
    if (status == UR_OK && a->how->html) return ur_cli_page_save(&a->page, a->how->html, a->how->overwrite, error);
    ur_cli_page_drop(&a->page);
    return status;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------- */

/* The labels of words are coloured on a terminal that shows colours. */
static ur_status answer_plain(answering *a, const ur_cli_arguments *arguments, const ur_settings *task, ur_error *error)
{
    ur_text_out out = ur_cli_standard_output();
    ur_cli_colours colours = ur_cli_terminal_colours(stdout);
    ur_cli_colouring colouring = {0};
    ur_sink sink = ur_cli_sink(&out);
    /* The labels or the vocabulary of a model from elsewhere may contain control characters, so labels and transcripts
     * are escaped in files too, except in JSON. Other answers mostly repeat the user's own text. */
    if (a->kind == UR_ANSWER_LABEL || a->kind == UR_ANSWER_FRAMES || a->kind == UR_ANSWER_TRANSCRIPT)
        out.safe = !a->how->json;
    if (a->kind == UR_ANSWER_TAGS && !a->how->json && colours >= UR_CLI_256) {
        colouring.column[0] = ur_cli_task_text(task, "column");
        colouring.column[1] = ur_cli_task_text(task, "also");
        sink = ur_cli_colouring_sink(&colouring, &out, colours);
    }
    a->sink = &sink;
    ur_status status = answer_words(a, arguments, error);
    ur_cli_colouring_free(&colouring);
    return status;
}

static ur_status answer_all(answering *a, const ur_cli_arguments *arguments, const ur_settings *task, ur_error *error)
{
    UR_TRY(check_use(a, error));
    if (a->how->tree) return answer_trees(a, arguments, error);
    if (a->looks) return answer_looking(a, arguments, error);
    if (a->how->plot || a->how->html) return answer_drawn(a, arguments, error);
    return answer_plain(a, arguments, task, error);
}

static ur_status answer_with(ur_model *model, const settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_settings *task;
    answering a = {.how = s, .model = model, .kind = ur_task_answers(ur_model_task(model))};
    while (ur_model_label(model, a.labels)) a.labels++;
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    UR_TRY(ur_cli_settings_of_model(&task, model, error));
    ur_status status = ur_cli_take_pending(arguments, task, ur_model_task(model), error);
    a.looks = ur_cli_task_flag(task, "attention");
    bool object = s->json || s->plot || a.looks || (s->html && !s->tree);
    if (status == UR_OK) status = ur_cli_set_threads(task, s->threads, error);
    if (status == UR_OK) status = check_pictures(&a, error);
    if (status == UR_OK) status = ur_answerer_create(&a.answerer, model, task, object, error);
    if (status == UR_OK) status = answer_all(&a, arguments, task, error);
    ur_answerer_free(a.answerer);
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
    .text = "Reads lines from files or standard input and answers each at once, on a line of its own. A classifier "
            "answers with the label and its probability, separated by a tab; with --json, an object holds the "
            "probabilities of all labels. Models of pictures or recordings take idx or WAV files without labels. A "
            "model of glimpses also prints where it looked.\n\n"
            "A tagger takes one sentence per line, one word per line (--lines tokens), or CoNLL-U. It answers in "
            "CoNLL-U: the input, with the learnt column filled in. With --inline it prints word/TAG. On a terminal "
            "labels are coloured.\n\n"
            "A model of frames takes clips without labels (an idx file or folders) and prints a label for each frame, "
            "with the numbers of clip and frame. From standard input it takes raw frames, one byte per number row by "
            "row, or the rows of a table, where an empty row ends a recording. A network that looks back only answers "
            "each frame before it reads the next.\n\n"
            "A model of speech takes WAV files or folders of them and prints the file, a tab and the transcript. From "
            "standard input it takes raw samples: 16 bits, little-endian. A network that looks back only writes while "
            "it listens; with --json it prints an object each time that the text has grown. --attention shows where a "
            "decoder looked.\n\n"
            "A translator writes a line for each line. --beam and --n-best control the search, and --attention shows "
            "where in the source the decoder looked for each token.\n\n"
            "A model of captions takes pictures: PNG or JPEG files of any size, folders of them, or an idx file. It "
            "prints a caption for each, then a tab and the name of the file. --attention shows where it looked.\n\n"
            "For a forecast, the lines are the rows of one table. The forecast is printed as rows with the same "
            "columns, plus a column for each quantile. --plot draws it on the terminal, --html as a page. With --json "
            "it is one object.",
    .examples = "unroll predict runs/reviews reviews.txt  # a label for each line\n"
                "echo 'not a bad film' | unroll predict runs/reviews --json  # from another program\n"
                "echo 'not a bad film' | unroll predict runs/reviews --tree  # label each phrase, too\n"
                "unroll predict runs/pos text.txt --inline  # They/PRON can/AUX fish/VERB ./PUNCT\n"
                "camera | unroll predict runs/lips  # label each frame as it arrives\n"
                "arecord -q -t raw -f S16_LE -r 8000 | unroll predict runs/digits  # transcribe while listening\n"
                "unroll predict runs/de-en news.de >news.en  # translate line by line\n"
                "unroll predict runs/load load.csv >next.csv  # continue a series\n"
                "unroll predict runs/load load.csv --plot  # plot the forecast\n",
    .any_task = true,
    .answers = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
