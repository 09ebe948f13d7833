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
#include "base/utf8.h"
#include "support/run.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENTS "events.out.tfevents.0000000001.unroll"

static scratch place;
static char text[512], other[512];

static void write_text(const char *path, int from)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = from; i < from + 80; i++) fprintf(file, "line %d of a text %d\n", i * i, i);
    assert_int_equal(fclose(file), 0);
}

/* The settings of a run, and more of them. Freed by who trains with them. */
static ur_settings *begin(const char *run, const char *more)
{
    ur_settings *settings = lm_settings(text, "--net 'onehot > gru 12 > dense' --batch 2 --bptt 8 --schedule constant "
                                              "--steps 6 --save-every 3 --eval-every 3 --sample-every 3 --threads 1 "
                                              "--sample-length 5");
    set_one(settings, "output", in_scratch(&place, run));
    set_more(settings, "%s%s", strstr(more, "--overwrite") ? "" : "--resume ", more);
    return settings;
}

/* The event of the end. */
static ur_event train(ur_settings *settings)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    const char *sample;
    size_t length;
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(settings);
    while (event.kind != UR_EVENT_END) {
        if (ur_train_next(trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
        if (event.kind == UR_EVENT_SAMPLE && ur_trainer_sample(trainer, &sample, &length, &error) != UR_OK)
            fail_msg("%s", error.text);
    }
    ur_trainer_free(trainer);
    return event;
}

static void assert_refused(ur_settings *settings, ur_status expected, const char *said, const char *said_too)
{
    ur_trainer *trainer;
    ur_error error = {0};
    ur_status status = ur_trainer_create(&trainer, settings, &error);
    ur_settings_free(settings);
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
    assert_int_equal(train(begin("parts", "")).step, 6);
    assert_int_equal(train(begin("parts", "")).step, 6);
    ur_event end = train(begin("parts", "--steps 12"));
    assert_int_equal(end.step, 12);
    assert_string_equal(end.reason, "done");
    train(begin("whole", "--steps 12"));
    assert_same_file("parts/last.safetensors", "whole/last.safetensors");
    assert_same_file("parts/model.safetensors", "whole/model.safetensors");
}

/* So it is where outputs are drawn: which ones depends on the update's number alone. */
static void sampled_outputs_go_on(void **state)
{
    (void)state;
    train(begin("parts", "--sampled-softmax 5"));
    train(begin("parts", "--sampled-softmax 5 --steps 12"));
    train(begin("whole", "--sampled-softmax 5 --steps 12"));
    assert_same_file("parts/last.safetensors", "whole/last.safetensors");
    assert_refused(begin("whole", "--steps 12 --sampled-softmax 6"), UR_ERR_DATA, "began with \"--sampled-softmax 5\"",
                   "now it is \"--sampled-softmax 6\"");
}

/* A rate at which it cannot become better: an early stop, also when it is resumed; with more patience it goes on. */
static void more_patience_goes_on(void **state)
{
    (void)state;
    static const char slow[] = "--lr 1e-12 --optimizer sgd --steps 60 --patience 2";
    ur_event end = train(begin("run", slow));
    assert_string_equal(end.reason, "early stop");
    assert_true(end.step < 60);
    uint64_t stopped = end.step;
    end = train(begin("run", slow));
    assert_string_equal(end.reason, "early stop");
    assert_int_equal(end.step, stopped);
    end = train(begin("run", "--lr 1e-12 --optimizer sgd --steps 60 --patience 3"));
    assert_true(end.step > stopped);
}

#define BEGAN "--seed 12345678901 --lr 0.100000000000001 "

static void other_settings_are_refused(void **state)
{
    (void)state;
    train(begin("run", BEGAN));
    assert_refused(begin("run", BEGAN "--seed 12345678902"), UR_ERR_DATA, "began with \"--seed 12345678901\"",
                   "now it is \"--seed 12345678902\"");
    assert_refused(begin("run", BEGAN "--lr 0.1"), UR_ERR_DATA, "began with \"--lr 0.100000000000001\"",
                   "now it is \"--lr 0.1\"");
    assert_refused(begin("run", BEGAN "--net 'onehot > gru 13 > dense'"), UR_ERR_DATA,
                   "\"--net 'onehot > gru 12 > dense'\"", "\"--net 'onehot > gru 13 > dense'\"");
    assert_refused(begin("run", BEGAN "--nesterov"), UR_ERR_DATA, "began with \"without --nesterov\"",
                   "now it is \"--nesterov\"");
    assert_refused(begin("run", BEGAN "--optimizer sgd"), UR_ERR_DATA, "began with \"--optimizer adamw\"",
                   "now it is \"--optimizer sgd\"");
    ur_settings *validated = begin("run", BEGAN);
    set_one(validated, "val", other);
    assert_refused(validated, UR_ERR_DATA, "other validation data", "); `resume` needs the same data");
    ur_settings *anew = begin("run", BEGAN "--resume=no");
    assert_refused(anew, UR_ERR_USAGE, "already holds a run", "`overwrite`");
    assert_int_equal(train(begin("run", BEGAN)).step, 6);
}

static ur_settings *on_other(const char *run)
{
    ur_settings *settings = lm_settings(other, "--net 'onehot > gru 12 > dense' --batch 2 --bptt 8 --schedule constant "
                                               "--steps 6 --threads 1 --resume");
    set_one(settings, "output", in_scratch(&place, run));
    return settings;
}

static ur_settings *validated_on(const char *path)
{
    ur_settings *settings = begin("validated", "");
    if (path) set_one(settings, "val", path);
    return settings;
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    train(begin("run", ""));
    assert_refused(on_other("run"), UR_ERR_DATA, "the run began with other training data (",
                   "); `resume` needs the same data");
    train(validated_on(other));
    assert_refused(validated_on(text), UR_ERR_DATA, "the run began with other validation data (",
                   "); `resume` needs the same data");
    assert_refused(validated_on(NULL), UR_ERR_DATA, "the run began with other validation data (", "now none");
}

/* A model without its checkpoint is not begun anew in silence. */
static void a_lost_checkpoint_is_said(void **state)
{
    (void)state;
    train(begin("run", ""));
    assert_int_equal(unlink(in_scratch(&place, "run/last.safetensors")), 0);
    assert_refused(begin("run", ""), UR_ERR_DATA, "no last.safetensors to continue", "`init-from`");
    assert_true(ur_path_exists(in_scratch(&place, "run/model.safetensors")));
}

/* Lines behind the checkpoint go, lines before it must be there. */
static void log_is_cut_back(void **state)
{
    (void)state;
    train(begin("run", ""));
    ur_bytes before = read_run("run/log.jsonl");
    FILE *log = fopen(in_scratch(&place, "run/log.jsonl"), "a");
    fprintf(log, "{\"step\":7}\n{\"step\":8");
    fclose(log);
    train(begin("run", ""));
    ur_bytes after = read_run("run/log.jsonl");
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_int_equal(truncate(in_scratch(&place, "run/log.jsonl"), (off_t)before.size - 1), 0);
    assert_refused(begin("run", ""), UR_ERR_DATA, "log.jsonl: has 9 lines, but the checkpoint knows of 10",
                   "`overwrite`");
    assert_int_equal(unlink(in_scratch(&place, "run/log.jsonl")), 0);
    assert_int_equal(mkfifo(in_scratch(&place, "run/log.jsonl"), 0600), 0);
    assert_refused(begin("run", ""), UR_ERR_IO, "log.jsonl: not a regular file", "another run folder");
    ur_bytes_free(&before);
    ur_bytes_free(&after);
}

/* So it is with the event file; and a checkpoint that was made without one, or before there was one, begins it. */
static void events_are_cut_back(void **state)
{
    (void)state;
    static const char *const name = "run/" EVENTS;
    train(begin("run", ""));
    ur_bytes before = read_run(name);
    FILE *events = fopen(in_scratch(&place, name), "a");
    fprintf(events, "the beginning of a record, or whatever");
    fclose(events);
    train(begin("run", ""));
    ur_bytes after = read_run(name);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_int_equal(truncate(in_scratch(&place, name), (off_t)before.size - 1), 0);
    assert_refused(begin("run", ""), UR_ERR_DATA, EVENTS ": has 10 whole records, but the checkpoint knows of 11",
                   "`no-events`");
    assert_int_equal(train(begin("run", "--no-events --steps 9")).step, 9);
    ur_bytes_free(&before);
    ur_bytes_free(&after);
}

static bool has_events(const char *run)
{
    char name[64];
    snprintf(name, sizeof name, "%s/" EVENTS, run);
    return ur_path_exists(in_scratch(&place, name));
}

static void events_may_begin_later(void **state)
{
    (void)state;
    train(begin("run", "--no-events"));
    assert_false(has_events("run"));
    train(begin("run", "--steps 12"));
    assert_true(has_events("run"));
    train(begin("run", "--overwrite --no-events"));
    assert_false(has_events("run"));
}

static bool is_utf8(const ur_bytes *bytes)
{
    uint32_t code;
    size_t at = 0;
    int size = 1;
    for (; at < bytes->size && size > 0; at += (size_t)size)
        size = ur_utf8_decode(bytes->data + at, bytes->size - at, &code);
    return size > 0;
}

/* Bytes that are not UTF-8 are not so in the log. */
static void samples_of_bytes_are_kept(void **state)
{
    (void)state;
    FILE *file = fopen(text, "w");
    assert_non_null(file);
    for (int i = 0; i < 2000; i++) fputc(128 + i * i % 97, file);
    assert_int_equal(fclose(file), 0);
    train(begin("run", "--token byte --sample-length 60"));
    ur_bytes log = read_run("run/log.jsonl");
    assert_int_equal(count_in(&log, ",\"sample\":\""), 2);
    assert_true(count_in(&log, "\xEF\xBF\xBD") > 60);
    assert_true(is_utf8(&log));
    ur_bytes_free(&log);
}

/* A sample stands in both files. */
static void samples_are_kept(void **state)
{
    (void)state;
    train(begin("run", ""));
    ur_bytes log = read_run("run/log.jsonl"), events = read_run("run/" EVENTS);
    assert_int_equal(count_in(&log, ",\"sample\":\""), 2);
    assert_int_equal(count_in(&events, "sample"), 2);
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
    ur_settings *settings =
        lm_settings(odd, "--net 'onehot > gru 12 > dense' --batch 2 --bptt 8 --steps 6 --threads 1");
    set_one(settings, "output", in_scratch(&place, "run"));
    assert_int_equal(train(settings).step, 6);
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
        cmocka_unit_test_setup_teardown(a_lost_checkpoint_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_is_cut_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_cut_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_may_begin_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_of_bytes_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_file_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
