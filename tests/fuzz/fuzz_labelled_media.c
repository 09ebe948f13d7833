/*
 * Any bytes as pictures with labels, as a recording, and as a pattern with a name. The first byte chooses the form, and
 * the second where the first part ends. Numbers that are read must be finite. A pattern must match exactly if a plain
 * matcher says so.
 */
#include "memory_file.h"

#include "data/glob.h"
#include "data/labelled.h"
#include "data/media/speech.h"
#include "data/media/wav.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static void check_finite(const float *value, size_t count)
{
    for (size_t i = 0; i < count; i++) REQUIRE(isfinite(value[i]));
}

/* ---- Pictures ----------------------------------------------------------------------------------------------------- */

static void try_pictures(const uint8_t *data, size_t first, size_t size, bool pixels)
{
    memory_file files[2];
    memory_file_open(&files[0], data, first);
    memory_file_open(&files[1], data + first, size - first);
    const char *const paths[] = {files[0].path, files[1].path};
    const ur_labelled_options options = {.form = "idx", .pixels = pixels};
    ur_labelled *set;
    ur_error error;
    ur_example read = {0};
    if (ur_labelled_open(&set, paths, 2, &options, &error) == UR_OK) {
        for (size_t i = ur_labelled_count(set); i-- > 0;) {
            REQUIRE(ur_labelled_read(set, i, &read, &error) == UR_OK);
            REQUIRE(read.features == ur_labelled_features(set) && read.steps > 0);
            check_finite(read.value, read.steps * read.features);
        }
    }
    ur_example_free(&read);
    ur_labelled_close(set);
    for (size_t i = 0; i < 2; i++) memory_file_close(&files[i]);
}

/* ---- Recordings --------------------------------------------------------------------------------------------------- */

static void try_bands(const double *samples, size_t count, uint32_t rate)
{
    ur_speech *speech;
    ur_error error;
    REQUIRE(ur_speech_create(&speech, rate, &error) == UR_OK);
    size_t numbers = ur_speech_steps(speech, count) * UR_SPEECH_BANDS;
    double *work = malloc(ur_speech_work(speech) * sizeof *work);
    float *bands = malloc(numbers * sizeof *bands);
    REQUIRE(work && bands);
    ur_speech_bands(speech, samples, count, bands, work);
    for (size_t i = 0; i < numbers; i++) REQUIRE(!isnan(bands[i]));
    free(work);
    free(bands);
    ur_speech_free(speech);
}

static void try_recording(const uint8_t *data, size_t size)
{
    ur_wav wav;
    ur_error error;
    if (ur_wav_look(&wav, data, size, &error) != UR_OK) return;
    REQUIRE(wav.frames * wav.channels * wav.bits / 8 <= size);
    double *samples = malloc((wav.frames + 1) * sizeof *samples);
    REQUIRE(samples);
    if (ur_wav_mono(&wav, samples, &error) == UR_OK && wav.frames < 4096) {
        try_bands(samples, wav.frames, wav.rate);
        size_t count = ur_resampled_count(wav.frames, wav.rate, 8000);
        double *other = malloc((count + 1) * sizeof *other);
        REQUIRE(other);
        if (count < 4096 && wav.rate < 96000) ur_resample(samples, wav.frames, wav.rate, 8000, other);
        free(other);
    }
    free(samples);
}

/* ---- Patterns ----------------------------------------------------------------------------------------------------- */

static bool set_fits(const char *set, size_t length, unsigned char byte)
{
    bool negated = set[0] == '!', found = false;
    for (size_t i = negated; i < length;) {
        bool range = i + 2 < length && set[i + 1] == '-';
        unsigned char low = (unsigned char)set[i], high = (unsigned char)set[i + (range ? 2 : 0)];
        found = found || (low <= byte && byte <= high);
        i += range ? 3 : 1;
    }
    return found != negated;
}

static bool fits(const char *pattern, const char *name)
{
    if (!*pattern) return !*name;
    bool label = strncmp(pattern, "{label}", 7) == 0;
    if (label || *pattern == '*') {
        const char *behind = pattern + (label ? 7 : 1);
        for (;; name++) {
            if (fits(behind, name)) return true;
            if (!*name) return false;
        }
    }
    if (!*name) return false;
    if (*pattern != '[') return (*pattern == '?' || *pattern == *name) && fits(pattern + 1, name + 1);
    size_t skip = 1 + (pattern[1] == '!');
    const char *end = strchr(pattern + skip + 1, ']');
    return set_fits(pattern + 1, (size_t)(end - pattern) - 1, (unsigned char)*name) && fits(end + 1, name + 1);
}

static size_t count_stars(const char *pattern)
{
    size_t count = 0;
    for (; *pattern; pattern++) count += *pattern == '*' || *pattern == '{';
    return count;
}

static void try_pattern(const uint8_t *data, size_t first, size_t size)
{
    char pattern[24] = "", name[24] = "";
    const char *label;
    size_t length;
    bool labelled;
    memcpy(pattern, data, first < 23 ? first : 23);
    memcpy(name, data + first, size - first < 23 ? size - first : 23);
    if (ur_glob_check(pattern, &labelled, NULL) != UR_OK) return;
    if (count_stars(pattern) > 5) return; /* the plain matcher tries all ways, which takes too long */
    bool matches = ur_glob(pattern, name, &label, &length);
    REQUIRE(matches == fits(pattern, name));
    if (matches && labelled) REQUIRE(label >= name && label + length <= name + strlen(name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const size_t body = size - 2, first = body * data[1] / 255;
    switch (data[0] & 3) {
    case 0:
    case 1:
        try_pictures(data + 2, first, body, data[0] & 1);
        break;
    case 2:
        try_recording(data + 2, body);
        break;
    case 3:
        try_pattern(data + 2, first, body);
        break;
    }
    return 0;
}
