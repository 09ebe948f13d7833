/* Equal bits: runs the same short training with every instruction set and several numbers of threads. */
#include "cli/check/check.h"

#include "cli/support/isa.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { LANES = 19, STEPS = 5, UPDATES = 3, THREADS = 3 };

typedef struct snapshot {
    ur_real *values;
    size_t count;
} snapshot;

static ur_status take(ur_model *model, snapshot *shot, ur_error *error)
{
    ur_parameter p;
    shot->values = malloc(ur_model_parameters(model) * sizeof *shot->values + 1);
    if (!shot->values) return ur_fail_memory(error, "weights");
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) {
        memcpy(shot->values + shot->count, p.value, p.size * sizeof *p.value);
        shot->count += p.size;
    }
    return UR_OK;
}

static ur_status learn(ur_model *model, const ur_batch *batch, size_t threads, ur_error *error)
{
    ur_learning learning = ur_learning_default();
    learning.threads = threads;
    ur_learner *learner = NULL;
    UR_TRY(ur_learner_create(&learner, model, &learning, error));
    ur_status status = UR_OK;
    for (int i = 0; status == UR_OK && i < UPDATES; i++) status = ur_learn(learner, batch, NULL, error);
    ur_learner_free(learner);
    return status;
}

static ur_status learn_from_trial(ur_model *model, size_t threads, ur_error *error)
{
    ur_trial *trial = NULL;
    UR_TRY(ur_trial_create(&trial, model, LANES, STEPS, 1, error));
    ur_status status = learn(model, ur_trial_batch(trial), threads, error);
    ur_trial_free(trial);
    return status;
}

static ur_status train(const ur_cli_network *network, const char *isa, size_t threads, snapshot *shot, ur_error *error)
{
    ur_model *model = NULL;
    *shot = (snapshot){0};
    UR_TRY(ur_model_create(&model, network->line, &network->sizes, 1, 0, isa, error));
    ur_status status = learn_from_trial(model, threads, error);
    if (status == UR_OK) status = take(model, shot, error);
    ur_model_free(model);
    return status;
}

static bool equal(const snapshot *a, const snapshot *b)
{
    return a->count == b->count && memcmp(a->values, b->values, a->count * sizeof *a->values) == 0;
}

/* Compares trainings with the instruction set `isa` with one of the portable code on one thread. */
static ur_status check_isa(ur_cli_checks *checks, const ur_cli_network *network, const char *isa, const snapshot *first,
                           ur_error *error)
{
    char name[64];
    size_t different = 0;
    for (size_t threads = 1; threads <= THREADS; threads++) {
        snapshot shot;
        ur_status status = train(network, isa, threads, &shot, error);
        if (status == UR_OK && !equal(first, &shot)) different = threads;
        free(shot.values);
        if (status != UR_OK) return status;
    }
    snprintf(name, sizeof name, "equal bits%s, %s", network->what, isa);
    if (different)
        ur_cli_check_report(checks, UR_CLI_FAILED, name, "other weights than portable, with %zu thread%s", different,
                            different == 1 ? "" : "s");
    else
        ur_cli_check_report(checks, UR_CLI_OK, name, "%d updates with 1 to %d threads", UPDATES, THREADS);
    return UR_OK;
}

ur_status ur_cli_check_bits(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error)
{
    snapshot first;
    ur_status status = train(network, "portable", 1, &first, error);
    for (unsigned i = 0; status == UR_OK && ur_cli_isa_name(i); i++)
        if (ur_cli_isa_works(ur_cli_isa_name(i)))
            status = check_isa(checks, network, ur_cli_isa_name(i), &first, error);
    free(first.values);
    return status;
}
