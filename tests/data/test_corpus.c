/* Texts of several files as tokens: what is read, and what is said when that fails. (Against a plain second reading of
 * them: test_corpus_reference.c; files that change meanwhile: test_corpus_changes.c.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "corpus_open.h"

static void check_refused(temp_text *temp, ur_token_kind token, const char *name, ur_status status,
                          const char *expected)
{
    ur_corpus *corpus;
    ur_error error = {0};
    assert_int_equal(open_with(&corpus, token, false, 0, temp_path(temp, name), &error), status);
    assert_null(corpus);
    check_message(temp, &error, expected);
    assert_int_equal(open_with(&corpus, token, false, 0, temp->path, NULL), status);
}

/* All tokens joined by |. */
static void check_read(ur_token_kind token, bool replace, const char *path, const char *expected)
{
    char joined[1024] = "";
    ur_error error = {0};
    ur_corpus *corpus = open_good(token, replace, 2, path);
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
    assert_int_equal(ur_reader_position(reader), ur_corpus_tokens(corpus));
    ur_reader_close(reader);
    ur_corpus_close(corpus);
}

static void marks_and_line_ends(void **state)
{
    temp_text *temp = *state;
    temp_string(temp, "marks",
                "\xEF\xBB\xBF"
                "a\r\nb\rc\r\r\nd\xEF\xBB\xBF\r");
    check_read(UR_TOKEN_CHAR, false, temp->path, "a|\n|b|\r|c|\r|\n|d|\xEF\xBB\xBF|\r");
    check_read(UR_TOKEN_WORD, false, temp->path, "a|\n|b|\r|c|\r|\n|d\xEF\xBB\xBF|\r");
    check_read(UR_TOKEN_BYTE, false, temp->path, "\xEF|\xBB|\xBF|a|\r|\n|b|\r|c|\r|\r|\n|d|\xEF|\xBB|\xBF|\r");
    temp_string(temp, "twice", "\xEF\xBB\xBF\xEF\xBB\xBFx");
    check_read(UR_TOKEN_CHAR, false, temp->path, "\xEF\xBB\xBF|x");
}

static void replaced(void **state)
{
    temp_text *temp = *state;
    temp_string(temp, "bad", "a\xFF\xE2\x82z it\xC0\xAF's \x80\r\n\xF0\x9F\x98");
    check_read(UR_TOKEN_CHAR, true, temp->path,
               "a|\xEF\xBF\xBD|\xEF\xBF\xBD|z| |i|t|\xEF\xBF\xBD|\xEF\xBF\xBD|'|s| |\xEF\xBF\xBD|\n|\xEF\xBF\xBD");
    check_read(UR_TOKEN_WORD, true, temp->path,
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
    check_read(UR_TOKEN_CHAR, false, temp_path(temp, "f"), "w|1|\n|2|\r|\n|\n|3|'");
    check_read(UR_TOKEN_WORD, false, temp_path(temp, "f"), "w1|\n|2|\r|\n|\n|3|'");
    check_read(UR_TOKEN_BYTE, false, temp_path(temp, "f"), "w|1|\xEF|\xBB|\xBF|2|\r|\n|3|'");
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 0, temp_path(temp, "f"));
    assert_int_equal(ur_corpus_files(corpus), 4);
    assert_string_equal(ur_corpus_file_name(corpus, 1), "deep");
    assert_string_equal(ur_corpus_file_name(corpus, 3), "empty");
    assert_int_equal(ur_corpus_file_size(corpus, 1), 5);
    assert_int_equal(ur_corpus_bytes(corpus), 9);
    assert_string_equal(ur_corpus_left_out(corpus),
                        "4 entries of the folders left out: dangling (a broken link), loop (a link "
                        "to a folder), picture (binary) and 1 more");
    ur_corpus_close(corpus);
}

static void check_wide(temp_text *temp, const char *bytes, size_t size, const char *kind, const char *encoding)
{
    char message[256];
    temp_write(temp, "wide2", bytes, size);
    snprintf(message, sizeof message,
             "wide2: %s text; turn it into UTF-8 first (iconv -f %s -t UTF-8), or train with `token` byte", kind,
             encoding);
    check_refused(temp, UR_TOKEN_CHAR, "wide2", UR_ERR_FORMAT, message);
}

