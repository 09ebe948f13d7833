/*
 * Every verb of `unroll inspect`, and `unroll sample`, with a model of every task of task.inc: the verb works, or one line
 * says what else to use. A new task is tested without a change here; if a verb refuses it, the message has to be added
 * below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "train/trainer.h"

#include <fcntl.h>
#include <sys/wait.h>

static const char *const VERBS[] = {"gates",   "cells",    "gradient", "saliency", "near",
                                    "forcing", "glimpses", "run",      "sample"};

/* A task that a verb refuses, and the message. */
typedef struct refusal {
    const char *verb, *task, *says;
} refusal;

#define WITHOUT_STEPS(task)                                                                                            \
    "where the data say what is true at each step, as texts and labels do; this model of the task " task               \
    " has no such data; try inspect gates"
#define NO_TOKENS       "reads tokens, so it has no embedding; models that read text have one"
#define NOT_SHOWN(task) "there is no saliency for the task " task "; unroll "

static const refusal REFUSALS[] = {
    {"cells", "forecast", WITHOUT_STEPS("forecast")},
    {"cells", "recall", WITHOUT_STEPS("recall")},
    {"cells", "glimpse", WITHOUT_STEPS("glimpse")},
    {"cells", "draw", WITHOUT_STEPS("draw")},
    {"cells", "translate", WITHOUT_STEPS("translate")},
    {"cells", "caption", WITHOUT_STEPS("caption")},
    {"cells", "speech", WITHOUT_STEPS("speech")},
    {"gradient", "speech",
     "the gradient begins at one step, but ctc does not say at which step a label is; try inspect gates, or inspect "
     "gradient with a model trained with --decoder attention"},
    {"saliency", "translate", NOT_SHOWN("translate") "predict --attention"},
    {"saliency", "caption", NOT_SHOWN("caption") "predict --attention"},
    {"saliency", "speech", NOT_SHOWN("speech") "predict --attention"},
    {"saliency", "glimpse", NOT_SHOWN("glimpse") "inspect glimpses"},
    {"saliency", "draw", NOT_SHOWN("draw") "sample --animate"},
    {"saliency", "recall", NOT_SHOWN("recall") "inspect gradient"},
    {"near", "forecast", NO_TOKENS},
    {"near", "frames", NO_TOKENS},
    {"near", "speech", NO_TOKENS},
    {"near", "glimpse", NO_TOKENS},
    {"near", "draw", NO_TOKENS},
    {"near", "recall", NO_TOKENS},
    {"sample", "recall", "a model for recall, not a language model; unroll inspect gates looks into it, and unroll "},
    {"sample", "lm", NULL},
    {"sample", "draw", NULL},
};

static const char *refusal_of(const char *verb, const char *task)
{
    bool decodes = strcmp(task, "translate") == 0 || strcmp(task, "caption") == 0;
    if (strcmp(verb, "forcing") == 0) return decodes ? NULL : "has no decoder; unroll help inspect forcing says";
    if (strcmp(verb, "glimpses") == 0)
        return strcmp(task, "glimpse") == 0 ? NULL : "takes no glimpses; unroll train glimpse trains one that does";
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
        if (strcmp(REFUSALS[i].verb, verb) == 0 && strcmp(REFUSALS[i].task, task) == 0) return REFUSALS[i].says;
    return strcmp(verb, "sample") == 0 ? ", not a language model; unroll predict answers with it, and unroll train lm "
                                       : NULL;
}

/* ---- A command line ------------------------------------------------------------------------------------------------ */

typedef struct command {
    const char *word[16];
    size_t count;
} command;

static void add(command *c, const char *word)
{
    assert_true(c->count + 1 < sizeof c->word / sizeof *c->word);
    c->word[c->count++] = word;
}

static void add_data(command *c, const ur_settings *settings, const char *pictures)
{
    for (size_t i = 0; i < settings->data.count; i++) add(c, settings->data.text[i]);
    if (strcmp(settings->task->name, "caption") != 0) return;
    add(c, "--images");
    add(c, pictures);
}

/* Returns an item: a file if the task takes files, otherwise a text. */
static const char *item_of(const ur_settings *settings)
{
    static const char *const FILES[] = {"frames", "forecast"};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        if (strcmp(settings->task->name, FILES[i]) == 0) return settings->data.text[0];
    return "a text";
}

static command make_command(const char *verb, const char *run, const ur_settings *settings, const char *pictures)
{
    command c = {.word = {getenv("UNROLL"), "inspect", verb, run}, .count = 4};
    if (strcmp(verb, "sample") == 0) return (command){.word = {getenv("UNROLL"), verb, run}, .count = 3};
    if (strcmp(verb, "saliency") == 0)
        add(&c, item_of(settings));
    else if (strcmp(verb, "near") == 0)
        add(&c, strcmp(settings->task->name, "tag") == 0 ? "a0" : "a");
    else if (strcmp(verb, "glimpses") == 0)
        add(&c, settings->data.count ? settings->data.text[0] : "nothing");
    else if (strcmp(verb, "run") != 0)
        add_data(&c, settings, pictures);
    return c;
}

/* Returns the exit status. *said: the text on standard error. */
static int call(const command *c, char said[1024])
{
    char out[512], err[512];
    int status;
    strcpy(out, in_scratch(&place, "out"));
    strcpy(err, in_scratch(&place, "err"));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
        dup2(open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
        execv(c->word[0], (char *const *)(uintptr_t)c->word);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    FILE *file = fopen(err, "r");
    assert_non_null(file);
    said[fread(said, 1, 1023, file)] = 0;
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- Every verb with every task ------------------------------------------------------------------------------------ */

static void train(const ur_settings *settings)
{
    ur_trainer *trainer;
    ur_error error;
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK || train_to_end(trainer, &error) != UR_OK)
        fail_msg("%s", error.text);
    ur_trainer_free(trainer);
}

static void check_verb(const char *verb, const char *run, const ur_settings *settings, const char *pictures)
{
    char said[1024];
    const char *refused = refusal_of(verb, settings->task->name);
    command c = make_command(verb, run, settings, pictures);
    int status = call(&c, said);
    if (!refused && status != 0) fail_msg("%s: status %d: %s", verb, status, said);
    if (refused && (status != 1 || !strstr(said, refused)))
        fail_msg("%s: status %d, expected \"%s\": %s", verb, status, refused, said);
}

static void every_verb_takes_it_or_says_why(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    char run[512], pictures[512];
    strcpy(run, in_scratch(&place, "run"));
    strcpy(pictures, in_scratch(&place, "pictures.idx"));
    set_one(settings, "output", run);
    set_more(settings, "--steps 2 --eval-every 2 --no-events");
    train(settings);
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) check_verb(VERBS[i], run, settings, pictures);
    ur_settings_free(settings);
}

int main(void)
{
    enum { MOST = 32 };
    struct CMUnitTest tests[MOST];
    char names[MOST][32];
    size_t count = 0;
    for (; ur_task_name(count); count++) {
        assert_true(count < MOST);
        snprintf(names[count], sizeof names[count], "%s", ur_task_name(count));
        tests[count] =
            (struct CMUnitTest){names[count], every_verb_takes_it_or_says_why, set_up, tear_down, names[count]};
    }
    return _cmocka_run_group_tests("every verb", tests, count, NULL, NULL);
}
