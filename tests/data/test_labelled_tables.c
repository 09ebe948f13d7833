/* Tables of labelled texts: what is found in them, and what is said when they are not as they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "labelled_open.h"

static void columns_by_looking(void **state)
{
    temp_text *temp = *state;
    check_set(temp_string(temp, "a.tsv", "id\tdocument\tlabel\n11\tgood one\t1\n12\tbad one\t0\n13\tgood two\t1\n"),
              NULL, "TSV with a header; text in column document, label in column label; 3 examples, 2 labels", "0 1",
              "1:good one|0:bad one|1:good two");
    check_set(temp_string(temp, "b.csv", "pos,a good one\nneg,a bad one\npos,another\n"), NULL,
              "CSV without a header; text in column 2, label in column 1; 3 examples, 2 labels", "neg pos",
              "pos:a good one|neg:a bad one|pos:another");
    check_set(temp_string(temp, "c.txt", "I like it\t1\nI do not\t0\nso so\t1\n"), NULL,
              "TSV without a header; text in column 1, label in column 2; 3 examples, 2 labels", "0 1",
              "1:I like it|0:I do not|1:so so");
    check_set(temp_string(temp, "d.csv", "split;words;kind\ntrain;yes, sir;x\ntrain;no, sir;y\ntrain;oh;x\n"), NULL,
              "CSV (;) with a header; text in column words, label in column kind; 3 examples, 2 labels", "x y",
              "x:yes, sir|y:no, sir|x:oh");
}

/* Of many different values, numbers are no labels, nor are words that do not come again. */
static void many_values(void **state)
{
    static const char *const ROW[] = {"%d\tsome words, %d\n", "k%d\tsome words, %d\n"};
    static const char *const WHY[] = {"1 key (60 values), 2 text (121 values)",
                                      "1 key (121 values), 2 text (121 values)"};
    temp_text *temp = *state;
    for (size_t k = 0; k < 2; k++) {
        char table[4096] = "key\ttext\n", what[256];
        for (int i = 0; i < 121; i++)
            snprintf(table + strlen(table), sizeof table - strlen(table), ROW[k], k ? i : i % 60, i);
        snprintf(what, sizeof what,
                 "n.tsv: no column looks like labels, which are few; say it with `label-column`; the columns are: %s",
                 WHY[k]);
        const char *path = temp_string(temp, "n.tsv", table);
        check_refused(temp, path, NULL, UR_ERR_USAGE, what);
        ur_labelled *set = open_labelled(path, &(ur_labelled_options){.label_column = "1"});
        assert_int_equal(ur_labelled_labels(set), k ? 121 : 60);
        ur_labelled_close(set);
    }
}

/* The order of lines does not matter for the ids, and ten comes after nine. */
static void order_of_labels(void **state)
{
    temp_text *temp = *state;
    ur_labelled *set = open_labelled(
        temp_string(temp, "o.tsv", "one\tb\ntwo\t10\nthree\t9\nfour\t-1\nfive\tB\nsix\t10\nseven\t9\neight\tb\n"),
        NULL);
    check_examples(set, "-1 9 10 B b", "b:one|10:two|9:three|-1:four|B:five|10:six|9:seven|b:eight");
    assert_int_equal(ur_labelled_label(set, 0), 4);
    assert_int_equal(ur_labelled_label(set, 1), 2);
    check_name(temp, set, 5, "o.tsv: line 6");
    ur_labelled_close(set);
}

static void columns_by_option(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "p.tsv", "a\tb\tc\nx\tlong text\t1\ny\tother text\t2\nx\tthird text\t2\n");
    ur_labelled_options options = {.text_column = "b", .label_column = "a"};
    check_set(path, &options, "TSV with a header; text in column b, label in column a; 3 examples, 2 labels", "x y",
              "x:long text|y:other text|x:third text");
    options = (ur_labelled_options){.label_column = "3", .header = "no"};
    check_set(path, &options, "TSV without a header; text in column 2, label in column 3; 4 examples, 3 labels",
              "1 2 c", "c:b|1:long text|2:other text|2:third text");
    options = (ur_labelled_options){.label_column = "stars"};
    check_refused(temp, path, &options, UR_ERR_USAGE,
                  "p.tsv: there is no column stars; the columns are: 1 a (2 values), 2 b (3 values), 3 c (2 values)");
    options = (ur_labelled_options){.label_column = "4", .header = "no"};
    check_refused(temp, path, &options, UR_ERR_USAGE,
                  "p.tsv: there is no column 4; the columns are: 1 (2 values), 2 (3 values), 3 (2 values)");
    options = (ur_labelled_options){.label_column = "a", .text_column = "1"};
    check_refused(
        temp, path, &options, UR_ERR_USAGE,
        "p.tsv: text and label are the same column 1; the columns are: 1 a (2 values), 2 b (3 values), 3 c (2 "
        "values)");
    options = (ur_labelled_options){.header = "maybe"};
    check_refused(temp, path, &options, UR_ERR_USAGE, "*`header` maybe: give yes or no");
}

