/* Texts of several files as units: what is read, where it is found again, and what is said when that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/corpus.h"
#include "data/cursor.h"
#include "reference_text.h"
#include "temp_text.h"

#include <fcntl.h>
#include <stdbool.h>

enum { MOST = 70000 };

static ur_status open_with(ur_corpus **corpus, ur_unit_kind unit, bool replace, size_t every, const char *path,
                           ur_error *error)
{
    const ur_corpus_options options = {.unit = unit, .replace_invalid = replace, .index_every = every};
    return ur_corpus_open(corpus, &path, 1, &options, error);
}

static ur_corpus *open_good(ur_unit_kind unit, bool replace, size_t every, const char *path)
{
    ur_corpus *corpus;
    ur_error error = {0};
    if (open_with(&corpus, unit, replace, every, path, &error) != UR_OK) fail_msg("%s", error.text);
    return corpus;
}

/* "FOLDER/" before the names in `expected` is the temporary folder. */
static void check_message(const temp_text *temp, const ur_error *error, const char *expected)
{
    char full[600];
    snprintf(full, sizeof full, "%s/%s", temp->folder, expected);
    assert_string_equal(error->text, full);
}

static void check_refused(temp_text *temp, ur_unit_kind unit, const char *name, ur_status status, const char *expected)
{
    ur_corpus *corpus;
    ur_error error = {0};
    assert_int_equal(open_with(&corpus, unit, false, 0, temp_path(temp, name), &error), status);
    assert_null(corpus);
    check_message(temp, &error, expected);
    assert_int_equal(open_with(&corpus, unit, false, 0, temp->path, NULL), status);
}

/* All units joined by |. */
static void check_read(ur_unit_kind unit, bool replace, const char *path, const char *expected)
{
    char joined[1024] = "";
    ur_error error = {0};
    ur_corpus *corpus = open_good(unit, replace, 2, path);
    ur_reader *reader;
    assert_int_equal(ur_reader_open(&reader, corpus, NULL, &error), UR_OK);
    for (size_t at = 0;; at = strlen(joined)) {
        const char *text;
        size_t length;
        assert_int_equal(ur_reader_next_text(reader, &text, &length, &error), UR_OK);
        if (!text) break;
        snprintf(joined + at, sizeof joined - at, "%s%.*s", at ? "|" : "", (int)length, text);
    }
    assert_string_equal(joined, expected);
    assert_int_equal(ur_reader_position(reader), ur_corpus_units(corpus));
    ur_reader_close(reader);
    ur_corpus_close(corpus);
}

static void marks_and_line_ends(void **state)
{
    temp_text *temp = *state;
    temp_string(temp, "marks",
                "\xEF\xBB\xBF"
                "a\r\nb\rc\r\r\nd\xEF\xBB\xBF\r");
    check_read(UR_UNIT_CHAR, false, temp->path, "a|\n|b|\r|c|\r|\n|d|\xEF\xBB\xBF|\r");
    check_read(UR_UNIT_WORD, false, temp->path, "a|\n|b|\r|c|\r|\n|d\xEF\xBB\xBF|\r");
    check_read(UR_UNIT_BYTE, false, temp->path, "\xEF|\xBB|\xBF|a|\r|\n|b|\r|c|\r|\r|\n|d|\xEF|\xBB|\xBF|\r");
    temp_string(temp, "twice", "\xEF\xBB\xBF\xEF\xBB\xBFx");
    check_read(UR_UNIT_CHAR, false, temp->path, "\xEF\xBB\xBF|x");
}

static void replaced(void **state)
{
    temp_text *temp = *state;
    temp_string(temp, "bad", "a\xFF\xE2\x82z it\xC0\xAF's \x80\r\n\xF0\x9F\x98");
    check_read(UR_UNIT_CHAR, true, temp->path,
               "a|\xEF\xBF\xBD|\xEF\xBF\xBD|z| |i|t|\xEF\xBF\xBD|\xEF\xBF\xBD|'|s| |\xEF\xBF\xBD|\n|\xEF\xBF\xBD");
    check_read(UR_UNIT_WORD, true, temp->path,
               "a\xEF\xBF\xBD\xEF\xBF\xBDz| it\xEF\xBF\xBD\xEF\xBF\xBD's| \xEF\xBF\xBD|\n|\xEF\xBF\xBD");
}

