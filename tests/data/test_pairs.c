/* Texts in pairs: two files, tables, and what is wrong with them. */
#include "temp_text.h"

#include "data/table/pairs.h"
#include "support/ok.h"

#include <string.h>

static const ur_pairs_options none;

/* Every pair as "source=target" with | between. */
static void check(ur_pairs *p, const char *found, const char *expected)
{
    char all[2048] = "";
    ur_pair pair = {0};
    ur_error error;
    for (size_t i = 0; i < ur_pairs_count(p); i++) {
        ok(ur_pairs_read(p, i, &pair, &error), &error);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%.*s=%.*s", i ? "|" : "", (int)pair.text[0].length,
                 pair.text[0].text, (int)pair.text[1].length, pair.text[1].text);
    }
    assert_string_equal(ur_pairs_found(p), found);
    assert_string_equal(all, expected);
    ur_pair_free(&pair);
    ur_pairs_close(p);
}

static ur_pairs *open_pairs(const char *first, const char *second, const ur_pairs_options *options)
{
    const char *const paths[2] = {first, second};
    ur_pairs *p;
    ur_error error;
    ok(ur_pairs_open(&p, paths, second ? 2 : 1, options ? options : &none, &error), &error);
    return p;
}

static void fails(const char *first, const char *second, const ur_pairs_options *options, ur_status status,
                  const char *message)
{
    const char *const paths[2] = {first, second};
    ur_pairs *p;
    ur_error error;
    assert_int_equal(ur_pairs_open(&p, paths, second ? 2 : 1, options ? options : &none, &error), status);
    if (!strstr(error.text, message)) fail_msg("%s", error.text);
    assert_null(p);
}

/* Of the test's folder. */
static const char *write_file(void **state, const char *name, const char *text)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    temp_text *temp = *state;
    snprintf(path, sizeof paths[0], "%s/%s", temp->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void two_files(void **state)
{
    const char *de = write_file(state, "a.de", "\xEF\xBB\xBF  ein Hund \n\nEnde\r\n"),
               *en = write_file(state, "a.en", "a dog\nnone\nend");
    char name[600];
    ur_pairs *p = open_pairs(de, en, NULL);
    ur_pairs_name(p, 2, UR_PAIR_TARGET, name, sizeof name);
    assert_non_null(strstr(name, "a.en: line 3"));
    check(p, "two files, line by line", "ein Hund=a dog|=none|Ende=end");
    check(open_pairs(en, en, NULL), "two files, line by line", "a dog=a dog|none=none|end=end");
}

static void unequal_files(void **state)
{
    const char *de = write_file(state, "b.de", "a\nb\nc\n"), *en = write_file(state, "b.en", "a\nb\n");
    fails(de, en, NULL, UR_ERR_DATA, "b.de has 3 lines, ");
    fails(de, en, NULL, UR_ERR_DATA, "b.en has 2; line N of one must be the translation of line N of the other");
}

static void tables(void **state)
{
    const char *tsv = write_file(state, "c.tsv", "Say \"hi\".\tSag \"hi\".\tx\nGo.\tGeh.\ty\n");
    const char *named = write_file(state, "d.tsv", "id\ten\tde\n1\tgo\tgeh\n");
    const char *csv = write_file(state, "e.csv", "Q,A,label\r\n\"a, \"\"b\"\"\nc\",d,0\r\nx,\" y \",1\r\n");
    const char *semicolons = write_file(state, "f.csv", "a;b,b;x\nc;d,d;y\n");
    check(open_pairs(tsv, NULL, NULL), "TSV without a header; source in column 1, target in column 2",
          "Say \"hi\".=Sag \"hi\".|Go.=Geh.");
    check(open_pairs(named, NULL, &(ur_pairs_options){.column = {"de", "en"}}),
          "TSV with a header; source in column 3, target in column 2", "geh=go");
    check(open_pairs(tsv, NULL, &(ur_pairs_options){.column = {"2", "1"}, .header = "yes"}),
          "TSV with a header; source in column 2, target in column 1", "Geh.=Go.");
    check(open_pairs(csv, NULL, NULL), "CSV with a header; source in column 1, target in column 2", "a, \"b\" c=d|x=y");
    check(open_pairs(semicolons, NULL, &(ur_pairs_options){.header = "no"}),
          "CSV without a header; source in column 1, target in column 2", "a=b,b|c=d,d");
}

static void bad_tables(void **state)
{
    const char *tsv = write_file(state, "g.tsv", "a\tb\nc\n"), *csv = write_file(state, "h.csv", "a,b\n\"x\"y,z\n");
    fails(tsv, NULL, NULL, UR_ERR_DATA, "g.tsv: line 2: only 1 column, but the target is column 2");
    fails(tsv, NULL, &(ur_pairs_options){.column = {"en", NULL}}, UR_ERR_USAGE,
          "g.tsv: no column \"en\"; its columns are a, b");
    fails(tsv, NULL, &(ur_pairs_options){.column = {"3", NULL}}, UR_ERR_USAGE, "no column \"3\"");
    fails(tsv, NULL, &(ur_pairs_options){.column = {"2", NULL}}, UR_ERR_USAGE,
          "source and target are both column 2; change `target-column`");
    fails(csv, NULL, NULL, UR_ERR_FORMAT, "h.csv: line 2: a quoted field goes on after its closing quote");
    fails(write_file(state, "i.tsv", ""), NULL, NULL, UR_ERR_DATA, "i.tsv: no pairs in it");
    fails(write_file(state, "j.tsv", "a\xFF\tb\n"), NULL, NULL, UR_ERR_FORMAT, "j.tsv: line 1: byte 2: invalid UTF-8");
    fails(((temp_text *)*state)->folder, NULL, NULL, UR_ERR_USAGE, "a folder; give a source file and a target file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_files),
        cmocka_unit_test(unequal_files),
        cmocka_unit_test(tables),
        cmocka_unit_test(bad_tables),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