/* Two and four bytes a character, with a mark or without; Han in UTF-16 has no zero byte at all. */
static void wide_texts(void **state)
{
    temp_text *temp = *state;
    check_wide(temp, "\xFF\xFE\x2D\x4E\x87\x65", 6, "UTF-16", "UTF-16");
    check_wide(temp, "\xFE\xFF\x4E\x2D\x65\x87", 6, "UTF-16", "UTF-16");
    check_wide(temp, "\xFF\xFE\0\0a\0\0\0", 8, "UTF-32", "UTF-32");
    check_wide(temp, "\0\0\xFE\xFF\0\0\0a", 8, "UTF-32", "UTF-32");
    check_wide(temp, "t\0e\0x\0t\0", 8, "UTF-16", "UTF-16LE");
    check_wide(temp, "\0t\0e\0x\0t", 8, "UTF-16", "UTF-16BE");
    check_wide(temp, "t\0\0\0e\0\0\0x\0\0\0t\0\0\0", 16, "UTF-32", "UTF-32LE");
    check_wide(temp, "\0\0\0t\0\0\0e\0\0\0x\0\0\0t", 16, "UTF-32", "UTF-32BE");
    temp_write(temp, "odd", "one zero\0 in a text", 18);
    check_refused(temp, UR_TOKEN_CHAR, "odd", UR_ERR_FORMAT,
                  "odd: not a text (a zero byte among its first 4096); train with `token` byte to take it as it is");
}

/* What a run leaves is no text; a folder that merely has such a log is none. */
static void runs_in_folders(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "p");
    temp_string(temp, "p/text", "t");
    static const char *const runs[] = {"p/begun", "p/done", "p/used"};
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        temp_folder(temp, runs[i]);
        snprintf(name, sizeof name, "%s/log.jsonl", runs[i]);
        temp_string(temp, name, "{}");
    }
    temp_string(temp, "p/done/last.safetensors", "x");
    temp_string(temp, "p/used/model.safetensors", "x");
    temp_string(temp, "p/used/notes", "mine");
    temp_folder(temp, "p/theirs");
    temp_string(temp, "p/theirs/log.jsonl", "u");
    temp_string(temp, "p/theirs/notes", "v");
    check_read(UR_TOKEN_CHAR, false, temp_path(temp, "p"), "t|\n|u|\n|v");
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
    const ur_corpus_options options = {.kind = UR_TOKEN_BYTE};
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
    check_refused(temp, UR_TOKEN_CHAR, "missing", UR_ERR_IO, "missing: no such file or folder");
    temp_string(temp, "nothing", "");
    check_refused(temp, UR_TOKEN_BYTE, "nothing", UR_ERR_DATA,
                  "nothing: the text is empty; give one with something in it");
    temp_string(temp, "only-mark", "\xEF\xBB\xBF");
    check_refused(temp, UR_TOKEN_CHAR, "only-mark", UR_ERR_DATA,
                  "only-mark: the text is empty; give one with something in it");
    temp_write(temp, "binary", "ab\0c", 4);
    check_refused(temp, UR_TOKEN_WORD, "binary", UR_ERR_FORMAT,
                  "binary: not a text (a zero byte among its first 4096); train with `token` byte to take it as it is");
    temp_write(temp, "wide",
               "\xFF\xFE"
               "a\0",
               4);
    check_refused(temp, UR_TOKEN_CHAR, "wide", UR_ERR_FORMAT,
                  "wide: UTF-16 text; turn it into UTF-8 first (iconv -f UTF-16 -t UTF-8), or train with `token` byte");
    temp_folder(temp, "bare");
    temp_write(temp, "bare/binary", "\0", 1);
    check_refused(temp, UR_TOKEN_BYTE, "bare", UR_ERR_DATA,
                  "bare: no text files in this folder; a text file has no zero byte among its first 4096 bytes, and "
                  "hidden files are ignored (1 other entries)");
    temp_string(temp, "bare/a", "");
    temp_string(temp, "bare/b", "");
    check_refused(temp, UR_TOKEN_CHAR, "bare", UR_ERR_DATA,
                  "bare/a and 1 more: the text is empty; give one with something in it");
    assert_int_equal(mkfifo(temp_path(temp, "pipe"), 0600), 0);
    check_refused(temp, UR_TOKEN_CHAR, "pipe", UR_ERR_FORMAT,
                  "pipe: neither a file nor a folder; a pipe is read as - (standard input)");
    temp_string(temp, "latin", "caf\xC3\xA9 \xE9t");
    check_refused(temp, UR_TOKEN_WORD, "latin", UR_ERR_FORMAT,
                  "latin: invalid UTF-8 at byte 6 (0xE9); use `invalid` replace to read such bytes as U+FFFD, or "
                  "`token` byte");
    temp_string(temp, "cut", "ab\xE2\x82");
    check_refused(temp, UR_TOKEN_CHAR, "cut", UR_ERR_FORMAT,
                  "cut: invalid UTF-8 at byte 2 (0xE2); use `invalid` replace to read such bytes as U+FFFD, or "
                  "`token` byte");
    ur_corpus *corpus;
    ur_error error;
    assert_int_equal(ur_corpus_open(&corpus, NULL, 0, &(ur_corpus_options){0}, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "no text given; name at least one file or folder");
    check_read(UR_TOKEN_BYTE, false, temp_path(temp, "cut"), "a|b|\xE2|\x82");
}

