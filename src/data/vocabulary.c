/*
 * Tokens and their ids. A token of one byte is found in a table of 256 ids, any other in a hash table with open
 * addressing that is at most half full. The bytes of tokens are in blocks that never move, so texts stay valid.
 */
#include "data/vocabulary.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256, FIRST_TOKENS = 128, BLOCK = 32768 };

typedef struct entry {
    const unsigned char *text;
    size_t length;
    uint64_t times;
} entry;

struct ur_vocabulary {
    ur_token_kind kind;
    bool settled, unknown;
    entry *tokens;
    size_t count, capacity; /* of tokens, not counting the unknown one */
    int32_t single[256];    /* ids of tokens of one byte, −1 if none */
    int32_t *slots;         /* ids of longer tokens, −1 if free */
    size_t slot_count;      /* a power of two */
    ur_arena texts;
    unsigned char *block; /* where the next token's text goes */
    size_t block_left;
};

/* FNV-1a. The high half is folded into the low bits, which choose the slot. */
static size_t hash_of(const unsigned char *text, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ text[i]) * 0x100000001B3u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds the token, or the free slot where it belongs. */
static size_t slot_of(const ur_vocabulary *vocabulary, const unsigned char *text, size_t length)
{
    size_t mask = vocabulary->slot_count - 1, slot = hash_of(text, length) & mask;
    while (vocabulary->slots[slot] >= 0) {
        const entry *there = &vocabulary->tokens[vocabulary->slots[slot]];
        if (there->length == length && memcmp(there->text, text, length) == 0) break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

/* The place in the tables for the id of a token. */
static int32_t *place_of(ur_vocabulary *vocabulary, const unsigned char *text, size_t length)
{
    return length == 1 ? &vocabulary->single[text[0]] : &vocabulary->slots[slot_of(vocabulary, text, length)];
}

/* Enters every token with its index as id. */
static void fill_tables(ur_vocabulary *vocabulary)
{
    for (size_t i = 0; i < 256; i++) vocabulary->single[i] = -1;
    for (size_t i = 0; i < vocabulary->slot_count; i++) vocabulary->slots[i] = -1;
    for (size_t i = 0; i < vocabulary->count; i++)
        *place_of(vocabulary, vocabulary->tokens[i].text, vocabulary->tokens[i].length) = (int32_t)i;
}

static ur_status grow_slots(ur_vocabulary *vocabulary, size_t slots, ur_error *error)
{
    size_t bytes;
    int32_t *grown = ur_mul_fits(slots, sizeof *grown, &bytes) ? malloc(bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the vocabulary");
    free(vocabulary->slots);
    vocabulary->slots = grown;
    vocabulary->slot_count = slots;
    fill_tables(vocabulary);
    return UR_OK;
}

static ur_status grow_tokens(ur_vocabulary *vocabulary, size_t capacity, ur_error *error)
{
    size_t bytes;
    entry *grown = ur_mul_fits(capacity, sizeof *grown, &bytes) ? realloc(vocabulary->tokens, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the vocabulary");
    vocabulary->tokens = grown;
    vocabulary->capacity = capacity;
    return UR_OK;
}

ur_status ur_vocabulary_create(ur_vocabulary **vocabulary, ur_token_kind kind, ur_error *error)
{
    ur_vocabulary *made = calloc(1, sizeof *made);
    *vocabulary = NULL;
    if (!made) return ur_fail_memory(error, "the vocabulary");
    made->kind = kind;
    ur_arena_init(&made->texts);
    ur_status status = grow_tokens(made, FIRST_TOKENS, error);
    if (status == UR_OK) status = grow_slots(made, FIRST_SLOTS, error);
    if (status != UR_OK) {
        ur_vocabulary_free(made);
        return status;
    }
    *vocabulary = made;
    return UR_OK;
}

void ur_vocabulary_free(ur_vocabulary *vocabulary)
{
    if (!vocabulary) return;
    ur_arena_free(&vocabulary->texts);
    free(vocabulary->tokens);
    free(vocabulary->slots);
    free(vocabulary);
}

static ur_status check_new(const ur_vocabulary *vocabulary, const unsigned char *text, size_t length, ur_error *error)
{
    const char *kind = ur_token_kind_name(vocabulary->kind);
    if (vocabulary->settled) return ur_fail(error, UR_ERR_USAGE, "a token was added to a vocabulary that is complete");
    if (vocabulary->count >= INT32_MAX - 1)
        return ur_fail(error, UR_ERR_DATA, "the text has too many different tokens (%zu); choose another `token`",
                       vocabulary->count);
    int size = length <= UR_TOKEN_MAX_BYTES ? ur_token_cut(vocabulary->kind, text, length, true) : 0;
    if (size <= 0 || (size_t)size != length)
        return ur_fail(error, UR_ERR_FORMAT, "%zu bytes that are not one token of kind %s", length, kind);
    return UR_OK;
}

/* Makes space for one more token with `length` bytes of text. */
static ur_status reserve(ur_vocabulary *vocabulary, size_t length, ur_error *error)
{
    if (vocabulary->count == vocabulary->capacity) UR_TRY(grow_tokens(vocabulary, 2 * vocabulary->capacity, error));
    if (2 * (vocabulary->count + 1) > vocabulary->slot_count)
        UR_TRY(grow_slots(vocabulary, 2 * vocabulary->slot_count, error));
    if (length <= vocabulary->block_left) return UR_OK;
    unsigned char *block = ur_arena_alloc(&vocabulary->texts, BLOCK, 1);
    if (!block) return ur_fail_memory(error, "the vocabulary");
    vocabulary->block = block;
    vocabulary->block_left = BLOCK;
    return UR_OK;
}

static ur_status add_new(ur_vocabulary *vocabulary, const unsigned char *text, size_t length, ur_error *error)
{
    UR_TRY(check_new(vocabulary, text, length, error));
    UR_TRY(reserve(vocabulary, length, error));
    memcpy(vocabulary->block, text, length);
    vocabulary->tokens[vocabulary->count] = (entry){vocabulary->block, length, 0};
    vocabulary->block += length;
    vocabulary->block_left -= length;
    *place_of(vocabulary, text, length) = (int32_t)vocabulary->count++;
    return UR_OK;
}

ur_status ur_vocabulary_add_times(ur_vocabulary *vocabulary, const void *token, size_t length, uint64_t times,
                                  int32_t *id, ur_error *error)
{
    int32_t found = ur_vocabulary_find(vocabulary, token, length);
    if (found < 0) {
        UR_TRY(add_new(vocabulary, token, length, error));
        found = (int32_t)vocabulary->count - 1;
    }
    vocabulary->tokens[found].times += times;
    if (id) *id = found;
    return UR_OK;
}

ur_status ur_vocabulary_add(ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id, ur_error *error)
{
    return ur_vocabulary_add_times(vocabulary, token, length, 1, id, error);
}

static int by_bytes(const void *a, const void *b)
{
    const entry *left = a, *right = b;
    size_t common = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->text, right->text, common);
    return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

/* The most frequent first; equally frequent tokens by their bytes, so that what is kept does not depend on the sort. */
static int by_times(const void *a, const void *b)
{
    const entry *left = a, *right = b;
    if (left->times != right->times) return left->times < right->times ? 1 : -1;
    return by_bytes(a, b);
}

ur_status ur_vocabulary_settle(ur_vocabulary *vocabulary, size_t min_count, size_t limit, bool unknown, ur_error *error)
{
    if (vocabulary->settled) return ur_fail(error, UR_ERR_USAGE, "a vocabulary was completed twice");
    size_t kept = 0;
    for (size_t i = 0; i < vocabulary->count; i++)
        if (vocabulary->tokens[i].times >= min_count) vocabulary->tokens[kept++] = vocabulary->tokens[i];
    if (kept == 0)
        return ur_fail(error, UR_ERR_DATA, "no %s occurs %zu times or more in the text",
                       ur_token_kind_name(vocabulary->kind), min_count);
    if (limit > 0 && kept > limit) {
        qsort(vocabulary->tokens, kept, sizeof *vocabulary->tokens, by_times);
        kept = limit;
    }
    qsort(vocabulary->tokens, kept, sizeof *vocabulary->tokens, by_bytes);
    vocabulary->count = kept;
    vocabulary->unknown = unknown;
    vocabulary->settled = true;
    fill_tables(vocabulary);
    return UR_OK;
}

void ur_vocabulary_seal(ur_vocabulary *vocabulary, bool unknown)
{
    vocabulary->unknown = unknown;
    vocabulary->settled = true;
}

ur_token_kind ur_vocabulary_kind(const ur_vocabulary *vocabulary) { return vocabulary->kind; }

size_t ur_vocabulary_size(const ur_vocabulary *vocabulary) { return vocabulary->count + vocabulary->unknown; }

uint64_t ur_vocabulary_times(const ur_vocabulary *vocabulary, int32_t id)
{
    return id >= 0 && (size_t)id < vocabulary->count ? vocabulary->tokens[id].times : 0;
}

int32_t ur_vocabulary_unknown(const ur_vocabulary *vocabulary)
{
    return vocabulary->unknown ? (int32_t)vocabulary->count : -1;
}

int32_t ur_vocabulary_find(const ur_vocabulary *vocabulary, const void *token, size_t length)
{
    const unsigned char *text = token;
    if (length == 1) return vocabulary->single[text[0]];
    return vocabulary->slots[slot_of(vocabulary, text, length)];
}

const char *ur_vocabulary_text(const ur_vocabulary *vocabulary, int32_t id, size_t *length)
{
    *length = 0;
    if (id < 0 || (size_t)id >= vocabulary->count) return NULL;
    *length = vocabulary->tokens[id].length;
    return (const char *)vocabulary->tokens[id].text;
}

static ur_status fail_missing(const ur_vocabulary *vocabulary, const unsigned char *text, size_t length,
                              ur_error *error)
{
    const char *reason = "is not in the vocabulary, which has no token for unknown ones";
    uint32_t code = 0;
    if (vocabulary->kind == UR_TOKEN_BYTE && length == 1)
        return ur_fail(error, UR_ERR_DATA, "the byte 0x%02X %s", text[0], reason);
    if (vocabulary->kind == UR_TOKEN_CHAR && ur_utf8_decode(text, length, &code) > 0)
        return ur_fail(error, UR_ERR_DATA, "the character \"%.*s\" (U+%04X) %s", (int)length, (const char *)text,
                       (unsigned)code, reason);
    int shown = length < UR_TOKEN_MAX_BYTES ? (int)length : UR_TOKEN_MAX_BYTES;
    return ur_fail(error, UR_ERR_DATA, "the word \"%.*s\" %s", shown, (const char *)text, reason);
}

ur_status ur_vocabulary_encode(const ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id,
                               ur_error *error)
{
    *id = ur_vocabulary_find(vocabulary, token, length);
    if (*id < 0) *id = ur_vocabulary_unknown(vocabulary);
    return *id < 0 ? fail_missing(vocabulary, token, length, error) : UR_OK;
}
