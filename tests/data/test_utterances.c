/* Recordings and their transcripts: tables of several forms, folders, sample rates, parts, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "data/utterances/utterances.h"
#include "support/ok.h"
#include "unroll_train.h"
#include "wav_write.h"

static scratch place;

/* Writes a WAV file of `samples` samples, all equal to `level`. */
static void put_wav(const char *name, uint32_t rate, size_t samples, unsigned char level)
{
    unsigned char sound[4096], wav[4160];
    FILE *file = fopen(in_scratch(&place, name), "wb");
    memset(sound, level, samples);
    size_t size = write_wav(wav, 1, rate, 1, 8, sound, samples);
    assert_non_null(file);
    assert_int_equal(fwrite(wav, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    assert_int_equal(mkdir(in_scratch(&place, "sub"), 0700), 0);
    put_wav("sub/one_eve_1.wav", 2000, 400, 192);
    put_wav("sub/two_bob_1.wav", 2000, 600, 160);
    put_wav("sub/two_eve_2.wav", 4000, 1000, 144);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

static ur_utterances *open_set(const char *name, const ur_utterances_options *options)
{
    ur_utterances *set;
    ur_error error;
    const char *path = in_scratch(&place, name);
    ok(ur_utterances_open(&set, &path, 1, options, &error), &error);
    return set;
}

static ur_utterances *open_table(const char *name, const char *text, ur_utterances_options options)
{
    put(in_scratch(&place, name), text);
    return open_set(name, &options);
}

static void check_two(ur_utterances *set, size_t speakers)
{
    assert_int_equal(ur_utterances_count(set), 2);
    assert_int_equal(ur_utterances_rate(set), 2000);
    assert_string_equal(ur_utterances_text(set, 0), "one, \"1\"");
    assert_string_equal(ur_utterances_text(set, 1), "two or more");
    assert_int_equal(ur_utterances_samples(set, 0), 400);
    assert_int_equal(ur_utterances_speakers(set), speakers);
    assert_true((ur_utterances_speaker(set, 0) != ur_utterances_speaker(set, 1)) == (speakers == 2));
    ur_utterances_close(set);
}

/* The same two recordings in tables of many forms. */
static void test_tables(void **state)
{
    (void)state;
    ur_utterances_options none = {.rate = 0};
    check_two(open_table("a.tsv", "sub/one_eve_1.wav\tone, \"1\"\nsub/two_bob_1.wav\ttwo  or\r more \n", none), 1);
    check_two(open_table("b.tsv",
                         "\xEF\xBB\xBF"
                         "client_id\tAudio\tSentence\r\neve\tsub/one_eve_1.wav\tone, "
                         "\"1\"\r\n\r\nbob\tsub/two_bob_1.wav\ttwo or more\r\n",
                         none),
              2);
    check_two(
        open_table("c.csv", "text,path\n\"one, \"\"1\"\"\",sub/one_eve_1.wav\ntwo or more,sub/two_bob_1.wav\n", none),
        1);
    check_two(open_table("d.tsv", "one, \"1\"\teve\tsub/one_eve_1.wav\ntwo or more\tbob\tsub/two_bob_1.wav\n",
                         (ur_utterances_options){.file_column = "3", .transcript_column = "1", .speaker_column = "2"}),
              2);
    check_two(open_table("e.tsv", "x\ty\nsub/one_eve_1.wav\tone, \"1\"\nsub/two_bob_1.wav\ttwo or more\n",
                         (ur_utterances_options){.header = "yes", .speaker_from = "*_{speaker}_*.wav"}),
              2);
    check_two(open_table("f.tsv", "said\theard\nsub/one_eve_1.wav\tone, \"1\"\nsub/two_bob_1.wav\ttwo or more\n",
                         (ur_utterances_options){.file_column = "said", .transcript_column = "HEARD"}),
              1);
}

/* An e and an acute accent. */
static void test_normal_form(void **state)
{
    (void)state;
    const char *line = "sub/one_eve_1.wav\tcafe\xCC\x81\n";
    ur_utterances *set = open_table("n.tsv", line, (ur_utterances_options){.rate = 0});
    assert_string_equal(ur_utterances_text(set, 0), "cafe\xCC\x81");
    ur_utterances_close(set);
    if (!ur_makes_normal_form()) {
        print_message("left out: transcripts in normal form C: this build has no utf8proc\n");
        return;
    }
    set = open_table("n.tsv", line, (ur_utterances_options){.normal_form = true});
    assert_string_equal(ur_utterances_text(set, 0), "caf\xC3\xA9");
    ur_utterances_close(set);
}

static void test_folders(void **state)
{
    (void)state;
    ur_utterances *set =
        open_set("sub", &(ur_utterances_options){.transcript_from = "{transcript}_*", .speaker_from = "*_{speaker}_*"});
    double samples[600];
    ur_error error;
    assert_int_equal(ur_utterances_count(set), 3);
    assert_string_equal(ur_utterances_text(set, 0), "one");
    assert_string_equal(ur_utterances_text(set, 2), "two");
    assert_int_equal(ur_utterances_speakers(set), 2);
    assert_int_equal(ur_utterances_speaker(set, 0), ur_utterances_speaker(set, 2));
    assert_int_equal(ur_utterances_samples(set, 2), 500); /* resampled from 4000 Hz to the first recording's rate */
    assert_non_null(strstr(ur_utterances_found(set), "1 of another rate (4000 Hz) resampled"));
    ok(ur_utterances_read(set, 0, samples, &error), &error);
    for (size_t i = 0; i < 400; i++) assert_true(samples[i] == 0.5);
    ok(ur_utterances_read(set, 2, samples, &error), &error);
    assert_true(samples[250] > 0.12 && samples[250] < 0.13);
    ur_utterances_close(set);
}

static void refuse(const char *name, const char *text, ur_utterances_options options, ur_status status,
                   const char *message)
{
    ur_utterances *set;
    ur_error error = {0};
    char path[600];
    snprintf(path, sizeof path, "%s/%s", place.root, name);
    const char *paths[] = {path};
    if (text) put(path, text);
    assert_int_equal(ur_utterances_open(&set, paths, 1, &options, &error), status);
    assert_null(set);
    if (!strstr(error.text, message)) fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

/* White space around a transcript is removed. An empty transcript is refused, and so is one that is not UTF-8. */
static void test_transcripts_of_names(void **state)
{
    (void)state;
    const ur_utterances_options first = {.transcript_from = "{transcript}_*"};
    static const char *const bad[][2] = {{"named/ _x.wav", "/named/ _x.wav: its name has no transcript"},
                                         {"named/a\xFF_x.wav", "the transcript in its name is not UTF-8"}};
    assert_int_equal(mkdir(in_scratch(&place, "named"), 0700), 0);
    put_wav("named/ one  two\t_x.wav", 2000, 400, 192);
    ur_utterances *set = open_set("named", &first);
    assert_string_equal(ur_utterances_text(set, 0), "one two");
    ur_utterances_close(set);
    for (size_t i = 0; i < 2; i++) {
        put_wav(bad[i][0], 2000, 400, 192);
        refuse("named", NULL, first, i ? UR_ERR_FORMAT : UR_ERR_DATA, bad[i][1]);
        assert_int_equal(unlink(in_scratch(&place, bad[i][0])), 0);
    }
}

static void test_parts(void **state)
{
    (void)state;
    ur_utterances_options options = {.unlabelled = true, .val_match = "*_2.wav"};
    ur_utterances *set = open_set("sub", &options);
    assert_true(!ur_utterances_held(set, 0) && !ur_utterances_held(set, 1) && ur_utterances_held(set, 2));
    assert_string_equal(ur_utterances_text(set, 0), "");
    ur_utterances_close(set);
    options = (ur_utterances_options){.unlabelled = true, .val_fraction = 0.5, .seed = 3};
    set = open_set("sub", &options);
    ur_utterances *again = open_set("sub", &options);
    for (size_t i = 0; i < 3; i++) assert_int_equal(ur_utterances_held(set, i), ur_utterances_held(again, i));
    assert_true(ur_utterances_hash(set) == ur_utterances_hash(again));
    ur_utterances_close(again);
    ur_utterances_close(set);
}

static uint64_t hash_of(const char *text)
{
    ur_utterances *set = open_table("hash.tsv", text, (ur_utterances_options){.rate = 0});
    uint64_t hash = ur_utterances_hash(set);
    ur_utterances_close(set);
    return hash;
}

/* The hash depends on what is heard, what is said and who says it. */
static void test_hash(void **state)
{
    (void)state;
    uint64_t hash = hash_of("file\ttext\tspeaker\nsub/one_eve_1.wav\tone\ta\nsub/two_bob_1.wav\ttwo\ta\n");
    assert_true(hash == hash_of("text\tfile\tspeaker\none\tsub/one_eve_1.wav\tb\ntwo\tsub/two_bob_1.wav\tb\n"));
    assert_true(hash != hash_of("file\ttext\tspeaker\nsub/one_eve_1.wav\ttwo\ta\nsub/two_bob_1.wav\tone\ta\n"));
    assert_true(hash != hash_of("file\ttext\tspeaker\nsub/two_bob_1.wav\tone\ta\nsub/one_eve_1.wav\ttwo\ta\n"));
    assert_true(hash != hash_of("file\ttext\tspeaker\nsub/one_eve_1.wav\tone\ta\nsub/two_bob_1.wav\ttwo\tb\n"));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    const ur_utterances_options none = {.rate = 0};
    refuse("r.tsv", "sub/one_eve_1.wav\tone\n\tone\n", none, UR_ERR_DATA, "line 2: no file is named");
    refuse("r.tsv", "sub/none.wav\tone\n", none, UR_ERR_DATA, "/sub/none.wav: no such file");
    refuse("r.tsv", "sub\tone\n", (ur_utterances_options){.header = "no"}, UR_ERR_DATA, "/sub: no such file");
    refuse("r.tsv", "sub/one_eve_1.wav\tone\nr.tsv\ttwo\n", none, UR_ERR_FORMAT, "r.tsv: not a WAV file");
    refuse("r.tsv", "", none, UR_ERR_DATA, "it names no recordings");
    refuse("r.tsv", "a\xff\tb\n", none, UR_ERR_FORMAT, "invalid UTF-8");
    refuse("r.tsv", "sub/one_eve_1.wav\tone\n", (ur_utterances_options){.file_column = "3"}, UR_ERR_USAGE,
           "no column 3 among its 2; without a header, columns are named by number");
    refuse("r.tsv", "sub/one_eve_1.wav\tone\n", (ur_utterances_options){.speaker_from = "{speaker}-*"}, UR_ERR_DATA,
           "its name does not match the pattern {speaker}-*");
    refuse("r.tsv", "sub/one_eve_1.wav\tone\n", (ur_utterances_options){.val_match = "*"}, UR_ERR_DATA,
           "all of the 1 recordings match *, but training and validation both need some");
    refuse("r.tsv", "sub/one_eve_1.wav\tone\n", (ur_utterances_options){.val_match = "[a"}, UR_ERR_USAGE, "[a");
    refuse("r.csv", "file,text\nsub/one_eve_1.wav,\"one\nsub/two_bob_1.wav,two\n", none, UR_ERR_FORMAT,
           "r.csv: line 2: a quote is not closed at the end of its field; write a quote inside a field twice");
    char wide[600] = "sub/one_eve_1.wav\tone";
    memset(wide + strlen(wide), '\t', 255);
    refuse("r.tsv", wide, none, UR_ERR_DATA, "r.tsv: line 1: more than 256 columns");
    put_wav("still.wav", 2000, 0, 0);
    refuse("still.wav", NULL, (ur_utterances_options){.unlabelled = true}, UR_ERR_DATA,
           "still.wav: a recording without sound; remove it");
    refuse("sub", NULL, (ur_utterances_options){.transcript_from = "{transcript}_{transcript}"}, UR_ERR_USAGE,
           "it must have {transcript} exactly once");
    assert_int_equal(mkdir(in_scratch(&place, "empty"), 0700), 0);
    put(in_scratch(&place, "empty/readme"), "nothing");
    refuse("empty", NULL, (ur_utterances_options){.unlabelled = true}, UR_ERR_DATA, "no recordings (WAV files) in it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),          cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_folders),         cmocka_unit_test(test_transcripts_of_names),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_hash),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
