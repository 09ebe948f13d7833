/* unroll train: learns from texts, showing how it goes; ends cleanly when told to. */
#include "train.h"

#include "json_out.h"
#include "model_path.h"
#include "progress.h"
#include "run_folder.h"
#include "signals.h"
#include "spool.h"
#include "verb.h"
#include "watch.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_planned_task(const char *word)
{
    static const char *const TASKS[] = {"classify", "tag",     "seq2seq", "caption", "frames",
                                        "speech",   "glimpse", "draw",    "forecast"};
    for (size_t i = 0; i < sizeof TASKS / sizeof TASKS[0]; i++)
        if (strcmp(word, TASKS[i]) == 0) return true;
    return false;
}

static ur_status check_words(const ur_cli_arguments *arguments, ur_error *error)
{
    if (arguments->count == 0)
        return ur_fail(error, UR_ERR_USAGE, "which task? lm (a language model) is built: unroll train lm TEXT");
    const char *task = arguments->words[0];
    if (strcmp(task, "lm") != 0 && is_planned_task(task))
        return ur_fail(error, UR_ERR_USAGE, "the task '%s' is not built yet; built: lm (a language model)", task);
    if (strcmp(task, "lm") != 0)
        return ur_fail(error, UR_ERR_USAGE,
                       "'%.80s' is no task; built: lm (a language model), as in unroll train lm %.80s", task, task);
    return ur_cli_expect(arguments, 2, SIZE_MAX, "which text? give files or folders, or - for standard input", error);
}

/* ---- The end ---------------------------------------------------------------------------------------------------- */

static ur_status print_json(const ur_cli_train_settings *s, const ur_plan *plan, const ur_event *end, ur_error *error)
{
    char *model = ur_path_join(s->training.run, "model.safetensors");
    json_t *object = json_object();
    ur_cli_json_set(&object, "model", model ? ur_cli_json_text(model, strlen(model)) : NULL);
    ur_cli_json_set(&object, "reason", json_string(end->reason));
    ur_cli_json_set(&object, "net", json_string(plan->net));
    ur_cli_json_set(&object, "parameters", json_integer((json_int_t)plan->parameters));
    ur_cli_json_set(&object, "vocabulary", json_integer((json_int_t)plan->vocabulary));
    ur_cli_json_set(&object, "steps", json_integer((json_int_t)end->step));
    ur_cli_json_set(&object, "epochs", ur_cli_json_number(end->epoch));
    ur_cli_json_set(&object, "units", json_integer((json_int_t)end->units));
    ur_cli_json_set(&object, "loss", ur_cli_json_number(end->smooth));
    ur_cli_json_set(&object, "validation", ur_cli_json_number(end->validation));
    ur_cli_json_set(&object, "best", ur_cli_json_number(end->best));
    ur_cli_json_set(&object, "seconds", ur_cli_json_number(end->seconds));
    ur_cli_json_set(&object, "units_per_second", ur_cli_json_number(end->units_per_second));
    free(model);
    return ur_cli_json_print(object, error);
}

/* The same command, to be typed again. */
static void print_go_on(const ur_cli_arguments *arguments)
{
    fprintf(stderr, "To go on:  ");
    ur_cli_print_word(stderr, arguments->program);
    fprintf(stderr, " train");
    for (size_t i = 0; i < arguments->line_count; i++) {
        if (strncmp(arguments->line[i], "--overwrite", 11) == 0 || strncmp(arguments->line[i], "--resume", 8) == 0)
            continue;
        putc(' ', stderr);
        ur_cli_print_word(stderr, arguments->line[i]);
    }
    fprintf(stderr, " --resume\n");
}

static void print_try(const char *program, const char *verb, const char *run, const char *text, const char *rest)
{
    printf("  ");
    ur_cli_print_word(stdout, program);
    printf(" %s ", verb);
    ur_cli_print_word(stdout, run);
    if (text) putchar(' ');
    if (text) ur_cli_print_word(stdout, text);
    printf("%s\n", rest);
}

