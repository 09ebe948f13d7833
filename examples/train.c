/*
 * train.c: train a language model on a text and keep the best one.
 *
 *     train TEXT MODEL.safetensors [MINUTES]
 *
 * Training is a sequence of events: each call does one piece of work and says what happened. What to do about it
 * (print, draw, save, stop) is the caller's choice.
 */
#include <unroll_generate.h>
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

static ur_status print(void *file, const char *bytes, size_t size, ur_error *error)
{
    (void)error; /* what cannot be shown need not end the training */
    fwrite(bytes, 1, size, file);
    return UR_OK;
}

/* 200 tokens, from nothing. */
static ur_status sample(const ur_model *model, ur_error *error)
{
    ur_session *session;
    if (ur_session_create(&session, model, error)) return error->status;
    ur_status status = ur_session_write(session, &(ur_writing){.tokens = 200}, &(ur_sink){print, stdout}, error);
    printf("\n--------\n");
    ur_session_free(session);
    return status;
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
