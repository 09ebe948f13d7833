/* Any bytes as word vectors: a file that opens gives finite numbers, and only for the words that were asked for. */
#include "memory_file.h"

#include "data/vectors/vectors.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const char *const WANTED[] = {"a", "b b", "caf\xC3\xA9", "film"};
enum { COUNT = sizeof WANTED / sizeof *WANTED };

static bool find_word(void *context, const char *word, size_t length, size_t *which)
{
    (void)context;
    for (size_t i = 0; i < COUNT; i++) {
        *which = i;
        if (strlen(WANTED[i]) == length && memcmp(WANTED[i], word, length) == 0) return true;
    }
    return false;
}

static void take_vector(void *context, size_t which, const float *value)
{
    const size_t *width = context;
    REQUIRE(which < COUNT);
    for (size_t i = 0; i < *width; i++) REQUIRE(isfinite(value[i]));
}

static const char *name_word(void *context, size_t which, size_t *length)
{
    (void)context;
    if (which >= COUNT) return NULL;
    *length = strlen(WANTED[which]);
    return WANTED[which];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memory_file file;
    ur_vectors *vectors;
    ur_error error = {0};
    memory_file_open(&file, data, size);
    if (ur_vectors_open(&vectors, file.path, &error) == UR_OK) {
        size_t width = ur_vectors_width(vectors);
        REQUIRE(width >= 1 && width <= UR_VECTOR_WIDTH_MOST && ur_vectors_form(vectors));
        ur_vector_wants wants = {.context = &width, .find = find_word, .take = take_vector, .word = name_word};
        ur_status status = ur_vectors_read(vectors, &wants, &error);
        REQUIRE(status == UR_OK || error.text[0]);
        ur_vectors_close(vectors);
    } else {
        REQUIRE(error.text[0]);
    }
    memory_file_close(&file);
    return 0;
}
