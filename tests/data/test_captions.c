/*
 * Tables of captions: columns found by name and by content, pictures named by row and by file, and every message about
 * a broken table.
 */
#include "temp_text.h"

#include "support/ok.h"

#include "data/pictures/captions.h"
#include "unroll_train.h"

/* Compares the rows, written as "picture=caption" with | between rows. */
static void check(const char *path, const ur_captions_options *options, size_t pictures, const char *expected)
{
    char all[1024] = "";
    ur_captions *c;
    ur_error error;
    ok(ur_captions_open(&c, path, options, &error), &error);
    for (size_t i = 0; i < c->count; i++) {
        size_t used = strlen(all);
        int length = (int)c->row[i].length;
        if (c->names)
            snprintf(all + used, sizeof all - used, "%s%s=%.*s", i ? "|" : "", c->names[c->row[i].picture], length,
                     ur_caption_text_of(c, i));
        else
            snprintf(all + used, sizeof all - used, "%s%u=%.*s", i ? "|" : "", (unsigned)c->row[i].picture, length,
                     ur_caption_text_of(c, i));
    }
    assert_string_equal(all, expected);
    assert_int_equal(c->pictures, pictures);
    ur_captions_close(c);
}

static void refuse(const char *path, const ur_captions_options *options, const char *message)
{
    ur_captions *c;
    ur_error error = {0};
    assert_true(ur_captions_open(&c, path, options, &error) != UR_OK);
    assert_null(c);
    const char *at = strstr(error.text, "t.");
    assert_string_equal(at ? at : error.text, message);
}

static void test_columns(void **state)
{
    temp_text *temp = *state;
    const ur_captions_options none = {0}, files = {.files = true};
    check(temp_string(temp, "t.tsv", "id\tcaption\n1\ta  cat \n2\t\xEA\xB3\xA0\xEC\x96\x91\xEC\x9D\xB4\n"), &none, 2,
          "0=a cat|1=\xEA\xB3\xA0\xEC\x96\x91\xEC\x9D\xB4");
    check(temp_string(temp, "t.tsv", "one line\nanother\n"), &none, 2, "0=one line|1=another");
    check(temp_string(temp, "t.tsv", "a.jpg\ta dog\na.jpg\ta \"brown\" dog\nb.jpg\tno\n"), &files, 2,
          "a.jpg=a dog|a.jpg=a \"brown\" dog|b.jpg=no");
    check(temp_string(temp, "t.csv", "text,image\n\"red, blue\",z\ngreen,a\n"), &files, 2, "z=red, blue|a=green");
    check(temp_string(temp, "t.tsv", "name\tcaption_en\tcaption_ko\nx\tone\ttwo\n"),
          &(ur_captions_options){.files = true, .caption_column = "caption_ko"}, 1, "x=two");
    check(temp_string(temp, "t.tsv", "name\tcaption_en\tcaption_ko\nx\tone\ttwo\n"),
          &(ur_captions_options){.caption_column = "2", .header = "no"}, 2, "0=caption_en|1=one");
    check(temp_string(temp, "t.tsv", "name\tcaption_en\n\xEF\xBB\xBF x\tone\n"), &none, 1, "0=one");
}

/* An e and an acute accent; the letters of a Hangul syllable; a letter that becomes longer. */
static void test_normal_form(void **state)
{
    temp_text *temp = *state;
    const ur_captions_options joined = {.normal_form = true}, plain = {.normal_form = false};
    const char *path =
        temp_string(temp, "t.tsv", "cafe\xCC\x81\n\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB  x\n\xE0\xA5\x98\n");
    check(path, &plain, 3, "0=cafe\xCC\x81|1=\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB x|2=\xE0\xA5\x98");
    if (ur_makes_normal_form()) {
        check(path, &joined, 3, "0=caf\xC3\xA9|1=\xED\x95\x9C x|2=\xE0\xA4\x95\xE0\xA4\xBC");
    } else {
        print_message("left out: captions in normal form C: this build has no utf8proc\n");
        refuse(path, &joined,
               "t.tsv: line 1: U+0301 is a combining character after its letter; this build has no utf8proc to compose "
               "the two. Compose the text with uconv -x nfc");
    }
}

static void test_rows_of_a_picture(void **state)
{
    temp_text *temp = *state;
    ur_captions *c;
    ur_error error;
    const char *path = temp_string(temp, "t.tsv", "b\tone\na\ttwo\nb\tthree\n");
    ok(ur_captions_open(&c, path, &(ur_captions_options){.files = true}, &error), &error);
    assert_true(c->first[0] == 0 && c->first[1] == 1 && c->first[2] == 3);
    assert_true(c->of_picture[0] == 1 && c->of_picture[1] == 0 && c->of_picture[2] == 2);
    assert_int_equal(c->row[2].line, 3);
    ur_captions_close(c);
}

static void test_mistakes(void **state)
{
    temp_text *temp = *state;
    const ur_captions_options none = {0}, files = {.files = true};
    const char *path = temp_string(temp, "t.tsv", "id\tcaption_en\tcaption_ko\n1\ta\tb\n2\tc\td\n");
    refuse(path, &none,
           "t.tsv: which column has the captions? say it with `caption-column`; the columns are: 1 id (2 values), 2 "
           "caption_en (2 values), 3 caption_ko (2 values)");
    refuse(
        path, &(ur_captions_options){.caption_column = "caption"},
        "t.tsv: there is no column caption; the columns are: 1 id (2 values), 2 caption_en (2 values), 3 caption_ko (2 "
        "values)");
    refuse(
        path, &(ur_captions_options){.caption_column = "caption_en", .files = true},
        "t.tsv: which column names the picture files? say it with `file-column`; the columns are: 1 id (2 values), 2 "
        "caption_en (2 values), 3 caption_ko (2 values)");
    refuse(temp_string(temp, "t.tsv", "id\tcaption\n1\ta\n2\t \n"), &none,
           "t.tsv: line 3: a picture without a caption; take the row out");
    refuse(temp_string(temp, "t.tsv", "file\tcaption\nx\ta\n\tb\n"), &files,
           "t.tsv: line 3: a row without the name of a picture; take the row out");
    refuse(temp_string(temp, "t.tsv", "file\tcaption\nx\n"), &files,
           "t.tsv: line 2: 1 column, where the first row has 2");
    refuse(temp_string(temp, "t.csv", "caption,file\n\"red\" and blue,x\n"), &none,
           "t.csv: line 2: a quote is not closed at the end of its field; write a quote inside a field twice");
    refuse(temp_string(temp, "t.csv", "caption,file\nred,x\n\"blue,y\ngreen,z\n"), &none,
           "t.csv: line 3: a quote is not closed at the end of its field; write a quote inside a field twice");
    refuse(temp_string(temp, "t.tsv", ""), &none, "t.tsv: no captions in it");
    refuse(temp_string(temp, "t.tsv", "caption\n"), &none, "t.tsv: no captions in it");
    refuse(temp_string(temp, "t.tsv", "caption\n\xFF\n"), &none,
           "t.tsv: line 2: byte 1: invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)");
    refuse(temp_string(temp, "t.tsv", "caption\na\n"), &(ur_captions_options){.header = "maybe"},
           "`header` maybe: give yes or no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_columns), cmocka_unit_test(test_normal_form),
                                       cmocka_unit_test(test_rows_of_a_picture), cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
