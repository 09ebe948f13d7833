/* unroll train TASK: trains, shows the progress, and ends cleanly on request. */
#include "cli/train/train.h"

#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/run_folder.h"
#include "cli/support/shell_word.h"
#include "cli/support/signals.h"
#include "cli/support/spool.h"
#include "cli/support/text_out.h"
#include "cli/train/progress.h"
#include "cli/train/series.h"
#include "cli/train/watch.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const ur_setting OPTIONS[] = {
    {"What is shown", "watch", NULL, UR_SETTING_FLAG, offsetof(ur_cli_train_settings, watch),
     .help = "show curves of the losses, gradient norms, gates and the last sample in the whole terminal"},
    {NULL, "quiet", NULL, UR_SETTING_FLAG, offsetof(ur_cli_train_settings, quiet),
     .help = "print no progress and no samples"},
    {NULL, "json", NULL, UR_SETTING_FLAG, offsetof(ur_cli_train_settings, json),
     .help = "print the result as one JSON object"},

    {"Several trainings", "seeds", "N", UR_SETTING_SIZE, offsetof(ur_cli_train_settings, seeds), .most = 1000,
     .help = "train N times, with consecutive seeds, into RUN/1 to RUN/N; 0: once, into RUN"},
    {NULL, "folds", "K", UR_SETTING_SIZE, offsetof(ur_cli_train_settings, folds), .most = 1000, .beside = "val-fold",
     .help = "cross-validate: train K times, each time with another K-th of the data held out; 0: once"},
};

const ur_setting_table ur_cli_train_options = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

void ur_cli_train_defaults(void *settings) { *(ur_cli_train_settings *)settings = (ur_cli_train_settings){0}; }

/* The state of one training. */
typedef struct training {
    const ur_cli_train_settings *s;
    const ur_cli_arguments *arguments;
    ur_trainer *trainer;
    ur_plan plan;
    ur_event end;
    const char *folder;
    bool chosen; /* the user named the folder */
} training;

/* ---- The end ---------------------------------------------------------------------------------------------------- */

static bool holds(const training *t, const char *name)
{
    char *path = ur_path_join(t->folder, name);
    bool there = path && ur_path_exists(path);
    free(path);
    return there;
}

static ur_status print_json(const training *t, const ur_event *end, ur_error *error)
{
    size_t vocabulary = ur_model_tokens(ur_trainer_model(t->trainer));
    char *model = ur_path_join(t->folder, "model.safetensors");
    if (!model) return ur_fail_memory(error, "a path");
    json_t *object = json_object();
    ur_cli_json_set(&object, "model",
                    holds(t, "model.safetensors") ? ur_cli_json_text(model, strlen(model)) : json_null());
    ur_cli_json_set(&object, "reason", json_string(end->reason));
    ur_cli_json_set(&object, "net", json_string(t->plan.net));
    ur_cli_json_set(&object, "parameters", json_integer((json_int_t)t->plan.parameters));
    if (vocabulary) ur_cli_json_set(&object, "vocabulary", json_integer((json_int_t)vocabulary));
    ur_cli_json_set(&object, "steps", json_integer((json_int_t)end->step));
    ur_cli_json_set(&object, "epochs", ur_cli_json_number(end->epoch));
    ur_cli_json_set(&object, "units", json_integer((json_int_t)end->items));
    ur_cli_json_set(&object, "loss", ur_cli_json_number(end->smooth));
    ur_cli_json_set(&object, "validation", ur_cli_json_number(end->validation));
    ur_cli_json_set(&object, "best", ur_cli_json_number(end->best));
    ur_cli_json_set(&object, "seconds", ur_cli_json_number(end->seconds));
    ur_cli_json_set(&object, "units_per_second", ur_cli_json_number(end->items_per_second));
    free(model);
    return ur_cli_json_print(object, error);
}

static bool is_option(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && (!word[length] || word[length] == '=');
}

