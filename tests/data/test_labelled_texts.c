/* Labelled lines, trees and folders of texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/glob.h"
#include "labelled_open.h"

static const ur_labelled_options FORM_LINES = {.form = "lines"};

static void lines(void **state)
{
    temp_text *temp = *state;
    check_set(temp_string(temp, "a", "4 a stirring film\r\n0 bad , bad\n10\tso so \n"), &FORM_LINES,
              "lines, a label and a text in each; 3 examples, 3 labels", "0 4 10",
              "4:a stirring film|0:bad , bad|10:so so ");
    check_set(temp_string(temp, "b", "pos good film\nneg bad film\npos fine film\nneg no\n"), NULL,
              "lines, a label and a text in each; 4 examples, 2 labels", "neg pos",
              "pos:good film|neg:bad film|pos:fine film|neg:no");
    check_set(temp_string(temp, "c", "__label__a  some text \n__label__b\tother\n"), NULL,
              "lines that begin with __label__; 2 examples, 2 labels", "a b", "a:some text|b:other");
    check_set(temp_string(temp, "table", "text,label\n\"good, not\nbad\",pos\nbad,neg\n"), NULL,
              "CSV with a header; text in column text, label in column label; 2 examples, 2 labels", "neg pos",
              "pos:good, not\nbad|neg:bad");
    check_refused(temp, temp_string(temp, "d", "__label__a x\n__label__b __label__c y\n"), NULL, UR_ERR_DATA,
                  "d: line 2: two labels; an example belongs to one class");
    check_refused(temp, temp_string(temp, "e", "1 one\n2\n"), &FORM_LINES, UR_ERR_DATA,
                  "e: line 2: an example without text; take the line out");
    check_refused(temp, temp_string(temp, "f", "1 one\n text\n"), &FORM_LINES, UR_ERR_DATA, "f: line 2: no label");
    check_refused(temp, temp_string(temp, "g", "no label\nin these\n"), NULL, UR_ERR_DATA,
                  "g: cannot tell which form of labelled examples this is; give `form`, one of tsv, csv, lines, "
                  "fasttext, trees, files, folders, wav, idx");
    check_refused(temp, temp_string(temp, "h", ""), NULL, UR_ERR_DATA, "h: the file is empty");
    const ur_labelled_options options = {.form = "text"};
    check_refused(
        temp, temp->path, &options, UR_ERR_USAGE,
        "*unknown form of data text; the forms are tsv, csv, lines, fasttext, trees, files, folders, wav, idx");
}

static const char TREES[] =
    "(3 (2 It) (4 (3 works) (2 -LRB-)))\n(1 (2 It) (1 (1 bores) (3 works)))\n(1 (2 It) (1 (1 bores) "
    "(3 works)))\n";

static void trees(void **state)
{
    static const ur_labelled_options form = {.form = "trees"};
    temp_text *temp = *state;
    ur_labelled_options options = {.phrases = true};
    check_set(temp_string(temp, "blank", " \n(1 a) \t\r\n\r\r\n(2 b)"), &form,
              "trees, a sentence an example; 2 examples, 2 labels", "1 2", "1:a|2:b");
    const char *path = temp_string(temp, "t", TREES);
    check_set(path, NULL, "trees, a sentence an example; 3 examples, 2 labels", "1 3",
              "3:It works (|1:It bores works|1:It bores works");
    check_set(path, &options, "trees, each different phrase an example; 8 examples, 4 labels", "1 2 3 4",
              "3:It works (|2:It|3:works|2:(|4:works (|1:It bores works|1:bores|1:bores works");
}

/* A node with all words of its sentence, and another label, is a phrase. */
static void trees_of_one_word(void **state)
{
    const char *path = temp_string(*state, "one", "(3 (2 (3 fine)))\n(1 (2 so) (4 good))\n");
    const bool phrase[] = {false, true, false, true, true};
    ur_labelled *set;
    ur_error error;
    assert_int_equal(ur_labelled_open(&set, &path, 1, &(ur_labelled_options){.phrases = true}, &error), UR_OK);
    check_examples(set, "1 2 3 4", "3:fine|2:fine|1:so good|2:so|4:good");
    for (size_t i = 0; i < 5; i++) assert_int_equal(ur_labelled_phrase(set, i), phrase[i]);
    ur_labelled_close(set);
}