static void end_on_index(void **state)
{
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 4, temp_string(*state, "eight", "12345678"));
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
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 2, temp_string(*state, "part", "abc\r\nab\xC3\xA9x"));
    ur_vocabulary *vocabulary;
    ur_error error = {0};
    assert_int_equal(ur_corpus_tokens(corpus), 8);
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
    assert_string_equal(error.text, "tokens 3 to 9 of a text of 8");
    assert_int_equal(ur_corpus_count(corpus, 4, 3, &vocabulary, &error), UR_ERR_USAGE);
    ur_corpus_close(corpus);
}

static void unseen_token(void **state)
{
    temp_text *temp = *state;
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 0,
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
    check_message(
        temp, &error,
        "unseen: byte 7: the character \"\xC3\xA9\" (U+00E9) is not in the vocabulary, which has no token for "
        "unknown ones");
    assert_int_equal(ur_reader_position(reader), 4);
    assert_int_equal(ur_reader_next(reader, ids, 1, &error), UR_OK); /* goes on behind it */
    assert_int_equal(ids[0], 1);
    ur_reader_close(reader);
    assert_int_equal(ur_vocabulary_create(&bytes, UR_TOKEN_BYTE, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, bytes, &error), UR_ERR_USAGE);
    assert_null(reader);
    ur_vocabulary_free(bytes);
    ur_vocabulary_free(vocabulary);
    ur_corpus_close(corpus);
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

static void check_real(const char *name, uint64_t tokens, uint64_t bytes, size_t symbols)
{
    char path[1024];
    ur_error error = {0};
    ur_vocabulary *vocabulary;
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 0, real_text(path, sizeof path, name));
    assert_int_equal(ur_corpus_tokens(corpus), tokens);
    assert_int_equal(ur_corpus_chars(corpus), tokens);
    assert_int_equal(ur_corpus_bytes(corpus), bytes);
    assert_int_equal(ur_corpus_count(corpus, 0, tokens, &vocabulary, &error), UR_OK);
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
    for (int kind = UR_TOKEN_CHAR; kind <= UR_TOKEN_WORD; kind += UR_TOKEN_WORD) {
        assert_int_equal(open_with(&corpus, (ur_token_kind)kind, false, 0, path, &error), UR_ERR_FORMAT);
        snprintf(expected, sizeof expected,
                 "%s: invalid UTF-8 at byte 4461 (0xF8); use `invalid` replace to read such bytes as U+FFFD, or "
                 "`token` byte",
                 path);
        assert_string_equal(error.text, expected);
    }
    corpus = open_good(UR_TOKEN_CHAR, true, 0, path);
    assert_int_equal(ur_corpus_tokens(corpus), 22645); /* one U+FFFD for each maximal subpart */
    ur_corpus_close(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_line_ends),
        cmocka_unit_test(replaced),
        cmocka_unit_test(folders),
        cmocka_unit_test(order_of_paths),
        cmocka_unit_test(wide_texts),
        cmocka_unit_test(runs_in_folders),
        cmocka_unit_test(refused),
        cmocka_unit_test(end_on_index),
        cmocka_unit_test(counting_a_part),
        cmocka_unit_test(unseen_token),
        cmocka_unit_test(real_texts),
        cmocka_unit_test(real_invalid),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