/* Prints the same command with --resume. The words after "--" are no options. */
static void print_go_on(const ur_cli_arguments *arguments)
{
    bool options = true;
    fprintf(stderr, "To go on:  ");
    ur_cli_print_word(stderr, arguments->program);
    fprintf(stderr, " %s", arguments->verb);
    for (size_t i = 0; i < arguments->line_count; i++) {
        const char *word = arguments->line[i];
        if (options && (is_option(word, "--overwrite") || is_option(word, "--resume"))) continue;
        if (options && strcmp(word, "--") == 0) {
            fprintf(stderr, " --resume");
            options = false;
        }
        putc(' ', stderr);
        ur_cli_print_word(stderr, word);
    }
    fprintf(stderr, "%s\n", options ? " --resume" : "");
}

static void print_try(const char *program, const char *verb, const char *run, const char *text, const char *rest)
{
    printf("  ");
    ur_cli_print_word(stdout, program);
    printf(" %s ", verb);
    ur_cli_print_path(stdout, run);
    if (text) putchar(' ');
    if (text) ur_cli_print_path(stdout, text);
    printf("%s\n", rest);
}

/* Suggests what to do with the model. */
static void print_next(const training *t)
{
    const char *text = t->arguments->count ? t->arguments->words[0] : "-", *program = t->arguments->program;
    bool from_input = strcmp(text, "-") == 0;
    if (ur_task_is_language(t->plan.task)) {
        print_try(program, "sample", t->folder, NULL, " --length 500 --temperature 0.8");
        print_try(program, "eval", t->folder, from_input ? "FILE" : text, "");
    }
    if (t->plan.paints) print_try(program, "sample", t->folder, NULL, " -o grid.png --animate painted.html");
    if (t->plan.answers) print_try(program, "predict", t->folder, "FILE", "");
    print_try(program, "info", t->folder, NULL, "");
}

static void print_summary(const training *t, const ur_event *end)
{
    printf("%s after %llu steps", end->reason, (unsigned long long)end->step);
    if (end->step) printf(" (%.2f epochs, %.0f s): loss %.4f", end->epoch, end->seconds, end->smooth);
    if (isfinite(end->best)) printf(", best %s on validation %.4f", t->plan.metric, end->best);
    putchar('\n');
    if (holds(t, "model.safetensors")) {
        printf("The model is ");
        ur_cli_print_name(stdout, t->folder);
        printf("/model.safetensors. Try next:\n");
        print_next(t);
    } else if (holds(t, "last.safetensors")) {
        ur_cli_print_name(stdout, t->folder);
        printf(" holds no model.safetensors; the weights of the last step are in its last.safetensors.\n");
    } else {
        printf("There is no model yet.\n");
    }
}

static void tell_interrupt(const training *t, const ur_event *end)
{
    if (end->step) {
        fprintf(stderr, "Interrupted after step %llu; everything is saved in ", (unsigned long long)end->step);
        ur_cli_print_name(stderr, t->folder);
        fprintf(stderr, ".\n");
    } else {
        fprintf(stderr, "Interrupted before the first step; nothing is saved yet.\n");
    }
    print_go_on(t->arguments);
}

/* A resumed run that had made all its steps before. */
static void tell_done(const ur_event *end)
{
    fprintf(stderr, "Nothing is left to do: the run has made %llu steps, and %llu are asked for.\n",
            (unsigned long long)end->step, (unsigned long long)end->steps);
}

static ur_status report_end(const training *t, const ur_event *end, ur_error *error)
{
    if (ur_cli_interrupted() && strcmp(end->reason, "interrupted") == 0) tell_interrupt(t, end);
    if (t->plan.resumed && !(end->items_per_second > 0) && strcmp(end->reason, "done") == 0) tell_done(end);
    if (t->s->json && (t->s->seeds || t->s->folds)) return UR_OK; /* the series prints one object for all runs */
    if (t->s->json) return print_json(t, end, error);
    if (t->s->quiet && holds(t, "model.safetensors")) printf("%s/model.safetensors\n", t->folder);
    if (!t->s->quiet) print_summary(t, end);
    return UR_OK;
}