static void folders(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "f");
    temp_folder(temp, "f/b");
    temp_folder(temp, "f/.git");
    temp_string(temp, "f/b/deep",
                "\xEF\xBB\xBF"
                "2\r");
    temp_string(temp, "f/c", "\n3'");
    temp_string(temp, "f/a", "w1");
    temp_string(temp, "f/empty", "");
    temp_string(temp, "f/.hidden", "no");
    temp_string(temp, "f/.git/config", "no");
    temp_write(temp, "f/picture", "\x89PNG\0", 5);
    assert_int_equal(symlink(".", temp_path(temp, "f/loop")), 0);
    assert_int_equal(symlink("nowhere", temp_path(temp, "f/dangling")), 0);
    assert_int_equal(mkfifo(temp_path(temp, "f/pipe"), 0600), 0);
    check_read(UR_UNIT_CHAR, false, temp_path(temp, "f"), "w|1|2|\r|\n|3|'");
    check_read(UR_UNIT_WORD, false, temp_path(temp, "f"), "w1|2|\r|\n|3|'");
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 0, temp_path(temp, "f"));
    assert_int_equal(ur_corpus_files(corpus), 4);
    assert_string_equal(ur_corpus_file_name(corpus, 1), "deep");
    assert_string_equal(ur_corpus_file_name(corpus, 3), "empty");
    assert_int_equal(ur_corpus_file_size(corpus, 1), 5);
    assert_int_equal(ur_corpus_bytes(corpus), 7);
    ur_corpus_close(corpus);
}