static void quotes(void **state)
{
    temp_text *temp = *state;
    const char *found = "CSV with a header; text in column text, label in column label; 3 examples, 2 labels";
    const char *table =
        "\xEF\xBB\xBF\"text\",label\r\n\"a, \"\"quoted\"\" one\",\"1\"\r\n\r\n\"two\r\nlines\n\",0 \r\nplain, 1";
    ur_labelled *set = open_labelled(temp_string(temp, "q.csv", table), NULL);
    check_found(set, found);
    check_examples(set, "0 1", "1:a, \"quoted\" one|0:two\nlines\n|1:plain");
    check_name(temp, set, 2, "q.csv: line 7");
    ur_labelled_close(set);
    check_set(temp_string(temp, "q.tsv", "\"a \"\"b\"\"\"\t1\nc\t0\n\"d\ne\"\t1\n"), NULL,
              "TSV without a header; text in column 1, label in column 2; 3 examples, 2 labels", "0 1",
              "1:a \"b\"|0:c|1:d\ne");
}

/* People write quotes in reviews: one that is not at the end of its field makes all of them text. */
static void quotes_that_are_none(void **state)
{
    temp_text *temp = *state;
    const char *found =
        "TSV without a header; text in column 1, label in column 2; quotes are taken as text; 3 examples, "
        "2 labels";
    check_set(temp_string(temp, "r.tsv", "\"great\" film\t1\n\"bad\"\t0\nc\t1\n"), NULL, found, "0 1",
              "1:\"great\" film|0:\"bad\"|1:c");
    check_set(temp_string(temp, "s.tsv", "\"open\t1\nclosed\"\t0\nc\t1\n"), NULL, found, "0 1",
              "1:\"open|0:closed\"|1:c");
    check_set(temp_string(temp, "t.tsv", "\"open\t1\nb\t0\nc\t1\n"), NULL, found, "0 1", "1:\"open|0:b|1:c");
    check_refused(temp, temp_string(temp, "u.csv", "a,1\n\"b\" c,0\nd,1\n"), NULL, UR_ERR_FORMAT,
                  "u.csv: line 2: a quoted field goes on after its closing quote; write a quote inside a field twice");
    check_refused(temp, temp_string(temp, "v.csv", "a,1\n\"b,0\nd,1\n"), NULL, UR_ERR_FORMAT,
                  "v.csv: line 2: a quoted field goes on after its closing quote; write a quote inside a field twice");
}

static void bad_rows(void **state)
{
    temp_text *temp = *state;
    check_refused(temp, temp_string(temp, "e.tsv", "a\t1\nb\nc\t0\n"), NULL, UR_ERR_DATA,
                  "e.tsv: line 2: 1 column, where the first row has 2");
    check_refused(
        temp, temp_string(temp, "e.csv", "a,1\n\"b\nb\",1\nc,d,0\n"), NULL, UR_ERR_DATA,
        "e.csv: line 4: 3 columns, where the first row has 2; a value that holds the separator stands in quotes");
    check_refused(temp, temp_string(temp, "f.tsv", "a\t1\n \t0\n"), NULL, UR_ERR_DATA,
                  "f.tsv: line 2: an example without text; take the row out");
    check_refused(temp, temp_string(temp, "g.tsv", "alpha\t1\nbeta\t \ngamma\t0\n"), NULL, UR_ERR_DATA,
                  "g.tsv: line 2: no label");
    check_refused(temp, temp_string(temp, "h.tsv", "a\t1\nb\t1\n"), NULL, UR_ERR_DATA,
                  "h.tsv: only one class: all 2 examples have the label 1; at least two classes are needed");
    check_refused(temp, temp_string(temp, "i.tsv", "ab\t1\nb\xC3(c\t0\n"), NULL, UR_ERR_FORMAT,
                  "i.tsv: line 2: byte 2: invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)");
    check_refused(temp, temp_write(temp, "j.csv", "ab,1\nb\0c,0\n", 11), NULL, UR_ERR_FORMAT,
                  "j.csv: line 2: byte 2: a zero byte: the file is not a text");
    check_refused(temp, temp_string(temp, "k.csv", ""), NULL, UR_ERR_DATA, "k.csv: no examples in it");
    check_refused(temp, temp_string(temp, "l.csv", "text,label\n"), NULL, UR_ERR_DATA,
                  "l.csv: only one class: all 1 examples have the label label; at least two classes are needed");
    check_refused(temp, temp_string(temp, "m.csv", "word\nword\nother\n"), NULL, UR_ERR_DATA,
                  "m.csv: only one column; an example needs a text and a label");
}

