/*
 * Lets every call of the allocator fail, one after another, while models are built, loaded and saved, and while
 * networks are trained, resumed and scored. Each failure gives an error with a message, or does not change the result.
 * Nothing leaks, and files on the disk stay valid. Everything is done twice: with one failing call, and with all calls
 * failing from there on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"
#include "support/failing_memory.h"

#include "unroll_train.h"

#ifdef FAILING_MEMORY_REAL

#include "base/file.h"
#include "base/folder.h"

#include <stdint.h>

/*
 * A piece of work to try. `work` undoes all that it did, however it ends, and puts its result into `result`. `before`
 * and `after` are called while no call fails.
 */
typedef struct attempt {
    const char *name;
    void (*before)(void);
    ur_status (*work)(uint64_t *result, ur_error *error);
    void (*after)(void);
} attempt;

static scratch place;
static char text_path[512], texts_path[512], model_path[512], other_path[512], run_path[512];
static ur_bytes model_bytes, checkpoint_bytes, log_bytes, events_bytes;
#define EVENTS "events.out.tfevents.0000000001.unroll"

enum { V = 13, T = 3, B = 2 };
static const int32_t IDS[T * B] = {0, 3, 5, 1, 12, 7}, TARGETS[T * B] = {3, 5, 1, 12, -1, 7}, LENGTHS[B] = {3, 2};
static const char *const NET = "embed 5 > lstm 6 x2 drop=0.2 > gru-before 4 > dropout 0.1 > dense";

static void mix(uint64_t *result, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) *result = (*result ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
}

/* ---- Models ------------------------------------------------------------------------------------------------------ */

static void mix_model(uint64_t *result, ur_model *model)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) mix(result, p.value, p.size * sizeof *p.value);
    mix(result, ur_model_net(model), strlen(ur_model_net(model)));
}

static ur_status make(ur_model **model, ur_error *error)
{
    return ur_model_create(model, NET, &(ur_sizes){.symbols = V, .outputs = V}, 7, 0, NULL, error);
}

