/*
 * The shares of open and shut gates that a training reports are exactly those that a probe finds in the last window of
 * the validation text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/run.h"
#include "unroll_inspect.h"

#include <stdint.h>

/* One lane reads the validation text in windows of 64 steps. One more token at the end is only predicted. */
enum { STEPS = 64, WINDOWS = 3, UNITS = STEPS * WINDOWS + 1, UNITS_MOST = 64 };

static scratch place;
static char text[512], other[512], line[1024];

/* Large weights, so that there are open and shut gates. */
static ur_settings *settings(const char *net)
{
    ur_settings *settings =
        lm_settings(text, "--init-scale 1.5 --batch 1 --bptt 8 --steps 2 --eval-every 2 --threads 2");
    set_one(settings, "val", other);
    set_one(settings, "net", net);
    return settings;
}

static ur_trainer *evaluated(const char *net)
{
    ur_settings *training = settings(net);
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    ur_gate_share share;
    if (ur_trainer_create(&trainer, training, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(training);
    assert_false(ur_trainer_gate(trainer, 0, &share));
    while (event.kind != UR_EVENT_EVALUATION)
        if (ur_train_next(trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
    return trainer;
}

/* Returns a probe that has run the windows, and shows the last one. */
static ur_probe *probed(const ur_model *model)
{
    static int32_t ids[UNITS];
    ur_probe *probe;
    ur_error error;
    size_t count = 0;
    if (ur_probe_create(&probe, model, 1, &error) != UR_OK ||
        ur_encode(model, line, UNITS, ids, UNITS, &count, &error) != UR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(count, UNITS);
    for (size_t i = 0; i < WINDOWS; i++) {
        ur_batch batch = {.input = {{.steps = STEPS, .lanes = 1, .ids = ids + i * STEPS}}, .carry = i > 0};
        if (ur_probe_run(probe, &batch, &error) != UR_OK) fail_msg("%s", error.text);
    }
    return probe;
}

static void assert_share(const ur_probe *probe, const ur_model *model, const ur_gate_share *share)
{
    ur_real gate[UNITS_MOST];
    size_t units, open = 0, shut = 0, signal = ur_probe_find(model, share->layer, share->name);
    assert_true(signal != SIZE_MAX && ur_probe_layer(model, share->layer, &units, NULL) && units <= UNITS_MOST);
    for (size_t t = 0; t < STEPS; t++) {
        ur_probe_read(probe, share->layer, signal, t, 0, gate);
        for (size_t u = 0; u < units; u++) {
            open += gate[u] > 0.9F;
            shut += gate[u] < 0.1F;
        }
    }
    assert_true(open > 0 && shut > 0);
    assert_true(share->open == (double)open / (double)(STEPS * units));
    assert_true(share->shut == (double)shut / (double)(STEPS * units));
}

static void check(const char *net, const char *names)
{
    ur_trainer *trainer = evaluated(net);
    const ur_model *model = ur_trainer_model(trainer);
    ur_probe *probe = probed(model);
    ur_gate_share share;
    char found[32] = "";
    for (size_t i = 0; ur_trainer_gate(trainer, i, &share); i++) {
        assert_share(probe, model, &share);
        snprintf(found + strlen(found), sizeof found - strlen(found), "%zu%s ", share.layer, share.name);
    }
    assert_string_equal(found, names);
    ur_probe_free(probe);
    ur_trainer_free(trainer);
}

static void shares_are_those_of_a_probe(void **state)
{
    (void)state;
    check("embed 9 > lstm 21 > lstm 16 > dense", "0i 0f 0o 1i 1f 1o ");
    check("onehot > rnn 9 > gru 35 > dropout 0.5 > gru-before 17 > dense", "1r 1z 2r 2z ");
    check("embed 9 > lstm-coupled 21 > dense", "0f 0o ");
    check("embed 9 > rnn 21 > dense", "");
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    strcpy(text, in_scratch(&place, "text.txt"));
    strcpy(other, in_scratch(&place, "other.txt"));
    for (int i = 0; i < UNITS; i++) line[i] = (char)('a' + i * i % 23);
    put(text, line);
    put(other, line);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_are_those_of_a_probe)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
