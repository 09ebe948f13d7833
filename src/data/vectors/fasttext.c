/*
 * A model of fastText, version 12: twelve settings, the dictionary, then a matrix with one row per word and `bucket`
 * rows for pieces. A piece consists of n characters of "<word>", least ≤ n ≤ most; its row is words + hash mod bucket.
 * The hash is FNV-1a over its bytes, each sign-extended to 32 bits.
 */
#include "base/memory.h"
#include "data/vectors/body.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 2 * 4 + 12 * 4 + 8, SIZES = 3 * 4 + 2 * 8, VERSION = 12 };
enum { DIM = 2, BUCKET = 10, LEAST = 11, MOST = 12 }; /* indices of the 32-bit numbers in the head */

static ur_status fail_cut(const ur_vectors *v, ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT, "%s: a damaged fastText model", ur_vectors_path(v));
}

static uint64_t number_at(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

static uint32_t head_number(const unsigned char *bytes, size_t which)
{
    return (uint32_t)number_at(bytes + 4 * which, 4);
}

static ur_status take_head(ur_vectors *v, ur_error *error)
{
    const unsigned char *bytes;
    bool there;
    ur_fasttext *f = &v->fasttext;
    UR_TRY(ur_vectors_look(v, HEAD + SIZES, &bytes, &there, error));
    if (!there) return fail_cut(v, error);
    if (head_number(bytes, 1) != VERSION)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "%s: fastText file version %u; version %d is supported",
                       ur_vectors_path(v), head_number(bytes, 1), VERSION);
    v->width = head_number(bytes, DIM);
    f->bucket = head_number(bytes, BUCKET);
    f->least = head_number(bytes, LEAST);
    f->most = head_number(bytes, MOST);
    f->entries = head_number(bytes + HEAD, 0);
    f->words = head_number(bytes + HEAD, 1);
    if (v->width < 1 || v->width > UR_VECTOR_WIDTH_MOST || f->words > f->entries || f->most > UR_VECTOR_WORD_MOST ||
        f->entries > INT32_MAX || f->bucket > INT32_MAX)
        return fail_cut(v, error);
    if (number_at(bytes + HEAD + 20, 8) >> 63 == 0)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "%s: a pruned fastText model; give the full one, or its .vec file",
                       ur_vectors_path(v));
    ur_vectors_skip(v, HEAD + SIZES);
    f->dictionary = HEAD + SIZES;
    return UR_OK;
}

/* Copies a word, and skips its count (8 bytes) and whether it is a label (1 byte). */
static ur_status next_word(ur_vectors *v, char word[UR_VECTOR_WORD_MOST], size_t *length, ur_error *error)
{
    const unsigned char *bytes;
    bool there;
    UR_TRY(ur_vectors_until(v, '\0', UR_VECTOR_WORD_MOST, &bytes, length, error));
    if (*length == SIZE_MAX) return fail_cut(v, error);
    memcpy(word, bytes, *length);
    UR_TRY(ur_vectors_look(v, 9, &bytes, &there, error));
    if (!there) return fail_cut(v, error);
    ur_vectors_skip(v, 9);
    return UR_OK;
}

static ur_status take_matrix(ur_vectors *v, ur_error *error)
{
    const unsigned char *bytes;
    bool there;
    size_t row, all;
    ur_fasttext *f = &v->fasttext;
    UR_TRY(ur_vectors_look(v, 17, &bytes, &there, error));
    if (!there) return fail_cut(v, error);
    if (bytes[0])
        return ur_fail(error, UR_ERR_UNSUPPORTED, "%s: a quantised fastText model; give the full one, or its .vec file",
                       ur_vectors_path(v));
    f->rows = (size_t)number_at(bytes + 1, 8);
    ur_vectors_skip(v, 17);
    f->matrix = v->at - (v->last - v->first);
    if (number_at(bytes + 9, 8) != v->width || f->rows < f->words || !ur_mul_fits(v->width, 4, &row) ||
        !ur_mul_fits(row, f->rows, &all) || all > ur_vectors_left(v))
        return fail_cut(v, error);
    if (f->most > 0 && f->bucket > 0 && f->rows < f->words + f->bucket) return fail_cut(v, error);
    return UR_OK;
}

ur_status ur_fasttext_open(ur_vectors *v, ur_error *error)
{
    char word[UR_VECTOR_WORD_MOST];
    size_t length;
    v->form = UR_VECTORS_FASTTEXT;
    UR_TRY(take_head(v, error));
    for (size_t i = 0; i < v->fasttext.entries; i++) UR_TRY(next_word(v, word, &length, error));
    return take_matrix(v, error);
}

/* ---- A word's rows ----------------------------------------------------------------------------------------------- */

