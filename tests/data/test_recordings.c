/* WAV files, and what is made of the sound in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/cursor.h"
#include "data/media/fft.h"
#include "data/media/speech.h"
#include "data/media/wav.h"
#include "labelled_open.h"
#include "wav_write.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* ---- Samples ------------------------------------------------------------------------------------------------------ */

static void check_samples(const unsigned char *bytes, size_t size, size_t frames, const double *expected)
{
    ur_wav wav;
    ur_error error = {0};
    double samples[8];
    if (ur_wav_look(&wav, bytes, size, &error) != UR_OK) fail_msg("%s", error.text);
    assert_int_equal(wav.rate, 8000);
    assert_int_equal(wav.frames, frames);
    assert_int_equal(ur_wav_mono(&wav, samples, &error), UR_OK);
    for (size_t i = 0; i < frames; i++)
        if (samples[i] != expected[i]) fail_msg("sample %zu: %g and not %g", i, samples[i], expected[i]);
}

static void formats(void **state)
{
    unsigned char wav[128];
    const float floats[] = {0.5f, -1, 0.25f, 0};
    (void)state;
    check_samples(wav, write_wav(wav, 1, 8000, 1, 8, "\x80\x00\xFF", 3), 3, (double[]){0, -1, 127.0 / 128});
    check_samples(wav, write_wav(wav, 1, 8000, 1, 16, "\0\x80\xff\x7f\0\x40", 6), 3,
                  (double[]){-1, 32767.0 / 32768, 0.5});
    check_samples(wav, write_wav(wav, 1, 8000, 1, 24, "\0\0\x80\0\0\x40", 6), 2, (double[]){-1, 0.5});
    check_samples(wav, write_wav(wav, 1, 8000, 1, 32, "\0\0\0\x80\0\0\0\x40", 8), 2, (double[]){-1, 0.5});
    check_samples(wav, write_wav(wav, 3, 8000, 1, 32, floats, 16), 4, (double[]){0.5, -1, 0.25, 0});
    check_samples(wav, write_wav(wav, 3, 8000, 2, 32, floats, 16), 2, (double[]){-0.25, 0.125});
    check_samples(wav, write_wav(wav, 1, 8000, 2, 16, "\0\x80\0\0\0\x40", 6), 1,
                  (double[]){-0.5}); /* half a frame more */
    size_t size = write_wav(wav, 1, 8000, 1, 16, "\0\x40", 2);
    memset(wav + 40, 255, 4); /* a length that was never written */
    check_samples(wav, size, 1, (double[]){0.5});
}

/* Chunks of other names are passed over, also those of odd length; the extended form tells its type further behind. */
static void chunks(void **state)
{
    static const char BYTES[] =
        "RIFF....WAVELIST\3\0\0\0abc\0fmt \x28\0\0\0\xFE\xFF\1\0\x40\x1F\0\0....\2\0\x10\0\x16\0\x10\0\4\0\0\0"
        "\1\0..............data\2\0\0\0\0\x40";
    (void)state;
    check_samples((const unsigned char *)BYTES, sizeof BYTES - 1, 1, (double[]){0.5});
}

static void check_bad(const void *bytes, size_t size, ur_status status, const char *expected)
{
    ur_wav wav;
    ur_error error = {0};
    double samples[8];
    ur_status got = ur_wav_look(&wav, bytes, size, &error);
    if (got == UR_OK) got = ur_wav_mono(&wav, samples, &error);
    assert_int_equal(got, status);
    assert_string_equal(error.text, expected);
}

static void bad_files(void **state)
{
    unsigned char wav[128];
    const float nan[] = {0, NAN};
    (void)state;
    check_bad("RIFF....WAVX", 12, UR_ERR_FORMAT, "not a WAV file");
    check_bad("RIFF....WAVE", 12, UR_ERR_FORMAT, "a WAV file without sound");
    check_bad("RIFF....WAVEdata\2\0\0\0ab", 22, UR_ERR_FORMAT, "a damaged WAV file: no format chunk before the sound");
    check_bad("RIFF....WAVEfmt \4\0\0\0abcd", 24, UR_ERR_FORMAT, "a damaged WAV file: its format chunk has 4 bytes");
    check_bad(wav, write_wav(wav, 2, 8000, 1, 4, "a", 1), UR_ERR_UNSUPPORTED,
              "samples of type 2 with 4 bits; supported are PCM of 8, 16, 24 or 32 bits and 32-bit floats");
    check_bad(wav, write_wav(wav, 1, 8000, 0, 16, "ab", 2), UR_ERR_FORMAT, "0 channels; 1 to 64 are supported");
    check_bad(wav, write_wav(wav, 1, 7, 1, 16, "ab", 2), UR_ERR_FORMAT,
              "7 samples per second; 1000 to 768000 are supported");
    check_bad(wav, write_wav(wav, 1, 8000, 1, 16, "abcd", 4) - 1, UR_ERR_FORMAT,
              "a WAV file that was cut off: 4 bytes of sound announced, 3 there");
    check_bad(wav, write_wav(wav, 3, 8000, 1, 32, nan, 8), UR_ERR_NUMERIC, "sample 1 is not a finite number");
}

