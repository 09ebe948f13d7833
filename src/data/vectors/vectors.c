/* See vectors.h: recognises the format of a file, and reads those of word2vec and GloVe. */
#include "base/number.h"
#include "data/vectors/body.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t ur_vectors_width(const ur_vectors *v) { return v->width; }

const char *ur_vectors_form(const ur_vectors *v)
{
    static const char *const NAMES[] = {[UR_VECTORS_TEXT] = "word2vec text",
                                        [UR_VECTORS_GLOVE] = "GloVe text",
                                        [UR_VECTORS_BINARY] = "word2vec binary",
                                        [UR_VECTORS_FASTTEXT] = "fastText binary"};
    return NAMES[v->form];
}

void ur_vectors_close(ur_vectors *v)
{
    if (!v) return;
    ur_source_close(&v->source);
    free(v->buffer);
    free(v->value);
    free(v);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static bool is_space(unsigned char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

/* The last field of a line and its length; 0 if there is none. *length becomes the length of what precedes the field,
 * without white space at the end. */
static size_t cut_last(const unsigned char *line, size_t *length, const unsigned char **field)
{
    size_t end = *length;
    while (end && is_space(line[end - 1])) end--;
    size_t begin = end;
    while (begin && !is_space(line[begin - 1])) begin--;
    *field = line + begin;
    *length = begin;
    while (*length && is_space(line[*length - 1])) --*length;
    return end - begin;
}

static bool read_field(const unsigned char *field, size_t length, double *value)
{
    char text[64];
    if (length == 0 || length >= sizeof text) return false;
    memcpy(text, field, length);
    text[length] = 0;
    return ur_read_number(text, value);
}

/* How many fields at the end of a line are numbers. */
static size_t count_numbers(const unsigned char *line, size_t length)
{
    size_t count = 0, size;
    const unsigned char *field;
    double value;
    while ((size = cut_last(line, &length, &field)) > 0 && length > 0 && read_field(field, size, &value)) count++;
    return count;
}

/* The length of the word before `width` numbers; it may contain spaces. */
static size_t word_before(const unsigned char *line, size_t length, size_t width)
{
    const unsigned char *field;
    for (size_t i = 0; i < width; i++)
        if (cut_last(line, &length, &field) == 0) return 0;
    return length;
}

static bool read_numbers(const unsigned char *line, size_t length, size_t width, float *value)
{
    const unsigned char *field;
    double number;
    for (size_t i = width; i-- > 0;) {
        size_t size = cut_last(line, &length, &field);
        if (!read_field(field, size, &number)) return false;
        value[i] = (float)number;
        if (!isfinite(value[i])) return false;
    }
    return true;
}

/* ---- Which form -------------------------------------------------------------------------------------------------- */

static ur_status fail_form(const ur_vectors *v, ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT,
                   "%s: not word vectors: neither text (one word and its numbers per line) nor a binary file of "
                   "word2vec or fastText",
                   ur_vectors_path(v));
}

/* "COUNT WIDTH" */
static bool read_head(const unsigned char *line, size_t length, size_t *count, size_t *width)
{
    const unsigned char *field;
    double first, second;
    size_t size = cut_last(line, &length, &field);
    if (!read_field(field, size, &second)) return false;
    size = cut_last(line, &length, &field);
    if (!read_field(field, size, &first) || length > 0) return false;
    bool whole = first == floor(first) && second == floor(second);
    if (!whole || first < 1 || first > 1e12 || second < 1 || second > UR_VECTOR_WIDTH_MOST) return false;
    *count = (size_t)first;
    *width = (size_t)second;
    return true;
}

/* After the head, a text has a line of a word and numbers; anything else is binary. */
static ur_status look_behind_head(ur_vectors *v, ur_error *error)
{
    const unsigned char *bytes;
    bool there;
    v->begin = v->at - (v->last - v->first);
    size_t size = ur_vectors_left(v) < UR_VECTOR_LINE_MOST ? (size_t)ur_vectors_left(v) : UR_VECTOR_LINE_MOST;
    UR_TRY(ur_vectors_look(v, size, &bytes, &there, error));
    const unsigned char *end = memchr(bytes, '\n', size);
    size_t length = end ? (size_t)(end - bytes) : size;
    v->form = count_numbers(bytes, length) >= v->width ? UR_VECTORS_TEXT : UR_VECTORS_BINARY;
    return size ? UR_OK : fail_form(v, error);
}

static ur_status find_form(ur_vectors *v, ur_error *error)
{
    static const unsigned char FASTTEXT[] = {0xBA, 0x16, 0x4F, 0x2F};
    const unsigned char *bytes;
    size_t length;
    bool there;
    UR_TRY(ur_vectors_look(v, sizeof FASTTEXT, &bytes, &there, error));
    if (there && memcmp(bytes, FASTTEXT, sizeof FASTTEXT) == 0) return ur_fasttext_open(v, error);
    UR_TRY(ur_vectors_until(v, '\n', UR_VECTOR_LINE_MOST, &bytes, &length, error));
    if (length == SIZE_MAX) return fail_form(v, error);
    if (read_head(bytes, length, &v->count, &v->width)) return look_behind_head(v, error);
    v->form = UR_VECTORS_GLOVE;
    v->width = count_numbers(bytes, length);
    return v->width >= 1 && v->width <= UR_VECTOR_WIDTH_MOST ? UR_OK : fail_form(v, error);
}

static ur_status open_vectors(ur_vectors *v, const char *path, ur_error *error)
{
    UR_TRY(ur_source_open(&v->source, &path, 1, NULL, error));
    if (v->source.list.count != 1) return ur_fail(error, UR_ERR_USAGE, "%s: give one file of word vectors", path);
    UR_TRY(ur_source_settle(&v->source, error));
    v->buffer = malloc(2 * (size_t)UR_VECTOR_LINE_MOST);
    if (!v->buffer) return ur_fail_memory(error, "reading word vectors");
    UR_TRY(find_form(v, error));
    v->value = calloc(v->width, sizeof *v->value);
    return v->value ? UR_OK : ur_fail_memory(error, "reading word vectors");
}

ur_status ur_vectors_open(ur_vectors **vectors, const char *path, ur_error *error)
{
    *vectors = NULL;
    ur_vectors *v = calloc(1, sizeof *v);
    if (!v) return ur_fail_memory(error, "reading word vectors");
    v->source.temporary = -1;
    ur_status status = open_vectors(v, path, error);
    if (status == UR_OK)
        *vectors = v;
    else
        ur_vectors_close(v);
    return status;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static ur_status read_lines(ur_vectors *v, const ur_vector_wants *wants, ur_error *error)
{
    const unsigned char *line;
    size_t length, which;
    for (uint64_t number = v->form == UR_VECTORS_TEXT ? 2 : 1;; number++) {
        UR_TRY(ur_vectors_until(v, '\n', UR_VECTOR_LINE_MOST, &line, &length, error));
        if (length == SIZE_MAX) return UR_OK;
        size_t word = word_before(line, length, v->width);
        bool blank = length == 0 || (length == 1 && is_space(line[0]));
        bool wanted = word && wants->find(wants->context, (const char *)line, word, &which);
        if (blank || (word && !wanted)) continue;
        if (!word || !read_numbers(line, length, v->width, v->value))
            return ur_fail(error, UR_ERR_FORMAT, "%s: line %llu: not a word and %zu numbers", ur_vectors_path(v),
                           (unsigned long long)number, v->width);
        wants->take(wants->context, which, v->value);
    }
}

static ur_status read_entry(ur_vectors *v, const ur_vector_wants *wants, size_t number, ur_error *error)
{
    const unsigned char *word, *bytes;
    char copy[UR_VECTOR_WORD_MOST + 1];
    size_t length, which;
    bool there;
    UR_TRY(ur_vectors_until(v, ' ', UR_VECTOR_WORD_MOST, &word, &length, error));
    if (length == SIZE_MAX) length = 0;
    memcpy(copy, word, length);
    UR_TRY(ur_vectors_look(v, 4 * v->width, &bytes, &there, error));
    if (!there)
        return ur_fail(error, UR_ERR_FORMAT, "%s: it ends within word %zu of %zu", ur_vectors_path(v), number,
                       v->count);
    size_t skip = length && copy[0] == '\n'; /* some writers end an entry with a line break */
    ur_vectors_floats(bytes, v->width, v->value);
    ur_vectors_skip(v, 4 * v->width);
    for (size_t i = 0; i < v->width; i++)
        if (!isfinite(v->value[i]))
            return ur_fail(error, UR_ERR_FORMAT, "%s: word %zu: a number that is not finite", ur_vectors_path(v),
                           number);
    if (wants->find(wants->context, copy + skip, length - skip, &which)) wants->take(wants->context, which, v->value);
    return UR_OK;
}

ur_status ur_vectors_read(ur_vectors *v, const ur_vector_wants *wants, ur_error *error)
{
    if (v->form == UR_VECTORS_FASTTEXT) return ur_fasttext_read(v, wants, error);
    ur_vectors_seek(v, v->begin);
    if (v->form != UR_VECTORS_BINARY) return read_lines(v, wants, error);
    for (size_t i = 1; i <= v->count; i++) UR_TRY(read_entry(v, wants, i, error));
    return UR_OK;
}
