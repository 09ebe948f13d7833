/*
 * Any bytes as CoNLL-U. A file that opens is read from the end to the beginning: it has as many words as it states, no
 * field is empty, and all fields are parts of the file's text. Written again with only its words, it reads the same. As
 * plain text, each line is cut into words that cover all of it.
 */
#include "memory_file.h"

#include "base/utf8.h"
#include "task/tag/tag.h"

#include <string.h>

typedef struct buffer {
    char *bytes;
    size_t length, room;
} buffer;

static void put(buffer *out, const char *bytes, size_t count)
{
    if (out->length + count > out->room) {
        out->room = 2 * (out->room + count) + 64;
        out->bytes = realloc(out->bytes, out->room);
        REQUIRE(out->bytes);
    }
    memcpy(out->bytes + out->length, bytes, count);
    out->length += count;
}

static void check_sentence(const ur_conllu *set, size_t i, const ur_sentence *s)
{
    REQUIRE(s->count == ur_conllu_words(set, i) && s->count > 0);
    for (size_t k = 0; k < s->count; k++)
        for (size_t f = 0; f < UR_CONLLU_FIELDS; f++) {
            const ur_field *field = &s->word[k].field[f];
            REQUIRE(field->length > 0 && field->text >= s->text);
            REQUIRE(field->text + field->length <= s->text + s->length);
            REQUIRE(!memchr(field->text, '\t', field->length) && !memchr(field->text, '\n', field->length));
        }
}

static void write_words(buffer *out, const ur_sentence *s)
{
    for (size_t k = 0; k < s->count; k++)
        for (size_t f = 0; f < UR_CONLLU_FIELDS; f++) {
            put(out, s->word[k].field[f].text, s->word[k].field[f].length);
            put(out, f + 1 < UR_CONLLU_FIELDS ? "\t" : "\n", 1);
        }
    put(out, "\n", 1);
}

static void require_same(const ur_conllu *set, const ur_conllu *again)
{
    ur_sentence a = {0}, b = {0};
    ur_error error;
    REQUIRE(ur_conllu_count(set) == ur_conllu_count(again));
    for (size_t i = 0; i < ur_conllu_count(set); i++) {
        REQUIRE(ur_conllu_read(set, i, &a, &error) == UR_OK && ur_conllu_read(again, i, &b, &error) == UR_OK);
        REQUIRE(a.count == b.count);
        for (size_t k = 0; k < a.count; k++)
            for (size_t f = 0; f < UR_CONLLU_FIELDS; f++) {
                const ur_field x = a.word[k].field[f], y = b.word[k].field[f];
                REQUIRE(x.length == y.length && memcmp(x.text, y.text, x.length) == 0);
            }
    }
    ur_sentence_free(&a);
    ur_sentence_free(&b);
}

static void check_set(const ur_conllu *set)
{
    buffer out = {0};
    ur_sentence s = {0};
    ur_error error;
    memory_file file;
    ur_conllu *again;
    size_t words = 0;
    for (size_t i = ur_conllu_count(set); i-- > 0;) {
        REQUIRE(ur_conllu_read(set, i, &s, &error) == UR_OK);
        check_sentence(set, i, &s);
        words += s.count;
    }
    REQUIRE(words == ur_conllu_all_words(set));
    for (size_t i = 0; i < ur_conllu_count(set); i++) {
        REQUIRE(ur_conllu_read(set, i, &s, &error) == UR_OK);
        write_words(&out, &s);
    }
    memory_file_open(&file, out.bytes, out.length);
    const char *path = file.path;
    REQUIRE(ur_conllu_open(&again, &path, 1, NULL, &error) == UR_OK);
    require_same(set, again);
    ur_conllu_close(again);
    memory_file_close(&file);
    ur_sentence_free(&s);
    free(out.bytes);
}

/* Checks a line, up to the first invalid UTF-8. */
static void check_cuts(const char *line, size_t length)
{
    size_t valid = 0;
    uint32_t code;
    for (int size; valid < length; valid += (size_t)size) {
        size = ur_utf8_decode((const unsigned char *)line + valid, length - valid, &code);
        if (size <= 0 || !code) break;
    }
    ur_field rest = ur_field_trim((ur_field){line, valid});
    while (rest.length) {
        size_t size = ur_tag_cut(rest.text, rest.length);
        REQUIRE(size > 0 && size <= rest.length);
        REQUIRE(ur_utf8_decode((const unsigned char *)rest.text, size, &code) > 0);
        rest = ur_field_trim((ur_field){rest.text + size, rest.length - size});
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memory_file file;
    ur_conllu *set;
    ur_error error = {0};
    for (size_t at = 0, end; at < size; at = end + 1) {
        for (end = at; end < size && data[end] != '\n';) end++;
        check_cuts((const char *)data + at, end - at);
    }
    memory_file_open(&file, data, size);
    const char *path = file.path;
    ur_status status = ur_conllu_open(&set, &path, 1, NULL, &error);
    REQUIRE((status == UR_OK) == (set != NULL));
    REQUIRE(status == UR_OK || error.text[0]);
    if (set) check_set(set);
    ur_conllu_close(set);
    memory_file_close(&file);
    return 0;
}