/* Files and folders mixed come in the order in which they are named. */
static void order_of_paths(void **state)
{
    temp_text *temp = *state;
    char later[512], folder[520];
    snprintf(later, sizeof later, "%s", temp_string(temp, "later", "L"));
    temp_folder(temp, "g");
    temp_string(temp, "g/y", "y");
    temp_string(temp, "g/x", "x");
    snprintf(folder, sizeof folder, "%s/", temp_path(temp, "g"));
    const char *const paths[] = {later, folder, later};
    const ur_corpus_options options = {.unit = UR_UNIT_BYTE};
    ur_corpus *corpus;
    ur_reader *reader;
    ur_vocabulary *vocabulary;
    ur_error error;
    int32_t ids[4];
    assert_int_equal(ur_corpus_open(&corpus, paths, 3, &options, &error), UR_OK);
    assert_int_equal(ur_corpus_count(corpus, 0, 4, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_settle(vocabulary, 0, 0, false, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, vocabulary, &error), UR_OK);
    assert_int_equal(ur_reader_next(reader, ids, 4, &error), UR_OK);
    assert_memory_equal(ids, ((int32_t[]){0, 1, 2, 0}), sizeof ids);
    ur_reader_close(reader);
    ur_vocabulary_free(vocabulary);
    ur_corpus_close(corpus);
}

static void refused(void **state)
{
    temp_text *temp = *state;
    check_refused(temp, UR_UNIT_CHAR, "missing", UR_ERR_IO, "missing: no such file or folder");
    temp_string(temp, "nothing", "");
    check_refused(temp, UR_UNIT_BYTE, "nothing", UR_ERR_DATA,
                  "nothing: the text is empty; give one with something in it");
    temp_string(temp, "only-mark", "\xEF\xBB\xBF");
    check_refused(temp, UR_UNIT_CHAR, "only-mark", UR_ERR_DATA,
                  "only-mark: the text is empty; give one with something in it");
    temp_write(temp, "binary", "ab\0c", 4);
    check_refused(temp, UR_UNIT_WORD, "binary", UR_ERR_FORMAT,
                  "binary: not a text (a zero byte among its first 4096); use --unit byte to take it as it is");
    temp_write(temp, "wide",
               "\xFF\xFE"
               "a\0",
               4);
    check_refused(temp, UR_UNIT_CHAR, "wide", UR_ERR_FORMAT,
                  "wide: UTF-16 text; turn it into UTF-8 first (iconv -f UTF-16 -t UTF-8), or use --unit byte");
    temp_folder(temp, "bare");
    temp_write(temp, "bare/binary", "\0", 1);
    check_refused(temp, UR_UNIT_BYTE, "bare", UR_ERR_DATA,
                  "bare: no text below this folder; looked for files without a zero byte in their first 4096 bytes, "
                  "hidden names left out (1 other entries)");
    temp_string(temp, "bare/a", "");
    temp_string(temp, "bare/b", "");
    check_refused(temp, UR_UNIT_CHAR, "bare", UR_ERR_DATA,
                  "bare/a and 1 more: the text is empty; give one with something in it");
    assert_int_equal(mkfifo(temp_path(temp, "pipe"), 0600), 0);
    check_refused(temp, UR_UNIT_CHAR, "pipe", UR_ERR_FORMAT,
                  "pipe: neither a file nor a folder; a pipe is read as - (standard input)");
    temp_string(temp, "latin", "caf\xC3\xA9 \xE9t");
    check_refused(temp, UR_UNIT_WORD, "latin", UR_ERR_FORMAT,
                  "latin: invalid UTF-8 at byte 6 (0xE9); use --invalid replace to read such bytes as U+FFFD, or "
                  "--unit byte");
    temp_string(temp, "cut", "ab\xE2\x82");
    check_refused(temp, UR_UNIT_CHAR, "cut", UR_ERR_FORMAT,
                  "cut: invalid UTF-8 at byte 2 (0xE2); use --invalid replace to read such bytes as U+FFFD, or "
                  "--unit byte");
    ur_corpus *corpus;
    ur_error error;
    assert_int_equal(ur_corpus_open(&corpus, NULL, 0, &(ur_corpus_options){0}, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "no text is given; name at least one file or folder");
    check_read(UR_UNIT_BYTE, false, temp_path(temp, "cut"), "a|b|\xE2|\x82");
}

/* ---- Against the reference ------------------------------------------------------------------------------------- */

typedef struct expectation {
    unsigned char raw[2][MOST], text[6 * MOST];
    size_t raw_size[2], ends[6 * MOST], units, length;
    uint64_t chars;
    bool valid;
} expectation;

static void expect(expectation *expected, ur_unit_kind kind)
{
    bool valid[2];
    size_t first = reference_file(kind, expected->raw[0], expected->raw_size[0], expected->text, &valid[0]);
    size_t second = reference_file(kind, expected->raw[1], expected->raw_size[1], expected->text + first, &valid[1]);
    size_t units = reference_units(kind, expected->text, first, expected->ends);
    assert_true(units <= first);
    size_t more = reference_units(kind, expected->text + first, second, expected->ends + units);
    assert_true(more <= second);
    for (size_t i = 0; i < more; i++) expected->ends[units + i] += first;
    expected->valid = valid[0] && valid[1];
    expected->units = units + more;
    expected->length = first + second;
    expected->chars = 0;
    for (size_t i = 0; i < expected->length; i++) expected->chars += (expected->text[i] & 0xC0) != 0x80;
}

static void check_unit(const expectation *expected, size_t unit, const unsigned char *text, size_t length)
{
    size_t begin = unit ? expected->ends[unit - 1] : 0;
    assert_non_null(text);
    assert_int_equal(length, expected->ends[unit] - begin);
    assert_memory_equal(text, expected->text + begin, length);
}

static ur_file_list make_list(temp_text *temp, const expectation *expected)
{
    char first[512];
    ur_file_list list;
    ur_error error = {0};
    snprintf(first, sizeof first, "%s", temp_write(temp, "r0", expected->raw[0], expected->raw_size[0]));
    const char *const paths[] = {first, temp_write(temp, "r1", expected->raw[1], expected->raw_size[1])};
    assert_int_equal(ur_file_list_make(&list, paths, 2, true, &error), UR_OK);
    return list;
}

/* Every unit is met whole, whatever the buffer's size and so wherever its border falls. */
static void check_cursor(const expectation *expected, const ur_file_list *list, ur_unit_kind kind, size_t capacity)
{
    ur_cursor cursor;
    ur_error error = {0};
    const unsigned char *text;
    size_t length;
    assert_int_equal(ur_cursor_open(&cursor, list, kind, !expected->valid, capacity, &error), UR_OK);
    for (size_t unit = 0; unit < expected->units; unit++) {
        assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
        check_unit(expected, unit, text, length);
    }
    for (int again = 0; again < 2; again++) {
        assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
        assert_null(text);
    }
    ur_tally tally = {0};
    ur_cursor_place(&cursor, 0, 0);
    assert_int_equal(ur_cursor_skip(&cursor, UINT64_MAX, &tally, &error), UR_OK);
    assert_int_equal(tally.units, expected->units);
    assert_int_equal(tally.bytes, expected->length);
    assert_int_equal(tally.chars, expected->chars);
    ur_cursor_close(&cursor);
}

static void check_borders(temp_text *temp, expectation *expected)
{
    ur_file_list list = make_list(temp, expected);
    for (int kind = UR_UNIT_CHAR; kind <= UR_UNIT_WORD; kind++) {
        expect(expected, (ur_unit_kind)kind);
        for (size_t more = 0; more < 70; more++)
            check_cursor(expected, &list, (ur_unit_kind)kind, UR_CURSOR_LEAST + more);
    }
    ur_file_list_free(&list);
}

static void buffer_borders(void **state)
{
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    for (uint32_t seed = 0; seed < 6; seed++) {
        expected->raw_size[0] = reference_trouble(seed, seed % 2, expected->raw[0], 900 + seed * 37);
        expected->raw_size[1] = reference_trouble(seed + 100, seed % 2, expected->raw[1], 400);
        check_borders(*state, expected);
    }
    free(expected);
}

/* The most that a cut looks ahead: 127 letters, an apostrophe, and the four bytes of the character behind it. Short
 * units between them, so that each amount of text that a buffer may have left is met at the beginning of such a word.
 */
static void farthest_look(void **state)
{
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    unsigned char *end = expected->raw[0];
    for (size_t i = 0; i < 100; i++, end += 172) {
        memset(end, 'x', 127);
        memcpy(end + 127, "'\xF0\x9F\x98\x80", 5);
        memset(end + 132, '\n', 40);
    }
    expected->raw_size[0] = (size_t)(end - expected->raw[0]);
    check_borders(*state, expected);
    free(expected);
}

/* FNV-1a of both files, the eight bytes of its length behind each. */
static uint64_t reference_hash(const expectation *expected)
{
    uint64_t hash = 14695981039346656037u;
    for (int file = 0; file < 2; file++) {
        for (size_t i = 0; i < expected->raw_size[file]; i++) hash = (hash ^ expected->raw[file][i]) * 1099511628211u;
        for (int i = 0; i < 8; i++)
            hash = (hash ^ (unsigned char)((uint64_t)expected->raw_size[file] >> 8 * i)) * 1099511628211u;
    }
    return hash;
}

static void check_jumps(const expectation *expected, ur_reader *reader)
{
    ur_error error = {0};
    for (size_t i = 0; i < 300; i++) {
        const char *text;
        size_t length, unit = i * i * 2654435761u % (expected->units + 1);
        if (i % 3 == 1) unit = ur_reader_position(reader) + i % 40; /* a little forward */
        if (unit > expected->units) continue;
        assert_int_equal(ur_reader_seek(reader, unit, &error), UR_OK);
        assert_int_equal(ur_reader_position(reader), unit);
        assert_int_equal(ur_reader_next_text(reader, &text, &length, &error), UR_OK);
        if (unit < expected->units)
            check_unit(expected, unit, (const unsigned char *)text, length);
        else
            assert_null(text);
    }
    assert_int_equal(ur_reader_seek(reader, expected->units + 1, &error), UR_ERR_USAGE);
}

static void check_ids(const expectation *expected, ur_corpus *corpus)
{
    ur_error error = {0};
    ur_vocabulary *vocabulary;
    ur_reader *reader;
    int32_t *ids = calloc(expected->units, sizeof *ids);
    assert_non_null(ids);
    assert_int_equal(ur_corpus_count(corpus, 0, expected->units, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_settle(vocabulary, 0, 0, false, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, vocabulary, &error), UR_OK);
    assert_int_equal(ur_reader_next(reader, ids, expected->units / 3, &error), UR_OK);
    size_t done = expected->units / 3;
    assert_int_equal(ur_reader_next(reader, ids + done, expected->units - done, &error), UR_OK);
    for (size_t unit = 0; unit < expected->units; unit++) {
        size_t length;
        const char *text = ur_vocabulary_text(vocabulary, ids[unit], &length);
        check_unit(expected, unit, (const unsigned char *)text, length);
    }
    assert_int_equal(ur_reader_next(reader, ids, 1, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "the text ends here: 1 more units are wanted, 0 are left");
    check_jumps(expected, reader);
    ur_reader_close(reader);
    ur_vocabulary_free(vocabulary);
    free(ids);
}

/* More than the buffers of readers and of the first pass hold, and an index of every size. */
static void whole_corpus(void **state)
{
    temp_text *temp = *state;
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    expected->raw_size[0] = reference_trouble(7, false, expected->raw[0], MOST - 5);
    expected->raw_size[1] = reference_trouble(8, false, expected->raw[1], MOST);
    temp_folder(temp, "whole");
    temp_write(temp, "whole/0", expected->raw[0], expected->raw_size[0]);
    temp_write(temp, "whole/1", expected->raw[1], expected->raw_size[1]);
    for (int kind = UR_UNIT_CHAR; kind <= UR_UNIT_WORD; kind++) {
        static const size_t every[] = {0, 1, 3, 1000};
        expect(expected, (ur_unit_kind)kind);
        for (size_t i = 0; i < 4; i++) {
            ur_corpus *corpus = open_good((ur_unit_kind)kind, true, every[i], temp_path(temp, "whole"));
            assert_int_equal(ur_corpus_units(corpus), expected->units);
            assert_int_equal(ur_corpus_bytes(corpus), expected->length);
            assert_int_equal(ur_corpus_chars(corpus), expected->chars);
            assert_true(ur_corpus_hash(corpus) == reference_hash(expected));
            check_ids(expected, corpus);
            ur_corpus_close(corpus);
        }
    }
    free(expected);
}

static void end_on_index(void **state)
{
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 4, temp_string(*state, "eight", "12345678"));
    ur_reader *reader;
    ur_error error = {0};
    const char *text;
    size_t length;
    assert_int_equal(ur_reader_open(&reader, corpus, NULL, &error), UR_OK);
    assert_int_equal(ur_reader_seek(reader, 8, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &text, &length, &error), UR_OK);
    assert_null(text);
    assert_int_equal(ur_reader_seek(reader, 4, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &text, &length, &error), UR_OK);
    assert_int_equal(*text, '5');
    assert_int_equal(ur_reader_next(reader, NULL, 0, &error), UR_ERR_USAGE); /* no vocabulary */
    ur_reader_close(reader);
    ur_corpus_close(corpus);
}

static void counting_a_part(void **state)
{
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 2, temp_string(*state, "part", "abc\r\nab\xC3\xA9x"));
    ur_vocabulary *vocabulary;
    ur_error error = {0};
    assert_int_equal(ur_corpus_units(corpus), 8);
    assert_int_equal(ur_corpus_count(corpus, 2, 7, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_size(vocabulary), 5);
    assert_int_equal(ur_vocabulary_find(vocabulary, "x", 1), -1);
    assert_int_equal(ur_vocabulary_find(vocabulary, "\r", 1), -1);
    assert_true(ur_vocabulary_find(vocabulary, "\xC3\xA9", 2) >= 0);
    ur_vocabulary_free(vocabulary);
    assert_int_equal(ur_corpus_count(corpus, 3, 3, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_size(vocabulary), 0);
    ur_vocabulary_free(vocabulary);
    assert_int_equal(ur_corpus_count(corpus, 3, 9, &vocabulary, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "units 3 to 9 of a text of 8");
    assert_int_equal(ur_corpus_count(corpus, 4, 3, &vocabulary, &error), UR_ERR_USAGE);
    ur_corpus_close(corpus);
}

static void unseen_unit(void **state)
{
    temp_text *temp = *state;
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 0,
                                  temp_string(temp, "unseen",
                                              "\xEF\xBB\xBF"
                                              "aa\r\n\xC3\xA9"
                                              "a"));
    ur_vocabulary *vocabulary, *bytes;
    ur_reader *reader;
    ur_error error = {0};
    int32_t ids[5];
    assert_int_equal(ur_corpus_count(corpus, 0, 3, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_settle(vocabulary, 0, 0, false, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, vocabulary, &error), UR_OK);
    assert_int_equal(ur_reader_next(reader, ids, 5, &error), UR_ERR_DATA);
    check_message(temp, &error,
                  "unseen: byte 7: the character \"\xC3\xA9\" (U+00E9) is not in the vocabulary, which has no unit for "
                  "unknown ones");
    assert_int_equal(ur_reader_position(reader), 4);
    assert_int_equal(ur_reader_next(reader, ids, 1, &error), UR_OK); /* goes on behind it */
    assert_int_equal(ids[0], 1);
    ur_reader_close(reader);
    assert_int_equal(ur_vocabulary_create(&bytes, UR_UNIT_BYTE, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, bytes, &error), UR_ERR_USAGE);
    assert_null(reader);
    ur_vocabulary_free(bytes);
    ur_vocabulary_free(vocabulary);
    ur_corpus_close(corpus);
}

/* ---- Files that do not stay as they were ----------------------------------------------------------------------- */

typedef void harm(const char *path);

static void shrink(const char *path) { assert_int_equal(truncate(path, 30000), 0); }
static void grow(const char *path) { assert_int_equal(truncate(path, 50001), 0); }
static void vanish(const char *path) { assert_int_equal(unlink(path), 0); }

static void touch(const char *path, time_t seconds, long nanoseconds)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    struct timespec times[2] = {info.st_atim, info.st_mtim};
    times[1].tv_sec += seconds;
    times[1].tv_nsec = (times[1].tv_nsec + nanoseconds) % 1000000000;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void age(const char *path) { touch(path, -1, 0); }
static void age_little(const char *path) { touch(path, 0, 1000000); }

static void become_folder(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void become_pipe(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

/* The harm comes after the reader's first buffer: what is in it still reads, going on and going back do not. */
static void check_harm(temp_text *temp, const char *name, harm *harmed, const char *expected)
{
    static char text[50000];
    ur_error error = {0};
    ur_reader *reader;
    const char *unit;
    size_t length;
    memset(text, 'x', sizeof text);
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 0, temp_write(temp, name, text, sizeof text));
    assert_int_equal(ur_reader_open(&reader, corpus, NULL, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &unit, &length, &error), UR_OK);
    harmed(temp->path);
    assert_int_equal(ur_reader_next_text(reader, &unit, &length, &error), UR_OK);
    assert_int_equal(ur_reader_seek(reader, 40000, &error), UR_ERR_IO);
    check_message(temp, &error, expected);
    error = (ur_error){0};
    assert_int_equal(ur_reader_seek(reader, 0, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &unit, &length, &error), UR_ERR_IO);
    check_message(temp, &error, expected);
    ur_reader_close(reader);
    ur_corpus_close(corpus);
}

static void changed_files(void **state)
{
    temp_text *temp = *state;
    check_harm(temp, "shrink", shrink,
               "shrink: shrank from 50000 to 30000 bytes since it was opened; leave the text alone while it is read, "
               "or work on a copy");
    check_harm(temp, "grow", grow,
               "grow: grew from 50000 to 50001 bytes since it was opened; leave the text alone while it is read, or "
               "work on a copy");
    check_harm(temp, "age", age,
               "age: changed since it was opened; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "age2", age_little,
               "age2: changed since it was opened; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "vanish", vanish, "vanish: is gone since it was opened: No such file or directory");
    check_harm(temp, "folder", become_folder,
               "folder: no longer a regular file; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "fifo", become_pipe,
               "fifo: no longer a regular file; leave the text alone while it is read, or work on a copy");
}

/* A file of more than 4 GiB, without its blocks: a hole with a byte on either side. */
static void large_offsets(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "large", "begin");
    const off_t size = ((off_t)1 << 32) + 10;
    int descriptor = open(path, O_WRONLY);
    assert_int_equal(pwrite(descriptor, "end", 3, size), 3);
    assert_int_equal(close(descriptor), 0);
    ur_file_list list;
    ur_error error = {0};
    ur_cursor cursor;
    const unsigned char *text;
    size_t length;
    assert_int_equal(ur_file_list_make(&list, &path, 1, true, &error), UR_OK);
    assert_int_equal(ur_cursor_open(&cursor, &list, UR_UNIT_WORD, false, UR_CURSOR_SMALL, &error), UR_OK);
    ur_cursor_place(&cursor, 0, (uint64_t)size - 1);
    assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
    assert_int_equal(length, 1);
    assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
    assert_int_equal(length, 3);
    assert_memory_equal(text, "end", 3);
    assert_true(cursor.mark == (uint64_t)size);
    ur_cursor_close(&cursor);
    ur_file_list_free(&list);
}

/* ---- Real texts ------------------------------------------------------------------------------------------------ */

static const char *real_text(char *path, size_t size, const char *name)
{
    const char *folder = getenv("UNROLL_DATA");
    if (!folder) {
        print_message("skipped: UNROLL_DATA does not name the folder of data sets\n");
        skip();
    }
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static void check_real(const char *name, uint64_t units, uint64_t bytes, size_t symbols)
{
    char path[1024];
    ur_error error = {0};
    ur_vocabulary *vocabulary;
    ur_corpus *corpus = open_good(UR_UNIT_CHAR, false, 0, real_text(path, sizeof path, name));
    assert_int_equal(ur_corpus_units(corpus), units);
    assert_int_equal(ur_corpus_chars(corpus), units);
    assert_int_equal(ur_corpus_bytes(corpus), bytes);
    assert_int_equal(ur_corpus_count(corpus, 0, units, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_size(vocabulary), symbols);
    ur_vocabulary_free(vocabulary);
    ur_corpus_close(corpus);
}

static void real_texts(void **state)
{
    (void)state;
    check_real("charlm/war-and-peace/2600-0.txt", 3227573, 3293484, 110);
    check_real("charlm/korean-book/rust-book-ko.txt", 520485, 1108208, 1030);
    check_real("robustness/naughty-strings/blns.txt", 25875, 30079, 1111);
}

static void real_invalid(void **state)
{
    char path[1024], expected[1200];
    ur_error error;
    ur_corpus *corpus;
    (void)state;
    real_text(path, sizeof path, "robustness/utf8/UTF-8-test.txt");
    for (int kind = UR_UNIT_CHAR; kind <= UR_UNIT_WORD; kind += UR_UNIT_WORD) {
        assert_int_equal(open_with(&corpus, (ur_unit_kind)kind, false, 0, path, &error), UR_ERR_FORMAT);
        snprintf(expected, sizeof expected,
                 "%s: invalid UTF-8 at byte 4461 (0xF8); use --invalid replace to read such bytes as U+FFFD, or "
                 "--unit byte",
                 path);
        assert_string_equal(error.text, expected);
    }
    corpus = open_good(UR_UNIT_CHAR, true, 0, path);
    assert_int_equal(ur_corpus_units(corpus), 22645); /* one U+FFFD for each maximal subpart */
    ur_corpus_close(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_line_ends), cmocka_unit_test(replaced),     cmocka_unit_test(folders),
        cmocka_unit_test(order_of_paths),      cmocka_unit_test(refused),      cmocka_unit_test(buffer_borders),
        cmocka_unit_test(farthest_look),       cmocka_unit_test(whole_corpus), cmocka_unit_test(end_on_index),
        cmocka_unit_test(counting_a_part),     cmocka_unit_test(unseen_unit),  cmocka_unit_test(changed_files),
        cmocka_unit_test(large_offsets),       cmocka_unit_test(real_texts),   cmocka_unit_test(real_invalid),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