/* ---- Training --------------------------------------------------------------------------------------------------- */

/* Where progress is shown: in a view of the whole terminal, or else in a line. */
typedef struct shown {
    ur_cli_progress line;
    ur_cli_watch *watch; /* NULL if there is no view */
} shown;

static void show_sample(shown *on, const ur_event *event, const char *text, size_t length)
{
    if (on->watch)
        ur_cli_watch_sample(on->watch, event, text, length);
    else
        ur_cli_progress_sample(&on->line, event, text, length);
}

/* Takes a sample also if it is not shown, because the trainer keeps it. */
static ur_status take_sample(shown *on, const training *t, const ur_event *event, ur_error *error)
{
    const char *text;
    size_t length;
    UR_TRY(ur_trainer_sample(t->trainer, &text, &length, error));
    if (!t->s->quiet && length) show_sample(on, event, text, length);
    return UR_OK;
}

static ur_status consume(shown *on, const training *t, const ur_event *event, ur_error *error)
{
    if (event->kind == UR_EVENT_SAMPLE) return take_sample(on, t, event, error);
    if (t->s->quiet || event->kind == UR_EVENT_SAVED) return UR_OK;
    if (on->watch)
        ur_cli_watch_show(on->watch, t->trainer, event);
    else
        ur_cli_progress_show(&on->line, event);
    return UR_OK;
}

static ur_status train_on(const training *t, shown *on, ur_event *event, ur_error *error)
{
    do {
        UR_TRY(ur_train_next(t->trainer, event, error));
        UR_TRY(consume(on, t, event, error));
    } while (event->kind != UR_EVENT_END);
    return UR_OK;
}

static ur_status begin_watch(const training *t, shown *on, ur_error *error)
{
    if (!t->s->watch) return UR_OK;
    if (ur_cli_can_redraw()) return ur_cli_watch_begin(&on->watch, t->arguments, t->folder, &t->plan, error);
    fprintf(stderr, "--watch needs a terminal at standard error that can be redrawn; here are lines instead\n");
    return UR_OK;
}

/* Closes the view, which leaves the terminal's other screen. The last progress line stays on the normal screen. */
static void end_shown(shown *on, ur_status status, const ur_event *event)
{
    bool watched = on->watch != NULL;
    ur_cli_watch_end(on->watch);
    on->watch = NULL;
    if (watched && status == UR_OK) ur_cli_progress_show(&on->line, event);
    if (watched && on->line.drawn) fputc('\n', stderr);
    if (!watched) ur_cli_progress_clear(&on->line);
}

static ur_status run_trainer(training *t, ur_error *error)
{
    t->plan = ur_trainer_plan(t->trainer);
    shown on = {.line = ur_cli_progress_begin(t->plan.counts, t->s->quiet)};
    if (!t->s->quiet) ur_cli_progress_plan(&t->plan, ur_trainer_settings(t->trainer), t->folder, t->chosen);
    ur_status status = begin_watch(t, &on, error);
    if (status == UR_OK) status = train_on(t, &on, &t->end, error);
    end_shown(&on, status, &t->end);
    return status == UR_OK ? report_end(t, &t->end, error) : status;
}

/* ---- Beginning -------------------------------------------------------------------------------------------------- */

/* A wrong network line comes from the command line, so it is reported as wrong usage and not as a broken file. */
static ur_status blame_command_line(ur_status status, ur_error *error)
{
    if (status == UR_ERR_FORMAT && strncmp(error->text, "network line", 12) == 0) error->status = UR_ERR_USAGE;
    return error->status;
}

static ur_status train_run(training *t, ur_error *error)
{
    size_t parents = 0;
    UR_TRY(ur_cli_parents_make(t->folder, &parents, error));
    ur_status status = ur_trainer_create(&t->trainer, t->arguments->task, error);
    if (status == UR_OK) {
        ur_cli_signals_stop(t->trainer);
        status = run_trainer(t, error);
        ur_cli_signals_stop(NULL);
    } else {
        ur_cli_parents_remove(t->folder, parents);
        status = blame_command_line(status, error);
    }
    ur_trainer_free(t->trainer);
    return status;
}