static void print_summary(const char *run, const ur_cli_arguments *arguments, const ur_event *end)
{
    const char *text = arguments->words[1], *program = arguments->program;
    bool from_input = strcmp(text, "-") == 0;
    printf("%s after %llu steps (%.2f passes, %.0f s): loss %.4f nats a unit", end->reason,
           (unsigned long long)end->step, end->epoch, end->seconds, end->smooth);
    if (isfinite(end->best)) printf(", best on validation %.4f", end->best);
    printf("\nThe model is %s/model.safetensors. Try next:\n", run);
    print_try(program, "sample", run, NULL, " --length 500 --temperature 0.8");
    print_try(program, "eval", run, from_input ? "FILE" : text, "");
    print_try(program, "info", run, NULL, "");
}

static ur_status report_end(const ur_cli_train_settings *s, const ur_cli_arguments *arguments, const ur_plan *plan,
                            const ur_event *end, ur_error *error)
{
    if (ur_cli_interrupted() && strcmp(end->reason, "interrupted") == 0) {
        fprintf(stderr, "Interrupted after step %llu; everything is saved in %s.\n", (unsigned long long)end->step,
                s->training.run);
        print_go_on(arguments);
    }
    if (s->json) return print_json(s, plan, end, error);
    if (s->quiet)
        printf("%s/model.safetensors\n", s->training.run);
    else
        print_summary(s->training.run, arguments, end);
    return UR_OK;
}

/* ---- Training --------------------------------------------------------------------------------------------------- */

/* Where progress is shown: a view, or else a line. */
typedef struct shown {
    ur_cli_progress line;
    ur_cli_watch *watch; /* NULL: there is none */
} shown;

static void show_sample(shown *on, const ur_event *event, const char *text, size_t length)
{
    if (on->watch)
        ur_cli_watch_sample(on->watch, event, text, length);
    else
        ur_cli_progress_sample(&on->line, event, text, length);
}

/* Also one that nobody looks at is kept. */
static ur_status take_sample(shown *on, const ur_cli_train_settings *s, ur_trainer *trainer, const ur_event *event,
                             ur_error *error)
{
    char *text;
    size_t length;
    UR_TRY(ur_cli_train_sample(s, ur_trainer_model(trainer), event, &text, &length, error));
    if (!s->quiet) show_sample(on, event, text, length);
    ur_status status = ur_trainer_keep_sample(trainer, text, length, error);
    free(text);
    return status;
}

static ur_status consume(shown *on, const ur_cli_train_settings *s, ur_trainer *trainer, const ur_event *event,
                         ur_error *error)
{
    if (event->kind == UR_EVENT_SAMPLE) return s->sample_length ? take_sample(on, s, trainer, event, error) : UR_OK;
    if (s->quiet || event->kind == UR_EVENT_SAVED) return UR_OK;
    if (on->watch)
        ur_cli_watch_show(on->watch, trainer, event);
    else
        ur_cli_progress_show(&on->line, event);
    return UR_OK;
}

static ur_status train_on(const ur_cli_train_settings *s, ur_trainer *trainer, shown *on, ur_event *event,
                          ur_error *error)
{
    do {
        UR_TRY(ur_train_next(trainer, event, error));
        UR_TRY(consume(on, s, trainer, event, error));
    } while (event->kind != UR_EVENT_END);
    return UR_OK;
}

static ur_status begin_watch(const ur_cli_train_settings *s, const ur_plan *plan, shown *on, ur_error *error)
{
    if (!s->watch) return UR_OK;
    if (ur_cli_can_redraw()) return ur_cli_watch_begin(&on->watch, &s->training, plan->unit, error);
    fprintf(stderr, "--watch needs a terminal at standard error that can be redrawn; here are lines instead\n");
    return UR_OK;
}

/* The view is gone with its screen; what it ended with stays as a line. */
static void end_shown(shown *on, ur_status status, const ur_event *event)
{
    bool watched = on->watch != NULL;
    ur_cli_watch_end(on->watch);
    on->watch = NULL;
    if (watched && status == UR_OK) ur_cli_progress_show(&on->line, event);
    if (watched && on->line.drawn) fputc('\n', stderr);
    if (!watched) ur_cli_progress_clear(&on->line);
}

