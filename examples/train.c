/*
 * train.c: train a language model on a text and keep the best one.
 *
 *     train TEXT MODEL.safetensors [MINUTES]
 *
 * Training is a sequence of events: each call does one piece of work and says what happened. What to do about it
 * (print, draw, save, stop) is the caller's choice.
 */
#include <unroll_train.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static ur_trainer *trainer; /* for Ctrl-C, which finds nothing but globals */

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

/* 200 units from a zero state that has read unit 0. */
static ur_status sample(const ur_model *model, ur_error *error)
{
    const size_t units = ur_model_outputs(model);
    ur_sampling how = ur_sampling_default();
    how.never = ur_unknown_unit(model);
    ur_state *state;
    if (ur_state_create(&state, model, 1, error)) return error->status;
    ur_real *logits = malloc(units * sizeof *logits);
    int32_t id = 0;
    for (uint64_t draw = 0; logits != NULL && draw < 200; draw++) {
        size_t length = 0;
        ur_step(model, state, &id, logits);
        id = ur_sample(logits, units, &how, draw);
        const char *text = ur_unit_text(model, id, &length);
        fwrite(text, 1, text == NULL ? 0 : length, stdout);
    }
    printf("\n--------\n");
    free(logits);
    ur_state_free(state);
    return UR_OK;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fail("usage: train TEXT MODEL.safetensors [MINUTES]");
    const char *const text[] = {argv[1]}, *const file = argv[2];
    ur_training training = ur_training_default();
    training.paths = text;
    training.path_count = 1;
    training.minutes = argc > 3 ? atof(argv[3]) : 1;
    ur_error error;
    ur_event event;

    if (ur_trainer_create(&trainer, &training, &error)) return fail(error.text);
    signal(SIGINT, interrupt);
    const ur_plan plan = ur_trainer_plan(trainer);
    printf("%s: %zu weights, %zu units, %llu to learn from\n", plan.net, plan.parameters, plan.vocabulary,
           (unsigned long long)plan.train_units);
    do {
        if (ur_train_next(trainer, &event, &error)) return fail(error.text);
        if (event.kind == UR_EVENT_STEP && event.step % 20 == 0)
            printf("step %llu of %llu   epoch %.2f   loss %.3f   %.0f units/s\n", (unsigned long long)event.step,
                   (unsigned long long)event.steps, event.epoch, event.loss, event.units_per_second);
        if (event.kind == UR_EVENT_EVALUATION) printf("held-out text: %.3f nats a unit\n", event.validation);
        if (event.kind == UR_EVENT_SAMPLE && sample(ur_trainer_model(trainer), &error)) return fail(error.text);
        /* The best on the text held out; the last, where the text is too short to hold anything out. */
        if ((event.kind == UR_EVENT_EVALUATION && event.improved) || (event.kind == UR_EVENT_END && isnan(event.best)))
            if (ur_model_save(ur_trainer_model(trainer), file, &error)) return fail(error.text);
    } while (event.kind != UR_EVENT_END);
    printf("%s: the model is %s\n", event.reason, file);
    ur_trainer_free(trainer);
    return 0;
}