/* Labels of a training: ids are theirs, and others are refused. */
static void labels_of_a_training(void **state)
{
    temp_text *temp = *state;
    static const char *const LABELS[] = {"bad", "good", "so"};
    ur_labelled_options options = {.labels = LABELS, .label_count = 3};
    ur_labelled *set = open_labelled(temp_string(temp, "w.tsv", "this\tgood\nthat\tgood\n"), &options);
    check_examples(set, "bad good so", "good:this|good:that");
    assert_int_equal(ur_labelled_label(set, 0), 1);
    ur_labelled_close(set);
    check_refused(
        temp, temp_string(temp, "x.tsv", "this\tgood\nthat\tworse\n"), &options, UR_ERR_DATA,
        "x.tsv: line 2: the label worse does not occur in the training data, which have 3 labels: bad, good, so");
}

/* Several files are one table; each may have the header. */
static void several_tables(void **state)
{
    temp_text *temp = *state;
    char first[600];
    snprintf(first, sizeof first, "%s", temp_string(temp, "y1.csv", "text,label\none,1\ntwo,0\n"));
    const char *const paths[] = {first, temp_string(temp, "y2.csv", "text,label\nthree,1\n")};
    ur_labelled *set = open_all(paths, 2, NULL);
    check_found(set, "CSV with a header; text in column text, label in column label; 3 examples, 2 labels");
    check_examples(set, "0 1", "1:one|0:two|1:three");
    check_name(temp, set, 2, "y2.csv: line 2");
    ur_labelled_close(set);
}

/* Equal texts are on one side, whatever their labels; sides do not depend on the order of lines. */
static void split(void **state)
{
    temp_text *temp = *state;
    static char table[2][40000];
    size_t at[2] = {0};
    for (int i = 0; i < 2000; i++) {
        for (int turned = 0; turned < 2; turned++) {
            int number = turned ? 1999 - i : i;
            at[turned] += (size_t)snprintf(table[turned] + at[turned], sizeof table[0] - at[turned], "text %d\t%d\n",
                                           number % 1000, number % 3);
        }
    }
    ur_labelled_options options = {.val_fraction = 0.2, .seed = 3};
    ur_labelled *set = open_labelled(temp_string(temp, "z.tsv", table[0]), &options);
    ur_labelled *turned = open_labelled(temp_string(temp, "z2.tsv", table[1]), &options);
    size_t held = 0;
    assert_int_equal(ur_labelled_count(set), 2000);
    for (size_t i = 0; i < 1000; i++) {
        held += ur_labelled_held(set, i);
        assert_int_equal(ur_labelled_held(set, i), ur_labelled_held(set, i + 1000));
        assert_int_equal(ur_labelled_held(set, i), ur_labelled_held(turned, 1999 - i));
    }
    assert_in_range(held, 150, 250);
    assert_true(ur_labelled_hash(set) != ur_labelled_hash(turned));
    ur_labelled_close(set);
    ur_labelled_close(turned);
    options = (ur_labelled_options){.val_fraction = 1};
    check_refused(temp, temp->path, &options, UR_ERR_USAGE,
                  "*a validation share of 1; it must be at least 0 and below 1");
    options = (ur_labelled_options){.val_fraction = 1e-9};
    check_refused(temp, temp->path, &options, UR_ERR_DATA,
                  "z2.tsv: none of the 2000 examples fall into the validation share, but training and validation both "
                  "need some; give validation data (`val`) or another `val-fraction`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_looking),
        cmocka_unit_test(many_values),
        cmocka_unit_test(order_of_labels),
        cmocka_unit_test(columns_by_option),
        cmocka_unit_test(quotes),
        cmocka_unit_test(quotes_that_are_none),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(labels_of_a_training),
        cmocka_unit_test(several_tables),
        cmocka_unit_test(split),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
