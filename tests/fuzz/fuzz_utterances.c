/*
 * Any bytes as a table of recordings, as a recording that the table names, and as patterns of names. The first byte
 * chooses columns, and the second where the first part ends. An @ in the table stands for the name of the recording.
 * What is read must be finite, and texts must be valid.
 */
#include "memory_file.h"

#include "base/utf8.h"
#include "data/utterances/utterances.h"

#include <math.h>
#include <string.h>

static void check_utterance(const ur_utterances *set, size_t i)
{
    const char *text = ur_utterances_text(set, i);
    size_t count = ur_utterances_samples(set, i);
    ur_error error;
    REQUIRE(text[0] && ur_utf8_valid(text, strlen(text)) && !strstr(text, "  "));
    REQUIRE(count > 0 && ur_utterances_speaker(set, i) < ur_utterances_speakers(set));
    if (count > 1 << 16) return;
    double *samples = malloc(count * sizeof *samples);
    REQUIRE(samples);
    if (ur_utterances_read(set, i, samples, &error) == UR_OK)
        for (size_t k = 0; k < count; k++) REQUIRE(isfinite(samples[k]));
    free(samples);
}

static void try_table(const char *path, const ur_utterances_options *options)
{
    ur_utterances *set;
    ur_error error = {0};
    if (ur_utterances_open(&set, &path, 1, options, &error) == UR_OK)
        for (size_t i = 0; i < ur_utterances_count(set); i++) check_utterance(set, i);
    else
        REQUIRE(!set && error.text[0]);
    ur_utterances_close(set);
}

/* Returns a table in which each @ is replaced by the number that names the recording. */
static char *name_recording(const uint8_t *data, size_t size, int number, size_t *length)
{
    char *text = malloc(4 * size + 1), name[16];
    REQUIRE(text);
    *length = 0;
    int digits = snprintf(name, sizeof name, "%d", number);
    REQUIRE(digits < 4);
    for (size_t i = 0; i < size; i++) {
        memcpy(text + *length, data[i] == '@' ? name : (const char *)data + i, data[i] == '@' ? (size_t)digits : 1);
        *length += data[i] == '@' ? (size_t)digits : 1;
    }
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memory_file sound, table;
    char pattern[32] = "";
    size_t length;
    if (size < 2) return 0;
    const size_t body = size - 2, first = body * data[1] / 255;
    snprintf(pattern, sizeof pattern, "%.*s", (int)(body < 31 ? body : 31), (const char *)data + 2);
    memory_file_open(&sound, data + 2 + first, body - first);
    char *text = name_recording(data + 2, first, sound.descriptor, &length);
    memory_file_open(&table, text, length);
    const ur_utterances_options options = {.header = data[0] & 1   ? "yes"
                                                     : data[0] & 2 ? "no"
                                                                   : NULL,
                                           .file_column = data[0] & 4 ? "2" : NULL,
                                           .transcript_column = data[0] & 4 ? "1" : NULL,
                                           .speaker_from = data[0] & 8 ? pattern : NULL,
                                           .rate = data[0] & 16 ? 8000 : 0};
    try_table(table.path, &options);
    memory_file_close(&table);
    memory_file_close(&sound);
    free(text);
    return 0;
}
