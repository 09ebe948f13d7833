/*
 * What a resume takes and what it refuses: more steps or more patience go on, the same settings and texts are needed,
 * the log is cut back to what the checkpoint knew. (That the bits are the same after kills: tests/cli/test_kill_resume.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "base/file.h"
#include "unroll_train.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENTS "events.out.tfevents.0000000001.unroll"

static scratch place;
static char text[512], other[512];
static const char *paths[] = {text};

static void write_text(const char *path, int from)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = from; i < from + 80; i++) fprintf(file, "line %d of a text %d\n", i * i, i);
    assert_int_equal(fclose(file), 0);
}

static ur_training begin(const char *run)
{
    ur_training training = ur_training_default();
    training.paths = paths;
    training.path_count = 1;
    training.net = "onehot > gru 12 > dense";
    training.batch = 2;
    training.bptt = 8;
    training.schedule = UR_CONSTANT;
    training.steps = 6;
    training.save_every = training.evaluate_every = training.sample_every = 3;
    training.learning.threads = 1;
    training.run = in_scratch(&place, run);
    training.resume = true;
    return training;
}

/* The event of the end. */
static ur_event train(const ur_training *training)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    if (ur_trainer_create(&trainer, training, &error) != UR_OK) fail_msg("%s", error.text);
    while (event.kind != UR_EVENT_END)
        if (ur_train_next(trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
    ur_trainer_free(trainer);
    return event;
}

static void assert_refused(const ur_training *training, ur_status expected, const char *said, const char *said_too)
{
    ur_trainer *trainer;
    ur_error error = {0};
    ur_status status = ur_trainer_create(&trainer, training, &error);
    ur_trainer_free(trainer);
    if (status != expected || !strstr(error.text, said) || !strstr(error.text, said_too))
        fail_msg("expected %d … %s … %s, found %d %s", (int)expected, said, said_too, (int)status, error.text);
}

static ur_bytes read_run(const char *name)
{
    ur_bytes bytes;
    ur_error error;
    if (ur_file_read(in_scratch(&place, name), &bytes, &error) != UR_OK) fail_msg("%s", error.text);
    return bytes;
}

static int count_in(const ur_bytes *bytes, const char *wanted)
{
    int count = 0;
    for (size_t i = 0; i + strlen(wanted) <= bytes->size; i++)
        count += memcmp(bytes->data + i, wanted, strlen(wanted)) == 0;
    return count;
}

static void assert_same_file(const char *a, const char *b)
{
    ur_bytes first = read_run(a), second = read_run(b);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    ur_bytes_free(&first);
    ur_bytes_free(&second);
}

/* Six steps and then six more are twelve. */
static void more_steps_go_on(void **state)
{
    (void)state;
    ur_training training = begin("parts");
    assert_int_equal(train(&training).step, 6);
    assert_int_equal(train(&training).step, 6);
    training.steps = 12;
    ur_event end = train(&training);
    assert_int_equal(end.step, 12);
    assert_string_equal(end.reason, "done");
    training = begin("whole");
    training.steps = 12;
    train(&training);
    assert_same_file("parts/last.safetensors", "whole/last.safetensors");
    assert_same_file("parts/model.safetensors", "whole/model.safetensors");
}

/* So it is where outputs are drawn: which ones depends on the update's number alone. */
static void sampled_outputs_go_on(void **state)
{
    (void)state;
    ur_training training = begin("parts");
    training.learning.sampled = 5;
    train(&training);
    training.steps = 12;
    train(&training);
    training = begin("whole");
    training.steps = 12;
    training.learning.sampled = 5;
    train(&training);
    assert_same_file("parts/last.safetensors", "whole/last.safetensors");
    training = begin("whole");
    training.steps = 12;
    training.learning.sampled = 6;
    assert_refused(&training, UR_ERR_DATA, "began with \"--sampled-softmax 5\"", "now it is \"--sampled-softmax 6\"");
}

/* A rate at which it cannot become better: an early stop, also when it is resumed; with more patience it goes on. */
static void more_patience_goes_on(void **state)
{
    (void)state;
    ur_training training = begin("run");
    training.learning.rate = 1e-12;
    training.learning.optimizer = UR_SGD;
    training.steps = 60;
    training.patience = 2;
    ur_event end = train(&training);
    assert_string_equal(end.reason, "early stop");
    assert_true(end.step < 60);
    uint64_t stopped = end.step;
    end = train(&training);
    assert_string_equal(end.reason, "early stop");
    assert_int_equal(end.step, stopped);
    training.patience = 3;
    end = train(&training);
    assert_true(end.step > stopped);
}

static void other_settings_are_refused(void **state)
{
    (void)state;
    ur_training training = begin("run");
    training.learning.seed = 12345678901;
    training.learning.rate = 0.1 + 1e-15;
    train(&training);
    ur_training changed = training;
    changed.learning.seed++;
    assert_refused(&changed, UR_ERR_DATA, "began with \"--seed 12345678901\"", "now it is \"--seed 12345678902\"");
    changed = training;
    changed.learning.rate = 0.1;
    assert_refused(&changed, UR_ERR_DATA, "began with \"--lr 0.100000000000001\"", "now it is \"--lr 0.1\"");
    changed = training;
    changed.net = "onehot > gru 13 > dense";
    assert_refused(&changed, UR_ERR_DATA, "\"--net 'onehot > gru 12 > dense'\"", "\"--net 'onehot > gru 13 > dense'\"");
    changed = training;
    changed.learning.nesterov = true;
    assert_refused(&changed, UR_ERR_DATA, "began with \"--beta1 0.9\"", "now it is \"--nesterov\"");
    changed = training;
    changed.validation = other;
    assert_refused(&changed, UR_ERR_DATA, "another validation text", "--resume");
    changed = training;
    changed.resume = false;
    assert_refused(&changed, UR_ERR_USAGE, "already holds a run", "--overwrite");
    assert_int_equal(train(&training).step, 6);
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    ur_training training = begin("run");
    train(&training);
    const char *const others[] = {other};
    training.paths = others;
    assert_refused(&training, UR_ERR_DATA, "the run began with another text (", "--resume needs the same");
    training = begin("validated");
    training.validation = other;
    train(&training);
    training.validation = text;
    assert_refused(&training, UR_ERR_DATA, "the run began with another validation text (", "--resume needs the same");
    training.validation = NULL;
    assert_refused(&training, UR_ERR_DATA, "the run began with another validation text (", "now none");
}

/* Lines behind the checkpoint go, lines before it must be there. */
static void log_is_cut_back(void **state)
{
    (void)state;
    ur_training training = begin("run");
    train(&training);
    ur_bytes before = read_run("run/log.jsonl");
    FILE *log = fopen(in_scratch(&place, "run/log.jsonl"), "a");
    fprintf(log, "{\"step\":7}\n{\"step\":8");
    fclose(log);
    training = begin("run");
    train(&training);
    ur_bytes after = read_run("run/log.jsonl");
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_int_equal(truncate(in_scratch(&place, "run/log.jsonl"), (off_t)before.size - 1), 0);
    training = begin("run");
    assert_refused(&training, UR_ERR_DATA, "log.jsonl: has 7 lines, the checkpoint knows of 8", "--overwrite");
    assert_int_equal(unlink(in_scratch(&place, "run/log.jsonl")), 0);
    assert_int_equal(mkfifo(in_scratch(&place, "run/log.jsonl"), 0600), 0);
    training = begin("run");
    assert_refused(&training, UR_ERR_IO, "log.jsonl: not a regular file", "another run folder");
    ur_bytes_free(&before);
    ur_bytes_free(&after);
}

/* So it is with the event file; and a checkpoint that was made without one, or before there was one, begins it. */
static void events_are_cut_back(void **state)
{
    (void)state;
    static const char *const name = "run/" EVENTS;
    ur_training training = begin("run");
    train(&training);
    ur_bytes before = read_run(name);
    FILE *events = fopen(in_scratch(&place, name), "a");
    fprintf(events, "the beginning of a record, or whatever");
    fclose(events);
    training = begin("run");
    train(&training);
    ur_bytes after = read_run(name);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_int_equal(truncate(in_scratch(&place, name), (off_t)before.size - 1), 0);
    training = begin("run");
    assert_refused(&training, UR_ERR_DATA, EVENTS ": has 8 whole records, the checkpoint knows of 9", "--no-events");
    training.no_events = true;
    training.steps = 9;
    assert_int_equal(train(&training).step, 9);
    ur_bytes_free(&before);
    ur_bytes_free(&after);
}

static bool has_events(const char *run)
{
    char name[64];
    snprintf(name, sizeof name, "%s/" EVENTS, run);
    return ur_path_exists(in_scratch(&place, name));
}

/* What no checkpoint had before there was an event file; the keys become others that nobody reads. */
static void make_old(const char *name)
{
    static const char *const keys[] = {"event_records", "clipped", "reported"};
    ur_bytes bytes = read_run(name);
    for (size_t k = 0; k < 3; k++) {
        size_t length = strlen(keys[k]), found = 0;
        for (size_t i = 0; i + length <= bytes.size; i++) {
            if (memcmp(bytes.data + i, keys[k], length) != 0) continue;
            bytes.data[i] = '_';
            found++;
        }
        assert_int_equal(found, 1);
    }
    FILE *file = fopen(in_scratch(&place, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    ur_bytes_free(&bytes);
}

static void events_may_begin_later(void **state)
{
    (void)state;
    ur_training training = begin("run");
    training.no_events = true;
    train(&training);
    assert_false(has_events("run"));
    training = begin("run");
    training.steps = 12;
    train(&training);
    assert_true(has_events("run"));
    training = begin("old");
    train(&training);
    make_old("old/last.safetensors");
    training = begin("old");
    training.steps = 12;
    train(&training);
    assert_same_file("old/last.safetensors", "run/last.safetensors");
    training = begin("old");
    training.overwrite = training.no_events = true;
    training.resume = false;
    train(&training);
    assert_false(has_events("old"));
}

/* A sample that is kept stands in both files, whatever its bytes are. */
static void samples_are_kept(void **state)
{
    (void)state;
    ur_training training = begin("run");
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    if (ur_trainer_create(&trainer, &training, &error) != UR_OK) fail_msg("%s", error.text);
    while (event.kind != UR_EVENT_END) {
        ur_status status = ur_train_next(trainer, &event, &error);
        if (status == UR_OK && event.kind == UR_EVENT_SAMPLE)
            status = ur_trainer_keep_sample(trainer, "a\0\xFF\"\n", 5, &error);
        if (status != UR_OK) fail_msg("%s", error.text);
    }
    ur_trainer_free(trainer);
    ur_bytes log = read_run("run/log.jsonl"), events = read_run("run/" EVENTS);
    static const char in_log[] = ",\"sample\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\\\"\\n\"}\n";
    static const char in_events[] = "    a\xEF\xBF\xBD\xEF\xBF\xBD\"\n";
    assert_int_equal(count_in(&log, in_log), 2);
    assert_int_equal(count_in(&events, in_events), 2);
    ur_bytes_free(&log);
    ur_bytes_free(&events);
}

/* A name that is no UTF-8 is kept as far as it is; the name in the file shows U+FFFD. */
static void any_file_name(void **state)
{
    (void)state;
    char odd[512];
    snprintf(odd, sizeof odd, "%s/caf\xE9.txt", place.root);
    write_text(odd, 0);
    const char *const odd_paths[] = {odd};
    ur_training training = begin("run");
    training.paths = odd_paths;
    assert_int_equal(train(&training).step, 6);
    ur_bytes bytes = read_run("run/model.safetensors");
    bool found = false;
    for (size_t i = 0; i + 10 < bytes.size; i++)
        found = found || memcmp(bytes.data + i, "caf\xEF\xBF\xBD.txt", 10) == 0;
    assert_true(found);
    ur_bytes_free(&bytes);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    strcpy(text, in_scratch(&place, "text.txt"));
    strcpy(other, in_scratch(&place, "other.txt"));
    write_text(text, 0);
    write_text(other, 3);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(more_steps_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sampled_outputs_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_patience_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_settings_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_texts_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_is_cut_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_cut_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_may_begin_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_file_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