static bool run_chosen(const ur_cli_arguments *arguments)
{
    return ur_cli_given(&ur_cli_train_options, arguments, "output");
}

static ur_status run_trainer(const ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_trainer *trainer,
                             ur_error *error)
{
    ur_plan plan = ur_trainer_plan(trainer);
    shown on = {.line = ur_cli_progress_begin(plan.unit, s->quiet)};
    ur_event event = {0};
    if (!s->quiet) ur_cli_progress_plan(&plan, ur_trainer_settings(trainer), s->training.run, run_chosen(arguments));
    ur_status status = begin_watch(s, &plan, &on, error);
    if (status == UR_OK) status = train_on(s, trainer, &on, &event, error);
    end_shown(&on, status, &event);
    return status == UR_OK ? report_end(s, arguments, &plan, &event, error) : status;
}

/* A wrong network line comes from the command line here: that is wrong usage, not a broken file. */
static ur_status blame_command_line(ur_status status, ur_error *error)
{
    if (status == UR_ERR_FORMAT && strncmp(error->text, "network line", 12) == 0) error->status = UR_ERR_USAGE;
    return error->status;
}

static ur_status train_run(const ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_trainer *trainer = NULL;
    size_t parents = 0;
    UR_TRY(ur_cli_parents_make(s->training.run, &parents, error));
    ur_status status = ur_trainer_create(&trainer, &s->training, error);
    if (status == UR_OK) {
        ur_cli_signals_stop(trainer);
        status = run_trainer(s, arguments, trainer, error);
        ur_cli_signals_stop(NULL);
    } else {
        ur_cli_parents_remove(s->training.run, parents);
        status = blame_command_line(status, error);
    }
    ur_trainer_free(trainer);
    return status;
}

/* --init-from may name the folder of a run, as MODEL may everywhere. */
static ur_status train_from(ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    char *path = NULL;
    if (s->training.init_from) UR_TRY(ur_cli_model_path(s->training.init_from, &path, error));
    if (path) s->training.init_from = path;
    ur_status status = train_run(s, arguments, error);
    free(path);
    return status;
}

static ur_status train_texts(ur_cli_train_settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    char *run = s->training.run ? NULL : ur_cli_run_name(arguments->words[1]);
    if (!s->training.run && !run) return ur_fail_memory(error, "a path");
    if (run) s->training.run = run;
    ur_cli_texts texts;
    ur_status status = ur_cli_texts_open(&texts, arguments->words + 1, arguments->count - 1, error);
    s->training.paths = texts.paths;
    s->training.path_count = texts.count;
    if (status == UR_OK) status = train_from(s, arguments, error);
    ur_cli_texts_close(&texts, error);
    free(run);
    return status;
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_train_settings *s = settings;
    UR_TRY(check_words(arguments, error));
    UR_TRY(ur_cli_train_settle(s, arguments, error));
    if (s->preset && !s->quiet) ur_cli_print_preset(s->preset);
    s->training.isa = ur_cli_isa();
    ur_cli_signals_catch();
    return train_texts(s, arguments, error);
}

const ur_cli_verb ur_cli_train = {
    .name = "train",
    .takes = "lm TEXT... [-o RUN] [option...]",
    .summary = "train a language model on texts",
    .text = "Trains a language model on texts: files, folders (the text files below them, in order of path), or - for "
            "standard input. Without options it chooses everything by the size of the text. What is not given here "
            "is chosen once, printed, and kept in the run.\n\n"
            "The run folder holds model.safetensors (the best on the validation text), last.safetensors (everything "
            "to resume), log.jsonl and an event file for TensorBoard. Ctrl-C or SIGTERM saves and ends with status 0; "
            "a second one ends at once. The same command with --resume goes on in the same bits and can be repeated "
            "until it is done.",
    .examples = "unroll train lm input.txt  # learn to write like a text\n"
                "unroll train lm src include -o runs/code --minutes 10  # from folders, ten minutes\n"
                "unroll train lm input.txt --cell gru --hidden 256,256 --epochs 5  # another network\n"
                "unroll train lm input.txt --preset min-char-rnn  # the well-known script\n",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
