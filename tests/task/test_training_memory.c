/*
 * Lets every call of the allocator fail, one after another, while runs are trained and resumed; see memory_attempts.h.
 * The files of a run stay valid, and a resumed run goes on to the same end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "task/memory_attempts.h"

#ifdef FAILING_MEMORY_REAL

static char texts_path[512];
static ur_bytes checkpoint_bytes, log_bytes, events_bytes;
#define EVENTS "events.out.tfevents.0000000001.unroll"

static ur_status train_anew(uint64_t *result, ur_error *error)
{
    ur_settings *settings;
    ur_status status = open_settings(&settings, texts_path, SMALL SMALL_NET "--steps 4", run_path, error);
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
        open_settings(&settings, texts_path, SMALL SMALL_NET "--steps 6 --schedule constant --resume", run_path, error);
    return status == UR_OK ? train(settings, result, error) : status;
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

/* ---- The list of attempts ---------------------------------------------------------------------------------------- */

static void write_texts(void)
{
    char path[600];
    assert_int_equal(mkdir(texts_path, 0777), 0);
    snprintf(path, sizeof path, "%s/b", texts_path);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/b/one", texts_path);
    assert_int_equal(link(text_path, path), 0);
    snprintf(path, sizeof path, "%s/two.txt", texts_path);
    assert_int_equal(link(text_path, path), 0);
}

/* Makes a checkpoint of texts_path. */
static int set_up(void **state)
{
    (void)state;
    uint64_t ignored = 0;
    ur_error error;
    ur_settings *training;
    make_model();
    strcpy(texts_path, in_scratch(&place, "texts"));
    write_texts();
    if (open_settings(&training, texts_path, SMALL SMALL_NET "--steps 4 --schedule constant", run_path, &error) !=
            UR_OK ||
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
    ur_bytes_free(&checkpoint_bytes);
    ur_bytes_free(&log_bytes);
    ur_bytes_free(&events_bytes);
    ur_bytes_free(&resumed_bytes);
    remove_model();
    return 0;
}

int main(void)
{
    static attempt attempts[] = {{"train", clear_run, train_anew, check_run},
                                 {"train by words", NULL, train_otherwise, NULL},
                                 {"train by a preset", NULL, train_preset, NULL},
                                 {"train from weights", NULL, train_from_weights, NULL},
                                 {"resume", make_run, resume, check_resumed}};
    return try_attempts(attempts, sizeof attempts / sizeof *attempts, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
