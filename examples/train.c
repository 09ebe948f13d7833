/*
 * train.c: train a language model on a text and keep the best one.
 *
 *     train TEXT MODEL.safetensors [MINUTES]
 *
 * Training is a sequence of events: each call does one piece of work and reports what happened. What to do then
 * (print, draw, save, stop) is the caller's choice.
 */
#include <unroll_train.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static ur_trainer *trainer; /* global, because the handler of Ctrl-C can reach nothing else */

static void interrupt(int number)
{
    (void)number;
    ur_trainer_stop(trainer);
}

static int fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fail("usage: train TEXT MODEL.safetensors [MINUTES]");
    const char *const file = argv[2];
    ur_settings *settings;
    ur_error error;
    ur_event event;

    if (ur_settings_create(&settings, "lm", &error)) return fail(error.text);
    if (ur_settings_set(settings, "minutes", argc > 3 ? argv[3] : "1", &error)) return fail(error.text);
    if (ur_settings_add_data(settings, argv[1], &error)) return fail(error.text);
    if (ur_trainer_create(&trainer, settings, &error)) return fail(error.text);
    ur_settings_free(settings);
    signal(SIGINT, interrupt);
    const ur_plan plan = ur_trainer_plan(trainer);
    printf("%s\n%s: %zu weights\n", plan.data, plan.net, plan.parameters);
    do {
        const char *text;
        size_t length;
        if (ur_train_next(trainer, &event, &error)) return fail(error.text);
        if (event.kind == UR_EVENT_STEP && event.step % 20 == 0)
            printf("step %llu of %llu   epoch %.2f   loss %.3f   %.0f %ss/s\n", (unsigned long long)event.step,
                   (unsigned long long)event.steps, event.epoch, event.loss, event.items_per_second, plan.counts);
        if (event.kind == UR_EVENT_EVALUATION) printf("held-out text: %s %.3f\n", plan.metric, event.validation);
        if (event.kind == UR_EVENT_SAMPLE) {
            if (ur_trainer_sample(trainer, &text, &length, &error)) return fail(error.text);
            printf("%.*s\n--------\n", (int)length, text);
        }
        /* Save the best model on the validation text, or the last one if the text is too short for a validation
         * part. */
        if ((event.kind == UR_EVENT_EVALUATION && event.improved) || (event.kind == UR_EVENT_END && isnan(event.best)))
            if (ur_model_save(ur_trainer_model(trainer), file, &error)) return fail(error.text);
    } while (event.kind != UR_EVENT_END);
    printf("%s: the model is %s\n", event.reason, file);
    ur_trainer_free(trainer);
    return 0;
}