/* ---- Spectra ------------------------------------------------------------------------------------------------------ */

static double noise(size_t i) { return (double)(i * 7919 % 2001) / 1000 - 1; }

static void power_is_that_of_the_definition(void **state)
{
    double x[512], cosines[257], power[257];
    (void)state;
    for (size_t size = 4; size <= 512; size *= 2) {
        for (size_t i = 0; i < size; i++) x[i] = noise(i);
        ur_fft_table(cosines, size);
        ur_fft_power(x, size, cosines, power);
        for (size_t k = 0; k <= size / 2; k++) {
            double re = 0, im = 0;
            for (size_t n = 0; n < size; n++) {
                re += noise(n) * cos(2 * PI * (double)(k * n % size) / (double)size);
                im -= noise(n) * sin(2 * PI * (double)(k * n % size) / (double)size);
            }
            double wanted = re * re + im * im;
            if (!(fabs(power[k] - wanted) <= 1e-10 * (double)size)) fail_msg("%zu, %zu: %g", size, k, power[k]);
        }
    }
}

/* Numbers of numpy, by the equations of speech.h; and the bits, which are those of every compiler and machine. */
static void bands(void **state)
{
    static const struct {
        size_t step, band;
        double value;
    } NUMPY[] = {{0, 0, -2.100462},  {0, 39, -0.155255}, {7, 3, -1.897134},  {11, 20, 1.441680},
                 {22, 0, -2.045175}, {22, 39, 1.416586}, {15, 31, -0.025165}};
    double samples[2000], work[512];
    float value[23 * UR_SPEECH_BANDS];
    ur_speech *speech;
    ur_error error;
    (void)state;
    for (size_t i = 0; i < 2000; i++)
        samples[i] = noise(i) * 0.25 + (i / 10 % 2 == 0 ? 0.5 : -0.5) * ((double)i / 2000);
    assert_int_equal(ur_speech_create(&speech, 8000, &error), UR_OK);
    assert_int_equal(ur_speech_steps(speech, 2000), 23);
    assert_in_range(ur_speech_work(speech), 1, 512);
    ur_speech_bands(speech, samples, 2000, value, work);
    for (size_t i = 0; i < sizeof NUMPY / sizeof *NUMPY; i++) {
        double got = (double)value[NUMPY[i].step * UR_SPEECH_BANDS + NUMPY[i].band];
        if (!(fabs(got - NUMPY[i].value) < 2e-6)) fail_msg("%zu: %.7f", i, got);
    }
    uint64_t hash = UR_HASH_START;
    for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
        uint32_t bits;
        unsigned char bytes[4];
        memcpy(&bits, &value[i], 4);
        put_number(bytes, bits, 4);
        hash = ur_hash_bytes(hash, bytes, 4);
    }
    if (hash != UINT64_C(0x2FD7B1E706B736D8)) fail_msg("other bits: 0x%llX", (unsigned long long)hash);
    ur_speech_free(speech);
}

/* Silence has no logarithm and no variance. */
static void silence(void **state)
{
    double samples[300] = {0}, work[512];
    float value[2 * UR_SPEECH_BANDS];
    ur_speech *speech;
    ur_error error;
    (void)state;
    assert_int_equal(ur_speech_create(&speech, 8000, &error), UR_OK);
    for (size_t count = 0; count <= 300; count += 100) {
        assert_int_equal(ur_speech_steps(speech, count), count == 300 ? 2 : 1);
        ur_speech_bands(speech, samples, count, value, work);
        for (size_t i = 0; i < ur_speech_steps(speech, count) * UR_SPEECH_BANDS; i++) assert_true(value[i] == 0);
    }
    ur_speech_free(speech);
}

/* A tone stays that tone; one above the new half rate is gone. */
static void other_rate(void **state)
{
    static double from[3000], to[6000];
    static const struct {
        uint32_t from, to;
        double hertz, height;
    } CASES[] = {{16000, 8000, 1000, 1},
                 {8000, 16000, 1000, 1},
                 {44100, 8000, 2500, 1},
                 {16000, 8000, 5000, 0},
                 {11025, 8000, 440, 1}};
    (void)state;
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        for (size_t i = 0; i < 3000; i++) from[i] = sin(2 * PI * CASES[c].hertz * (double)i / CASES[c].from);
        size_t count = ur_resampled_count(3000, CASES[c].from, CASES[c].to);
        assert_int_equal(count, (size_t)(3000.0 * CASES[c].to / CASES[c].from));
        ur_resample(from, 3000, CASES[c].from, CASES[c].to, to);
        for (size_t i = 100; i + 100 < count; i++) {
            double wanted = CASES[c].height * sin(2 * PI * CASES[c].hertz * (double)i / CASES[c].to);
            if (!(fabs(to[i] - wanted) < 0.01)) fail_msg("%zu, %zu: %g and not %g", c, i, to[i], wanted);
        }
    }
}