static ur_status train_one(void *context, ur_cli_series_result *result, ur_error *error)
{
    training *t = context;
    t->folder = ur_cli_task_text(t->arguments->task, "output");
    UR_TRY(train_run(t, error));
    *result = (ur_cli_series_result){.metric = t->plan.metric,
                                     .best = t->end.best,
                                     .seconds = t->end.seconds,
                                     .step = t->end.step,
                                     .interrupted = strcmp(t->end.reason, "interrupted") == 0};
    return UR_OK;
}

static ur_status train_all(training *t, ur_error *error)
{
    const ur_cli_train_settings *s = t->s;
    ur_cli_series series = {.task = t->arguments->task,
                            .folder = t->folder,
                            .seeds = s->seeds,
                            .folds = s->folds,
                            .json = s->json,
                            .quiet = s->quiet};
    return s->seeds || s->folds ? ur_cli_series_train(&series, train_one, t, error) : train_run(t, error);
}

/* Resolves --init-from, which may name the folder of a run, like MODEL elsewhere. */
static ur_status find_first_model(ur_settings *task, ur_error *error)
{
    const char *given = ur_cli_task_text(task, "init-from");
    char *path = NULL;
    if (!given) return UR_OK;
    UR_TRY(ur_cli_model_path(given, &path, error));
    ur_status status = path ? ur_settings_set(task, "init-from", path, error) : UR_OK;
    free(path);
    return status;
}

/* Uses the folder that the user named, or names it after `name` or the first argument. */
static ur_status choose_folder(training *t, const char *name, ur_error *error)
{
    const char *first = name ? name : t->arguments->words[0];
    t->folder = ur_cli_task_text(t->arguments->task, "output");
    t->chosen = t->folder != NULL;
    if (t->chosen) return UR_OK;
    char *run = ur_cli_run_name(first);
    if (!run) return ur_fail_memory(error, "a path");
    ur_status status = ur_settings_set(t->arguments->task, "output", run, error);
    t->folder = ur_cli_task_text(t->arguments->task, "output");
    free(run);
    return status;
}

static ur_status add_data(ur_settings *task, const ur_cli_texts *texts, ur_error *error)
{
    for (size_t i = 0; i < texts->count; i++) UR_TRY(ur_settings_add_data(task, texts->paths[i], error));
    return UR_OK;
}

static void print_preset(const ur_settings *task)
{
    if (ur_settings_preset(task))
        fprintf(stderr, "--preset %s stands for: %s\n", ur_cli_task_text(task, "preset"), ur_settings_preset(task));
}

ur_status ur_cli_train(const ur_cli_train_settings *s, const ur_cli_arguments *arguments, const char *name,
                       ur_error *error)
{
    training t = {.s = s, .arguments = arguments};
    ur_settings *task = arguments->task;
    if (s->watch && s->quiet)
        return ur_fail(error, UR_ERR_USAGE, "--watch and --quiet contradict each other; give one of them");
    if (!s->quiet) print_preset(task);
    if (ur_cli_isa()) UR_TRY(ur_settings_set(task, "isa", ur_cli_isa(), error));
    UR_TRY(choose_folder(&t, name, error));
    UR_TRY(find_first_model(task, error));
    ur_cli_signals_catch();
    ur_cli_texts texts;
    ur_status status = ur_cli_texts_open(&texts, arguments->words, arguments->count, error);
    texts.watching.quiet = s->quiet || s->watch;
    const ur_watcher watcher = ur_cli_watcher(&texts.watching);
    ur_settings_watch(task, &watcher);
    if (status == UR_OK) status = add_data(task, &texts, error);
    if (status == UR_OK) status = train_all(&t, error);
    ur_cli_texts_close(&texts, error);
    return status;
}