/* A sentence that is set apart gives no phrases. A phrase that also occurs elsewhere stays. */
static void trees_split(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "t2", TREES);
    ur_labelled_options options = {.phrases = true, .val_fraction = 0.5};
    ur_error error;
    ur_labelled *set = NULL;
    size_t one_way = 0, other_way = 0;
    for (options.seed = 0; options.seed < 20; options.seed++) {
        if (ur_labelled_open(&set, &path, 1, &options, &error) != UR_OK) continue;
        bool first = ur_labelled_held(set, 0);
        one_way += first;
        other_way += !first;
        check_examples(set, first ? "1 2 3" : "1 2 3 4",
                       first ? "+3:It works (|1:It bores works|2:It|1:bores|3:works|1:bores works"
                             : "3:It works (|2:It|3:works|2:(|4:works (|+1:It bores works|+1:It bores works");
        ur_labelled_close(set);
    }
    assert_true(one_way > 0 && other_way > 0);
}

static void bad_trees(void **state)
{
    temp_text *temp = *state;
    const ur_labelled_options options = {.form = "trees"};
    static const char *const BAD[][2] = {
        {"(3 (2 It)\n", "byte 0 of the line: a bracket that is never closed"},
        {"(3 It)) x\n", "byte 6 of the line: the tree has ended, or has not begun"},
        {"It (3 a)\n", "byte 0 of the line: the tree has ended, or has not begun"},
        {"(3 ( It))\n", "byte 4 of the line: no label"},
        {"(3 )\n", "byte 0 of the line: a node without words"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char text[128], expected[256];
        snprintf(text, sizeof text, "(1 fine)\n%s", BAD[i][0]);
        snprintf(expected, sizeof expected, "bad: line 2: %s", BAD[i][1]);
        check_refused(temp, temp_string(temp, "bad", text), &options, UR_ERR_FORMAT, expected);
    }
    static char deep[20000];
    memset(deep, '(', sizeof deep - 1);
    check_refused(temp, temp_string(temp, "deep", deep), &options, UR_ERR_FORMAT,
                  "deep: line 1: byte 4096 of the line: brackets in brackets, too many of them");
}

static void file_for_each_class(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "n");
    temp_string(temp, "n/Greek.txt", "Alpha\n\nBeta De La\n");
    temp_string(temp, "n/Irish.txt", "O'Neal");
    temp_string(temp, "n/LICENSE", "MIT");
    temp_string(temp, "n/README.txt", "words");
    temp_string(temp, "n/script.py", "no");
    temp_string(temp, "n/.hidden.txt", "no");
    check_set(
        temp_path(temp, "n"), NULL,
        "a file for each class, a line an example; left out: LICENSE (about the data), README.txt (about the data), "
        "script.py (not .txt); 3 examples, 2 labels",
        "Greek Irish", "Greek:Alpha|Greek:Beta De La|Irish:O'Neal");
    temp_string(temp, "n/Welsh.txt", "\n");
    check_refused(temp, temp_path(temp, "n"), NULL, UR_ERR_DATA,
                  "n/Welsh.txt: a class without examples; remove the file");
}

static void folder_for_each_class(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "m");
    temp_folder(temp, "m/pos");
    temp_folder(temp, "m/neg");
    temp_string(temp, "m/pos/1.txt", "\xEF\xBB\xBFgood\nfilm\n\n");
    temp_string(temp, "m/pos/2.txt", "fine");
    temp_string(temp, "m/neg/1.txt", "bad");
    temp_string(temp, "m/neg/notes.md", "x");
    temp_string(temp, "m/list.txt", "pos/1.txt");
    check_set(
        temp_path(temp, "m"), NULL,
        "a file an example, whose folder says its class; left out: list.txt (in no folder), neg/notes.md (not .txt); "
        "3 examples, 2 labels",
        "neg pos", "neg:bad|pos:good\nfilm|pos:fine");
    ur_labelled_options options = {.val_match = "2*"};
    check_set(
        temp_path(temp, "m"), &options,
        "a file an example, whose folder says its class; left out: list.txt (in no folder), neg/notes.md (not .txt); "
        "3 examples, 2 labels",
        "neg pos", "neg:bad|pos:good\nfilm|+pos:fine");
    options.val_match = "*.txt";
    check_refused(temp, temp_path(temp, "m"), &options, UR_ERR_DATA,
                  "m/neg/1.txt: all of the 3 examples match *.txt, but training and validation both need some");
    ur_labelled *set = open_labelled(temp_path(temp, "m"), NULL);
    check_name(temp, set, 2, "m/pos/2.txt");
    ur_labelled_close(set);
    temp_string(temp, "m/pos/3.txt", "a\nb\xFF");
    check_refused(temp, temp_path(temp, "m"), NULL, UR_ERR_FORMAT,
                  "m/pos/3.txt: line 2: byte 2: invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)");
    temp_string(temp, "m/pos/3.txt", " \n");
    check_refused(temp, temp_path(temp, "m"), NULL, UR_ERR_DATA,
                  "m/pos/3.txt: an example without text; remove the file");
}