typedef struct word_sum {
    ur_vectors *v;
    double *sum; /* (width) */
    unsigned char *row;
    size_t rows;
} word_sum;

static ur_status add_row(word_sum *s, uint64_t row, ur_error *error)
{
    ur_vectors *v = s->v;
    UR_TRY(ur_source_read(&v->source, v->fasttext.matrix + row * v->width * 4, s->row, 4 * v->width, error));
    ur_vectors_floats(s->row, v->width, v->value);
    for (size_t i = 0; i < v->width; i++) s->sum[i] += (double)v->value[i];
    s->rows++;
    return UR_OK;
}

static uint32_t hash_piece(const char *text, size_t length)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < length; i++) {
        uint32_t byte = (unsigned char)text[i];
        hash ^= byte < 0x80 ? byte : byte | 0xFFFFFF00U;
        hash *= 16777619U;
    }
    return hash;
}

static bool begins_character(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

/* Adds the pieces that begin at one place of "<word>". A single character is a piece unless it is a bracket. */
static ur_status add_pieces_at(word_sum *s, const char *text, size_t length, size_t begin, ur_error *error)
{
    const ur_fasttext *f = &s->v->fasttext;
    size_t end = begin, characters = 0;
    while (end < length && characters < f->most) {
        for (end++; end < length && !begins_character(text[end]);) end++;
        characters++;
        bool bracket = characters == 1 && (begin == 0 || end == length);
        if (characters < f->least || bracket) continue;
        UR_TRY(add_row(s, f->words + hash_piece(text + begin, end - begin) % f->bucket, error));
    }
    return UR_OK;
}

static ur_status add_pieces(word_sum *s, const char *word, size_t length, ur_error *error)
{
    char text[UR_VECTOR_WORD_MOST + 3];
    if (s->v->fasttext.bucket == 0 || length > UR_VECTOR_WORD_MOST) return UR_OK;
    text[0] = '<';
    memcpy(text + 1, word, length);
    text[length + 1] = '>';
    for (size_t i = 0; i < length + 2; i++)
        if (begins_character(text[i])) UR_TRY(add_pieces_at(s, text, length + 2, i, error));
    return UR_OK;
}

/* `row` is SIZE_MAX if the word is not in the dictionary. */
static ur_status take_word(word_sum *s, const ur_vector_wants *wants, size_t which, size_t row, ur_error *error)
{
    size_t length;
    const char *word = wants->word(wants->context, which, &length);
    memset(s->sum, 0, s->v->width * sizeof *s->sum);
    s->rows = 0;
    if (row != SIZE_MAX) UR_TRY(add_row(s, row, error));
    UR_TRY(add_pieces(s, word, length, error));
    for (size_t i = 0; i < s->v->width; i++) {
        s->v->value[i] = (float)(s->sum[i] / (double)(s->rows ? s->rows : 1));
        if (!isfinite(s->v->value[i]))
            return ur_fail(error, UR_ERR_FORMAT, "%s: the vector of \"%.*s\" has a number that is not finite",
                           ur_vectors_path(s->v), (int)length, word);
    }
    if (s->rows) wants->take(wants->context, which, s->v->value);
    return UR_OK;
}

/* Finds the row of the matrix for each wanted word. */
static ur_status find_rows(ur_vectors *v, const ur_vector_wants *wants, size_t *rows, size_t count, ur_error *error)
{
    char word[UR_VECTOR_WORD_MOST];
    size_t length, which;
    for (size_t i = 0; i < count; i++) rows[i] = SIZE_MAX;
    ur_vectors_seek(v, v->fasttext.dictionary);
    for (size_t i = 0; i < v->fasttext.words; i++) {
        UR_TRY(next_word(v, word, &length, error));
        bool found = wants->find(wants->context, word, length, &which);
        if (found && which < count && rows[which] == SIZE_MAX) rows[which] = i;
    }
    return UR_OK;
}

ur_status ur_fasttext_read(ur_vectors *v, const ur_vector_wants *wants, ur_error *error)
{
    size_t count = 0, length;
    while (wants->word(wants->context, count, &length)) count++;
    size_t *rows = calloc(count + 1, sizeof *rows);
    word_sum s = {.v = v, .sum = calloc(v->width, sizeof *s.sum), .row = malloc(4 * v->width)};
    ur_status status =
        rows && s.sum && s.row ? find_rows(v, wants, rows, count, error) : ur_fail_memory(error, "word vectors");
    for (size_t i = 0; i < count && status == UR_OK; i++) status = take_word(&s, wants, i, rows[i], error);
    free(rows);
    free(s.sum);
    free(s.row);
    return status;
}