static ur_status create_model(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = make(&model, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_status load_model(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = ur_model_load(&model, model_path, NULL, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_status load_model_memory(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = ur_model_load_memory(&model, model_bytes.data, model_bytes.size, NULL, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_model *shared; /* loaded before the attempts that use it */

static void load_shared(void)
{
    ur_error error;
    if (!shared && ur_model_load(&shared, model_path, NULL, &error) != UR_OK) fail_msg("%s", error.text);
}

static ur_status save_model(uint64_t *result, ur_error *error)
{
    (void)result;
    return ur_model_save(shared, other_path, error);
}

/* Whether saving succeeded or not, a whole file is there. */
static void check_saved(void)
{
    ur_model *model;
    ur_error error;
    if (ur_model_load(&model, other_path, NULL, &error) != UR_OK) fail_msg("%s", error.text);
    ur_model_free(model);
}

/* A model that could not be made small must be unchanged. */
static ur_status make_small(ur_model *model, ur_weights weights, ur_error *error)
{
    uint64_t was = 0, is = 0;
    mix_model(&was, model);
    ur_status status = ur_model_use_weights(model, weights, error);
    mix_model(&is, model);
    if (status != UR_OK) assert_true(is == was && ur_model_weights(model) == UR_WEIGHTS_F32);
    return status;
}

static ur_status export_small(uint64_t *result, ur_error *error)
{
    ur_model *model;
    for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++) {
        ur_status status = ur_model_load(&model, model_path, NULL, error);
        if (status != UR_OK) return status;
        status = make_small(model, (ur_weights)weights, error);
        if (status == UR_OK) status = ur_model_save(model, other_path, error);
        ur_model_free(model);
        if (status == UR_OK) status = ur_model_load(&model, other_path, NULL, error);
        if (status != UR_OK) return status;
        mix_model(result, model);
        ur_model_free(model);
    }
    return UR_OK;
}

static ur_status tell_record(uint64_t *result, ur_error *error)
{
    char *text = ur_model_record(shared);
    if (!text) {
        error->status = UR_ERR_MEMORY;
        strcpy(error->text, "no record");
        return UR_ERR_MEMORY;
    }
    mix(result, text, strlen(text));
    free(text);
    return UR_OK;
}

static ur_status create_state(uint64_t *result, ur_error *error)
{
    ur_state *state;
    ur_real out[64];
    ur_status status = ur_state_create(&state, shared, 1, error);
    if (status != UR_OK) return status;
    for (size_t i = 0; i < T; i++) ur_step(shared, state, &IDS[i], out); /* allocates nothing and cannot fail */
    mix(result, out, ur_model_outputs(shared) * sizeof *out);
    ur_state_free(state);
    return UR_OK;
}

/* ---- Learning ---------------------------------------------------------------------------------------------------- */

static ur_status use_learner(ur_learner *learner, uint64_t *result, ur_error *error)
{
    double loss = 0;
    ur_real out[T * B * V];
    ur_batch batch = {.input = {{.steps = T, .lanes = B, .ids = IDS, .lengths = LENGTHS}},
                      .target = {{.ids = TARGETS}},
                      .target_count = 1};
    for (int i = 0; i < 3; i++) {
        ur_status status = ur_learn(learner, &batch, &loss, error);
        if (status != UR_OK) return status;
        batch.carry = true;
    }
    ur_status status = ur_evaluate(learner, &batch, &loss, error);
    if (status == UR_OK) status = ur_predict(learner, &batch, out, error);
    if (status == UR_OK) mix(result, &loss, sizeof loss);
    if (status == UR_OK) mix(result, out, sizeof out);
    return status;
}

static ur_status learn(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    learning.threads = FAILING_MEMORY_THREADS;
    ur_status status = make(&model, error);
    if (status != UR_OK) return status;
    status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) status = use_learner(learner, result, error);
    ur_learner_free(learner);
    if (status == UR_OK) mix_model(result, model);
    ur_model_free(model);
    return status;
}

/* There are so many outputs that the last layer and the loss are one operation. */
static ur_status learn_wide(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    ur_batch batch = {.input = {{.steps = T, .lanes = B, .ids = IDS}}, .target = {{.ids = TARGETS}}, .target_count = 1};
    double loss[2] = {0};
    learning.threads = FAILING_MEMORY_THREADS;
    ur_status status = ur_model_create(&model, "embed 5 > rnn 6 > dense", &(ur_sizes){.symbols = V, .outputs = 1100}, 7,
                                       0, NULL, error);
    if (status != UR_OK) return status;
    status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) status = ur_learn(learner, &batch, &loss[0], error);
    if (status == UR_OK) status = ur_evaluate(learner, &batch, &loss[1], error);
    ur_learner_free(learner);
    if (status == UR_OK) mix(result, loss, sizeof loss);
    if (status == UR_OK) mix_model(result, model);
    ur_model_free(model);
    return status;
}

static ur_status by_hand(uint64_t *result, ur_error *error)
{
    ur_hand *hand;
    ur_real x[B * 3] = {1, 2, 3, 4, 5, 6}, zero[B * 4] = {0}, h[B * 4], c[B * 4], dx[B * 3];
    ur_status status = ur_hand_create(&hand, "lstm", 3, 4, B, 5, error);
    if (status != UR_OK) return status;
    status = ur_hand_forward(hand, x, zero, zero, h, c, error);
    if (status == UR_OK) status = ur_hand_backward(hand, h, NULL, dx, NULL, NULL, error);
    if (status == UR_OK) mix(result, dx, sizeof dx);
    ur_hand_free(hand);
    return status;
}

/* ---- Training ---------------------------------------------------------------------------------------------------- */

/* Trains with `settings`, and frees them. */
static ur_status train(ur_settings *settings, uint64_t *result, ur_error *error)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_status status = ur_trainer_create(&trainer, settings, error);
    ur_settings_free(settings);
    while (status == UR_OK && event.kind != UR_EVENT_END) {
        const char *text;
        size_t length;
        status = ur_train_next(trainer, &event, error);
        if (status == UR_OK && event.kind == UR_EVENT_SAMPLE)
            status = ur_trainer_sample(trainer, &text, &length, error);
    }
    if (status == UR_OK) mix(result, &event.best, sizeof event.best);
    ur_trainer_free(trainer);
    return status;
}

#define SMALL                                                                                                          \
    "--batch 2 --bptt 6 --bptt-step 4 --average 0.9 --eval-every 2 --save-every 2 --threads 1 --sample-length 3 "
#define NET "--net 'embed 4 > lstm 5 > dense' "

static ur_status open_settings(ur_settings **settings, const char *path, const char *line, const char *run,
                               ur_error *error)
{
    ur_status status = ur_settings_create(settings, "lm", error);
    if (status == UR_OK) status = ur_settings_add_data(*settings, path, error);
    if (status == UR_OK) status = ur_settings_read(*settings, line, error);
    if (status == UR_OK && run) status = ur_settings_set(*settings, "output", run, error);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(*settings);
    return status;
}

static ur_status train_anew(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status = open_settings(&settings, texts_path, SMALL NET "--steps 4", run_path, error);
    return status == UR_OK ? train(settings, result, error) : status;
}

/* With word tokens and a validation text, without a net line or a run folder. */
static ur_status train_otherwise(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status = open_settings(
        &settings, text_path,
        SMALL "--steps 4 --cell gru --hidden 3,4 --token word --vocab-limit 9 --sampled-softmax 3", NULL, error);
    if (status != UR_OK) return status;
    status = ur_settings_set(settings, "val", text_path, error);
    if (status == UR_OK) status = ur_settings_set(settings, "threads", FAILING_MEMORY_THREADS == 1 ? "1" : "2", error);
    if (status == UR_OK) return train(settings, result, error);
    ur_settings_free(settings);
    return status;
}

static ur_status train_from_weights(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status = open_settings(&settings, text_path, SMALL "--steps 4", NULL, error);
    if (status != UR_OK) return status;
    status = ur_settings_set(settings, "init-from", model_path, error);
    if (status == UR_OK) status = ur_settings_set(settings, "net", "embed 4 > lstm 5 > dense", error);
    if (status == UR_OK) return train(settings, result, error);
    ur_settings_free(settings);
    return status;
}

static ur_status train_preset(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status = open_settings(&settings, text_path, "--preset min-char-rnn --steps 2 --threads 1", NULL, error);
    return status == UR_OK ? train(settings, result, error) : status;
}

static ur_status resume(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status =
        open_settings(&settings, texts_path, SMALL NET "--steps 6 --schedule constant --resume", run_path, error);
    return status == UR_OK ? train(settings, result, error) : status;
}

static char *in_run(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", run_path, name);
    return path;
}

static void write_bytes(const char *path, const ur_bytes *bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

static void read_bytes(const char *path, ur_bytes *bytes)
{
    ur_error error;
    ur_bytes_free(bytes);
    if (ur_file_read(path, bytes, &error) != UR_OK) fail_msg("%s", error.text);
}

static void clear_run(void)
{
    if (ur_path_is_folder(run_path)) remove_tree(run_path, 1);
}

/* Makes the run that `resume` goes on with. */
static void make_run(void)
{
    clear_run();
    assert_int_equal(mkdir(run_path, 0777), 0);
    write_bytes(in_run("last.safetensors"), &checkpoint_bytes);
    write_bytes(in_run("log.jsonl"), &log_bytes);
    write_bytes(in_run(EVENTS), &events_bytes);
}

/* Everything in the run folder is whole: models load, and no file is half written. */
static void check_run(void)
{
    static const char *const names[] = {"model.safetensors", "last.safetensors"};
    for (size_t i = 0; i < 2; i++) {
        ur_model *model;
        ur_error error;
        if (!ur_path_exists(in_run(names[i]))) continue;
        if (ur_model_load(&model, in_run(names[i]), NULL, &error) != UR_OK) fail_msg("%s", error.text);
        ur_model_free(model);
    }
    if (!ur_path_is_folder(run_path)) return;
    DIR *entries = opendir(run_path);
    for (struct dirent *e = readdir(entries); e; e = readdir(entries))
        assert_null(strstr(e->d_name, UR_TEMPORARY_MARK));
    closedir(entries);
}

/* A resumed run that stopped for lack of memory goes on from where it is, to the same end. */
static ur_bytes resumed_bytes;

static void check_resumed(void)
{
    uint64_t ignored = 0;
    ur_error error;
    ur_bytes now = {0};
    check_run();
    if (resume(&ignored, &error) != UR_OK) fail_msg("%s", error.text);
    read_bytes(in_run("last.safetensors"), &now);
    if (!resumed_bytes.data) read_bytes(in_run("last.safetensors"), &resumed_bytes);
    assert_int_equal(now.size, resumed_bytes.size);
    assert_memory_equal(now.data, resumed_bytes.data, now.size);
    ur_bytes_free(&now);
}

/* ---- Scoring ----------------------------------------------------------------------------------------------------- */

static bool take_line(void *context, uint64_t number, const char *text, size_t length, double log_probability)
{
    (void)number;
    mix(context, text, length);
    mix(context, &log_probability, sizeof log_probability);
    return true;
}

static ur_status score(uint64_t *result, ur_error *error)
{
    const char *const paths[] = {text_path};
    for (int protocol = 0; protocol < 3; protocol++) {
        ur_scoring scoring = {.paths = paths, .path_count = 1, .end = 0.4, .window = 9, .threads = 1};
        ur_score all = {0};
        scoring.windows = protocol == 1;
        scoring.line = protocol == 2 ? take_line : NULL;
        scoring.context = result;
        ur_status status = ur_score_text(shared, &scoring, &all, error);
        if (status != UR_OK) return status;
        mix(result, &all.loss, sizeof all.loss);
    }
    return UR_OK;
}

/* ---- Every n-th call --------------------------------------------------------------------------------------------- */

static long run_once(const attempt *a, long n, bool on, ur_status *status, uint64_t *result)
{
    ur_error error = {0};
    *result = 0xCBF29CE484222325u;
    if (a->before) a->before();
    long before = atomic_load(&memory_live);
    memory_arm(n, on);
    *status = a->work(result, &error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (*status != UR_OK && (error.status != *status || !error.text[0]))
        fail_msg("%s, call %ld: status %d without a message", a->name, n, (int)*status);
    if (*status != UR_OK && (!n || calls < n)) fail_msg("%s, no call failed: %s", a->name, error.text);
    if (after != before && n) fail_msg("%s, call %ld: %ld blocks leak (%s)", a->name, n, after - before, error.text);
    if (a->after) a->after();
    return calls;
}

static void try_every_call(const attempt *a, bool on)
{
    ur_status status;
    uint64_t expected, result;
    long calls = 0, n = 1, tried = 0, survived = 0;
    for (int i = 0; i < 2; i++)
        run_once(a, 0, false, &status, &expected); /* lets the C library allocate what it keeps */
    for (long stride = 1;; n += stride, tried++) {
        calls = run_once(a, n, on, &status, &result);
        if (calls < n) break;
        if (status == UR_OK && result != expected) fail_msg("%s, call %ld fails: another result", a->name, n);
        survived += status == UR_OK;
        stride = on && n > 100 ? 5 : 1; /* single failures have already tried the later calls */
    }
    print_message("%s: %ld of %ld calls failed%s; it went on without in %ld cases\n", a->name, tried, calls,
                  on ? " and all behind them" : "", survived);
    assert_true(tried > 0 && survived < tried);
}

static void try_attempt(void **state)
{
    const attempt *a = *state;
    try_every_call(a, false);
    try_every_call(a, true);
}

/* ---- The list of attempts ---------------------------------------------------------------------------------------- */

static void write_texts(void)
{
    char path[600];
    FILE *file = fopen(text_path, "w");
    assert_non_null(file);
    for (int i = 0; i < 40; i++) fprintf(file, "%s %s.\n", i % 3 ? "a cat" : "two dogs", i % 2 ? "ran" : "sat");
    assert_int_equal(fclose(file), 0);
    assert_int_equal(mkdir(texts_path, 0777), 0);
    snprintf(path, sizeof path, "%s/b", texts_path);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/b/one", texts_path);
    assert_int_equal(link(text_path, path), 0);
    snprintf(path, sizeof path, "%s/two.txt", texts_path);
    assert_int_equal(link(text_path, path), 0);
}

/* Makes the scratch folder in memory if possible: thousands of checkpoints are written, and each of them is synced. */
static void make_fast_scratch(void)
{
    strcpy(place.root, "/dev/shm/unroll-test-XXXXXX");
    if (!mkdtemp(place.root)) make_scratch(&place);
}

/* Makes a trained model of text_path, and a checkpoint of texts_path. */
static int set_up(void **state)
{
    (void)state;
    uint64_t ignored = 0;
    ur_error error;
    ur_settings *training;
    make_fast_scratch();
    strcpy(text_path, in_scratch(&place, "text.txt"));
    strcpy(texts_path, in_scratch(&place, "texts"));
    strcpy(model_path, in_scratch(&place, "model.safetensors"));
    strcpy(other_path, in_scratch(&place, "other.safetensors"));
    strcpy(run_path, in_scratch(&place, "run"));
    write_texts();
    if (open_settings(&training, text_path, SMALL NET "--steps 4", run_path, &error) != UR_OK ||
        train(training, &ignored, &error) != UR_OK)
        fail_msg("%s", error.text);
    read_bytes(in_run("model.safetensors"), &model_bytes);
    write_bytes(model_path, &model_bytes);
    write_bytes(other_path, &model_bytes);
    clear_run();
    if (open_settings(&training, texts_path, SMALL NET "--steps 4 --schedule constant", run_path, &error) != UR_OK ||
        train(training, &ignored, &error) != UR_OK)
        fail_msg("%s", error.text);
    read_bytes(in_run("last.safetensors"), &checkpoint_bytes);
    read_bytes(in_run("log.jsonl"), &log_bytes);
    read_bytes(in_run(EVENTS), &events_bytes);
    clear_run();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ur_model_free(shared);
    ur_bytes_free(&model_bytes);
    ur_bytes_free(&checkpoint_bytes);
    ur_bytes_free(&log_bytes);
    ur_bytes_free(&events_bytes);
    ur_bytes_free(&resumed_bytes);
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    static attempt attempts[] = {{"create", NULL, create_model, NULL},
                                 {"load", NULL, load_model, NULL},
                                 {"load from memory", NULL, load_model_memory, NULL},
                                 {"save", load_shared, save_model, check_saved},
                                 {"export", load_shared, export_small, check_saved},
                                 {"record", load_shared, tell_record, NULL},
                                 {"state", load_shared, create_state, NULL},
                                 {"learn", NULL, learn, NULL},
                                 {"learn with many outputs", NULL, learn_wide, NULL},
                                 {"cell by hand", NULL, by_hand, NULL},
                                 {"train", clear_run, train_anew, check_run},
                                 {"train by words", NULL, train_otherwise, NULL},
                                 {"train by a preset", NULL, train_preset, NULL},
                                 {"train from weights", NULL, train_from_weights, NULL},
                                 {"resume", make_run, resume, check_resumed},
                                 {"score", load_shared, score, NULL}};
    enum { COUNT = sizeof attempts / sizeof *attempts };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] =
            (struct CMUnitTest){.name = attempts[i].name, .test_func = try_attempt, .initial_state = &attempts[i]};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