static void label_in_the_name(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "k");
    temp_string(temp, "k/1_pos_a.txt", "good");
    temp_string(temp, "k/2_neg_b.txt", "bad");
    ur_labelled_options options = {.label_from = "*_{label}_*.txt"};
    check_set(temp_path(temp, "k"), &options, "a file an example, whose name says its class; 2 examples, 2 labels",
              "neg pos", "pos:good|neg:bad");
    options.label_from = "*_{label}.txt_*";
    check_refused(temp, temp_path(temp, "k"), &options, UR_ERR_DATA,
                  "k/1_pos_a.txt: its name does not match the pattern *_{label}.txt_*, which says where the label is");
    options.label_from = "*.txt";
    check_refused(temp, temp_path(temp, "k"), &options, UR_ERR_USAGE, "*the pattern *.txt has no {label}");
    options.label_from = "{label}{label}";
    check_refused(temp, temp_path(temp, "k"), &options, UR_ERR_USAGE, "*the pattern {label}{label} has {label} twice");
    options.label_from = "{name}";
    check_refused(temp, temp_path(temp, "k"), &options, UR_ERR_USAGE,
                  "*the pattern {name} has a brace that is not {label}");
    options.label_from = "{label}[0-9";
    check_refused(temp, temp_path(temp, "k"), &options, UR_ERR_USAGE, "*the pattern {label}[0-9 has a [ without a ]");
}

static void no_data(void **state)
{
    temp_text *temp = *state;
    temp_folder(temp, "z");
    check_refused(temp, temp_path(temp, "z"), NULL, UR_ERR_DATA,
                  "z: no files in this folder (hidden files are ignored)");
    temp_string(temp, "z/README", "x");
    check_refused(temp, temp_path(temp, "z"), NULL, UR_ERR_DATA, "z: no data in it, only files that describe data");
    check_refused(temp, temp_path(temp, "nothing"), NULL, UR_ERR_IO, "nothing: no such file or folder");
    assert_int_equal(mkfifo(temp_path(temp, "pipe"), 0600), 0);
    check_refused(temp, temp->path, NULL, UR_ERR_FORMAT,
                  "pipe: neither a file nor a folder; a pipe is read as - (standard input)");
    check_refused_all(temp, NULL, 0, NULL, UR_ERR_USAGE, "*no text given; name at least one file or folder");
}

static void globs(void **state)
{
    static const struct {
        const char *pattern, *name, *label; /* label NULL: no match */
    } CASES[] = {
        {"{label}_*_*.wav", "7_jackson_32.wav", "7"},
        {"{label}_*", "a_b_c", "a"},
        {"*_{label}", "a_b_c", "b_c"},
        {"*_{label}_*", "a_b_c_d", "b"},
        {"{label}", "", ""},
        {"{label}.wav", "a.wav.wav", "a.wav"},
        {"*_[5-9].{label}", "x_10_7.wav", "wav"},
        {"*_[5-9].{label}", "x_4.wav", NULL},
        {"[!a-c]{label}", "dog", "og"},
        {"[!a-c]{label}", "cat", NULL},
        {"?{label}", "", NULL},
        {"[]x]{label}", "]y", "y"},
        {"[a-]{label}", "-y", "y"},
        {"a*b*c{label}", "abbcbc", "bc"},
        {"{label}a*b", "xxayyb", "xx"},
        {"{label}*z", "abc", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *label = "";
        size_t length = 0;
        bool labelled;
        assert_int_equal(ur_glob_check(CASES[i].pattern, &labelled, NULL), UR_OK);
        assert_true(labelled);
        bool fits = ur_glob(CASES[i].pattern, CASES[i].name, &label, &length);
        if (fits != (CASES[i].label != NULL)) fail_msg("%s %s: %d", CASES[i].pattern, CASES[i].name, fits);
        if (!fits) continue;
        if (length != strlen(CASES[i].label) || memcmp(label, CASES[i].label, length) != 0)
            fail_msg("%s %s: %.*s", CASES[i].pattern, CASES[i].name, (int)length, label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(trees),
        cmocka_unit_test(trees_of_one_word),
        cmocka_unit_test(trees_split),
        cmocka_unit_test(bad_trees),
        cmocka_unit_test(file_for_each_class),
        cmocka_unit_test(folder_for_each_class),
        cmocka_unit_test(label_in_the_name),
        cmocka_unit_test(no_data),
        cmocka_unit_test(globs),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
