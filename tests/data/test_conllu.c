/* CoNLL-U: which lines are words, and what is no CoNLL-U. */
#include "temp_text.h"

#include "data/table/conllu.h"
#include "support/ok.h"

#define WORD(id, form, upos) id "\t" form "\t_\t" upos "\t_\t_\t_\t_\t_\t_\n"

static const char TEXT[] = "# text = Vámonos al mar.\n"
                           "1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_\n" WORD("1", "Vamos", "VERB") WORD("2", "nos", "PRON")
                               WORD("3", "al", "ADP") "3.1\tempty\t_\tNOUN\t_\t_\t_\t_\t_\t_\n" WORD(
                                   "4", "mar", "NOUN") "\n\n# a second one\n" WORD("1", "So", "ADV") "\n";
static const char WORDS[] = "Vamos/VERB nos/PRON al/ADP mar/NOUN|So/ADV";

/* All words as "form/upos", with | between sentences. */
static void check_words(const char *path, const char *expected)
{
    char all[1024] = "";
    size_t words = 0;
    ur_conllu *set;
    ur_sentence s = {0};
    ur_error error;
    ok(ur_conllu_open(&set, &path, 1, NULL, &error), &error);
    for (size_t i = ur_conllu_count(set); i-- > 0;) ok(ur_conllu_read(set, i, &s, &error), &error);
    for (size_t i = 0; i < ur_conllu_count(set); i++) {
        ok(ur_conllu_read(set, i, &s, &error), &error);
        assert_int_equal(s.count, ur_conllu_words(set, i));
        words += s.count;
        for (size_t k = 0; k < s.count; k++) {
            const ur_field *field = s.word[k].field;
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%.*s/%.*s",
                     k   ? " "
                     : i ? "|"
                         : "",
                     (int)field[1].length, field[1].text, (int)field[3].length, field[3].text);
        }
    }
    assert_string_equal(all, expected);
    assert_int_equal(ur_conllu_all_words(set), words);
    ur_sentence_free(&s);
    ur_conllu_close(set);
}

static void test_words(void **state)
{
    check_words(temp_string(*state, "a.conllu", TEXT), WORDS);
    check_words(temp_write(*state, "cut.conllu", TEXT, sizeof TEXT - 3), WORDS); /* no line end at the end */
}

/* A byte order mark, and lines that end as in Windows. */
static void test_other_line_ends(void **state)
{
    char text[1024] = "\xEF\xBB\xBF";
    size_t size = 3;
    for (const char *c = TEXT; *c; c++) {
        if (*c == '\n') text[size++] = '\r';
        text[size++] = *c;
    }
    check_words(temp_write(*state, "b.conllu", text, size), WORDS);
}

/* Sentences longer than the piece that is read at once, all of them in two files of one folder. */
static void test_a_folder(void **state)
{
    enum { COUNT = 30000 };
    temp_text *temp = *state;
    char folder[512];
    ur_sentence s = {0};
    ur_error error;
    ur_conllu *set;
    snprintf(folder, sizeof folder, "%s", temp_folder(temp, "folder"));
    FILE *file = fopen(temp_path(temp, "folder/2.conllu"), "w");
    for (int i = 1; i <= COUNT; i++) fprintf(file, "%d\tw%d\t_\tX\t_\t_\t_\t_\t_\t_\n", i, i);
    assert_int_equal(fclose(file), 0);
    temp_string(temp, "folder/1.conllu", TEXT);
    const char *path = folder;
    ok(ur_conllu_open(&set, &path, 1, NULL, &error), &error);
    assert_int_equal(ur_conllu_count(set), 3);
    assert_int_equal(ur_conllu_all_words(set), COUNT + 5);
    assert_non_null(strstr(ur_conllu_path(set, 1), "1.conllu"));
    assert_non_null(strstr(ur_conllu_path(set, 2), "2.conllu"));
    ok(ur_conllu_read(set, 2, &s, &error), &error);
    assert_int_equal(s.count, COUNT);
    assert_memory_equal(s.word[COUNT - 1].field[1].text, "w30000\t_", 8);
    ur_sentence_free(&s);
    ur_conllu_close(set);
}

static void refuse(temp_text *temp, const char *text, ur_status status, const char *message)
{
    char expected[600];
    const char *path = temp_string(temp, "bad.conllu", text);
    ur_error error;
    ur_conllu *set;
    assert_int_equal(ur_conllu_open(&set, &path, 1, NULL, &error), status);
    assert_null(set);
    snprintf(expected, sizeof expected, "%s: %s", path, message);
    assert_string_equal(error.text, expected);
}

static void test_what_is_refused(void **state)
{
    temp_text *temp = *state;
    refuse(temp, "", UR_ERR_DATA, "no sentences in it");
    refuse(temp, "\n\n", UR_ERR_DATA, "no sentences in it");
    refuse(temp, "# text\n" WORD("1", "a", "X") "\n# nothing\n# more\n\n", UR_ERR_DATA,
           "line 4: a sentence without words");
    refuse(temp, "1-2\tab\t_\t_\t_\t_\t_\t_\t_\t_\n", UR_ERR_DATA, "line 1: a sentence without words");
    refuse(temp, "The cat sat.\n", UR_ERR_DATA,
           "line 1: not CoNLL-U: a word has 10 fields separated by tabs; this line has 1: \"The cat sat.\"");
    refuse(temp, "1\ta\t_\tX\t_\t_\t_\t_\t_\t_\t_\n", UR_ERR_DATA,
           "line 1: not CoNLL-U: a word has 10 fields separated by tabs; this line has 11: "
           "\"1\\x09a\\x09_\\x09X\\x09_\\x09_\\x09_\\x09_\\x09_\\x09_\\x09_\"");
    refuse(temp, "1\t\t_\tX\t_\t_\t_\t_\t_\t_\n", UR_ERR_DATA,
           "line 1: field 2 is empty; CoNLL-U writes _ for an empty field");
    refuse(temp, WORD("x", "a", "X"), UR_ERR_DATA,
           "line 1: not CoNLL-U: the first field is \"x\", not the number of a word");
    refuse(temp, WORD("1-", "a", "X"), UR_ERR_DATA,
           "line 1: not CoNLL-U: the first field is \"1-\", not the number of a word");
    refuse(temp, WORD("1", "a", "X") WORD("3", "b", "X"), UR_ERR_DATA,
           "line 2: expected word 2, found \"3\"; is an empty line missing?");
    refuse(temp, WORD("1", "a", "X") WORD("1", "\xFF", "X"), UR_ERR_FORMAT,
           "line 2: byte 3: invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)");
}

static void test_fields_by_name(void **state)
{
    (void)state;
    size_t field;
    ur_error error;
    ok(ur_conllu_field_find("upos", &field, &error), &error);
    assert_int_equal(field, 3);
    ok(ur_conllu_field_find("10", &field, &error), &error);
    assert_int_equal(field, 9);
    assert_int_equal(ur_conllu_field_find("11", &field, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "no column \"11\"; CoNLL-U has 1 id, 2 form, 3 lemma, 4 upos, 5 xpos, 6 feats, 7 "
                                    "head, 8 deprel, 9 deps, 10 misc");
    assert_string_equal(ur_conllu_field_name(4), "xpos");
    assert_null(ur_conllu_field_name(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),           cmocka_unit_test(test_other_line_ends), cmocka_unit_test(test_a_folder),
        cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_fields_by_name),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