/* ---- Folders ------------------------------------------------------------------------------------------------------ */

static void write_tone(temp_text *temp, const char *name, uint32_t rate, double hertz)
{
    static unsigned char wav[40000], data[16000];
    size_t count = rate / 4;
    for (size_t i = 0; i < count; i++)
        put_number(data + 2 * i, (uint32_t)(int32_t)(20000 * sin(2 * PI * hertz * (double)i / rate)), 2);
    temp_write(temp, name, wav, write_wav(wav, 1, rate, 1, 16, data, 2 * count));
}

static void labels_in_names(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "d");
    write_tone(temp, "d/7_ann_0.wav", 8000, 500);
    write_tone(temp, "d/7_bob_5.WAV", 16000, 500);
    write_tone(temp, "d/10_ann_1.wav", 8000, 900);
    temp_string(temp, "d/README.md", "about");
    ur_labelled_options options = {.val_match = "*_[5-9].*"};
    ur_labelled *set = open_labelled(temp_path(temp, "d"), &options);
    check_found(set, "recordings of 8000 Hz, 40 numbers every 10 ms, class by {label}_*; 1 of another rate (16000 Hz) "
                     "resampled; left out: README.md (about the data); 3 examples, 2 labels");
    assert_string_equal(ur_labelled_label_text(set, ur_labelled_label(set, 0)), "10");
    assert_int_equal(ur_labelled_label(set, 1), 0);
    assert_true(!ur_labelled_held(set, 0) && !ur_labelled_held(set, 1) && ur_labelled_held(set, 2));
    assert_int_equal(ur_labelled_rate(set), 8000);
    assert_int_equal(ur_labelled_features(set), UR_SPEECH_BANDS);
    ur_example read[2] = {{0}};
    ur_error error;
    for (size_t i = 0; i < 2; i++) assert_int_equal(ur_labelled_read(set, 1 + i, &read[i], &error), UR_OK);
    assert_int_equal(read[0].steps, 23);
    assert_int_equal(read[1].steps, 23);
    for (size_t i = 0; i < 2; i++) ur_example_free(&read[i]);
    check_name(temp, set, 2, "d/7_bob_5.WAV");
    ur_labelled_close(set);
    options = (ur_labelled_options){.label_from = "*_{label}_*", .rate = 16000};
    set = open_labelled(temp_path(temp, "d"), &options);
    check_found(set,
                "recordings of 16000 Hz, 40 numbers every 10 ms, class by *_{label}_*; 2 of another rate (8000 Hz) "
                "resampled; left out: README.md (about the data); 3 examples, 2 labels");
    assert_string_equal(ur_labelled_label_text(set, 1), "bob");
    ur_labelled_close(set);
}

static void labels_by_folder(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "f");
    temp_folder(temp, "f/low");
    temp_folder(temp, "f/high");
    write_tone(temp, "f/low/a.wav", 8000, 300);
    write_tone(temp, "f/high/a.wav", 8000, 900);
    ur_labelled *set = open_labelled(temp_path(temp, "f"), NULL);
    check_found(set, "recordings of 8000 Hz, 40 numbers every 10 ms, class by folder; 2 examples, 2 labels");
    assert_string_equal(ur_labelled_label_text(set, 0), "high");
    ur_labelled_close(set);
    write_tone(temp, "plain.wav", 8000, 300);
    check_refused(temp, temp_path(temp, "plain.wav"), NULL, UR_ERR_DATA,
                  "plain.wav: neither its folder nor its name gives the class; give a pattern that says where the "
                  "label is, such as {label}_*.wav");
    unsigned char wav[64];
    temp_write(temp, "f/low/b.wav", wav, write_wav(wav, 1, 8000, 1, 16, "", 0));
    check_refused(temp, temp_path(temp, "f"), NULL, UR_ERR_DATA,
                  "f/low/b.wav: an example without sound; remove the file");
    temp_string(temp, "f/low/b.wav", "words");
    check_refused(temp, temp_path(temp, "f"), NULL, UR_ERR_FORMAT, "f/low/b.wav: not a WAV file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(chunks),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(power_is_that_of_the_definition),
        cmocka_unit_test(bands),
        cmocka_unit_test(silence),
        cmocka_unit_test(other_rate),
        cmocka_unit_test(labels_in_names),
        cmocka_unit_test(labels_by_folder),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
