/*
 * State files from anyone. An accepted state can be continued, and is saved as the same bytes. A refused state leaves
 * the session unchanged. Each input is tried as it is, and then with the right fingerprints and check sum, without
 * which hardly any input would get far.
 */
#include "data/cursor.h"
#include "unroll_generate.h"
#include "unroll_train.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHECK_AT = 40, DRAW_AT = 48, BEGUN_AT = 72, HEADER = 80, SYMBOLS = 5 };

static void must(int holds)
{
    if (!holds) abort();
}

static ur_session *make_session(ur_model **model)
{
    static const char *const tokens[] = {"\n", "a", "\xC3", "\xA9"};
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ur_session *session = NULL;
    must(ur_model_create(model, "embed 2 > lstm 3 > gru 2 > dense", &sizes, 1, 0, NULL, NULL) == UR_OK);
    must(ur_model_set_tokens(*model, "byte", tokens, SYMBOLS - 1, true, NULL) == UR_OK);
    must(ur_session_create(&session, *model, NULL) == UR_OK);
    must(ur_session_read(session, "a", 1, NULL) == UR_OK);
    return session;
}

/* Puts in the model's fingerprints and the right check sum, if the input has a whole header and begins with U. */
static void mend(uint8_t *bytes, size_t size, const uint8_t *sound)
{
    if (size < HEADER || bytes[0] != 'U') return;
    memcpy(bytes, sound, CHECK_AT);
    memset(bytes + CHECK_AT, 0, 8);
    uint64_t check = ur_hash_bytes(UR_HASH_START, bytes, size);
    memcpy(bytes + CHECK_AT, &check, sizeof check);
}

static void go_on(ur_session *session, const uint8_t *bytes, size_t size)
{
    uint8_t kept[1024];
    must(size == ur_session_size(session) && size <= sizeof kept);
    must(ur_session_save_memory(session, kept, size, NULL) == UR_OK);
    must(memcmp(kept, bytes, CHECK_AT) == 0 && memcmp(kept + DRAW_AT, bytes + DRAW_AT, BEGUN_AT - DRAW_AT) == 0);
    must(memcmp(kept + HEADER, bytes + HEADER, size - HEADER) == 0);
    ur_status status = ur_session_write(session, &(ur_writing){.tokens = 4}, NULL, NULL);
    must(status == UR_OK || status == UR_ERR_NUMERIC);
}

static void try_bytes(ur_session *session, const uint8_t *bytes, size_t size, const uint8_t *before, size_t before_size)
{
    uint8_t after[1024];
    ur_error error = {.text = ""};
    if (ur_session_load_memory(session, bytes, size, &error) == UR_OK) {
        go_on(session, bytes, size);
        return;
    }
    must(error.text[0] != 0 && ur_session_save_memory(session, after, before_size, NULL) == UR_OK);
    must(memcmp(before, after, before_size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ur_model *model;
    ur_session *session = make_session(&model);
    uint8_t sound[1024], *copy = malloc(size + 1);
    size_t kept = ur_session_size(session);
    must(copy && kept <= sizeof sound && ur_session_save_memory(session, sound, kept, NULL) == UR_OK);
    if (size > 0) memcpy(copy, data, size);
    try_bytes(session, copy, size, sound, kept);
    mend(copy, size, sound);
    must(ur_session_load_memory(session, sound, kept, NULL) == UR_OK);
    try_bytes(session, copy, size, sound, kept);
    free(copy);
    ur_session_free(session);
    ur_model_free(model);
    return 0;
}
