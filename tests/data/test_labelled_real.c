/*
 * The real data sets, if UNROLL_DATA names their folder: what is found in them, as its README says, and counts made
 * with other programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "labelled_open.h"

#include "base/file.h"
#include "data/gunzip.h"

typedef struct sought {
    const char *paths[2];
    ur_labelled_options options;
    const char *found;
    size_t labels, count[18]; /* examples of each label */
    size_t held, held_most;
} sought;

static const sought SETS[] = {
    {{"sentiment/nsmc-binary/dev.tsv"},
     {0},
     "TSV with a header; text in column document, label in column label; quotes are taken as text; 5000 examples, 2 "
     "labels",
     2,
     {2500, 2500},
     0,
     0},
    {{"sentiment/nsmc-binary/train.tsv.gz"},
     {0},
     "TSV with a header; text in column document, label in column label; quotes are taken as text; 80000 examples, 2 "
     "labels",
     2,
     {40000, 40000},
     0,
     0},
    {{"sentiment/nsmc-5class/dev.tsv"},
     {0},
     "TSV with a header; text in column document, label in column label; quotes are taken as text; 3000 examples, 5 "
     "labels",
     5,
     {600, 600, 600, 600, 600},
     0,
     0},
    {{"sentiment/sst/stsa.fine.train"},
     {0},
     "lines, a label and a text in each; 8544 examples, 5 labels",
     5,
     {1092, 2218, 1624, 2322, 1288},
     0,
     0},
    {{"sentiment/sst/stsa.binary.dev"},
     {0},
     "lines, a label and a text in each; 872 examples, 2 labels",
     2,
     {428, 444},
     0,
     0},
    {{"sentiment/sst/trees.train.txt"},
     {0},
     "trees, a sentence an example; 8544 examples, 5 labels",
     5,
     {1092, 2218, 1624, 2322, 1288},
     0,
     0},
    {{"sentiment/sst/trees.train.txt"},
     {.phrases = true},
     "trees, each different phrase an example; 159274 examples, 5 labels",
     5,
     {7233, 27711, 81658, 33361, 9311},
     0,
     0},
    {{"sentiment/uci-sentences"},
     {0},
     "TSV without a header; text in column 1, label in column 2; quotes are taken as text; 2000 examples, 2 labels",
     2,
     {1000, 1000},
     0,
     0},
    {{"seq2seq/chatbot-ko/ChatbotData.csv"},
     {0},
     "CSV with a header; text in column A, label in column label; 11823 examples, 3 labels",
     3,
     {5290, 3570, 2963},
     0,
     0},
    {{"classify/surnames"},
     {.val_fraction = 0.1},
     "a file for each class, a line an example; left out: LICENSE (about the data); 20050 examples, 18 labels",
     18,
     {2000, 268, 519, 297, 3668, 277, 724, 203, 232, 709, 991, 94, 139, 74, 9384, 100, 298, 73},
     1700,
     2300},
    {{"images/mnist/train-images-idx3-ubyte.gz", "images/mnist/train-labels-idx1-ubyte.gz"},
     {0},
     "pictures of 28 x 28, read by rows; 60000 examples, 10 labels",
     10,
     {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
     0,
     0},
    {{"speech/free-spoken-digits"},
     {.val_match = "*_[5-9].wav"},
     "recordings of 8000 Hz, 40 numbers every 10 ms, class by {label}_*; left out: README.md (about the data); 2700 "
     "examples, 10 labels",
     10,
     {270, 270, 270, 270, 270, 270, 270, 270, 270, 270},
     300,
     300},
};

static void check_counts(const ur_labelled *set, const sought *wanted)
{
    size_t count[18] = {0}, held = 0;
    assert_string_equal(ur_labelled_found(set), wanted->found);
    assert_int_equal(ur_labelled_labels(set), wanted->labels);
    for (size_t i = 0; i < ur_labelled_count(set); i++) {
        count[ur_labelled_label(set, i)]++;
        held += ur_labelled_held(set, i);
    }
    assert_memory_equal(count, wanted->count, sizeof count);
    assert_in_range(held, wanted->held, wanted->held_most);
}

static void check_readable(const ur_labelled *set)
{
    ur_example read = {0};
    ur_error error;
    for (size_t i = 0; i < ur_labelled_count(set); i += 7)
        if (ur_labelled_read(set, i, &read, &error) != UR_OK) fail_msg("%s", error.text);
    ur_example_free(&read);
}

static bool is_packed(const char *path) { return strstr(path, ".gz") != NULL; }

static void found_as_told(void **state)
{
    (void)state;
    const char *folder = getenv("UNROLL_DATA");
    if (!folder) {
        print_message("skipped: UNROLL_DATA does not name the folder of data sets\n");
        skip();
    }
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
        char *paths[2] = {ur_path_join(folder, SETS[i].paths[0]), NULL};
        size_t count = SETS[i].paths[1] ? 2 : 1;
        if (count == 2) paths[1] = ur_path_join(folder, SETS[i].paths[1]);
        if (ur_path_exists(paths[0]) && (ur_gunzip_built() || !is_packed(paths[0]))) {
            ur_labelled *set = open_all((const char *const *)paths, count, &SETS[i].options);
            check_counts(set, &SETS[i]);
            check_readable(set);
            ur_labelled_close(set);
        } else {
            print_message("%s is not there, or cannot be unpacked\n", paths[0]);
        }
        for (size_t path = 0; path < count; path++) free(paths[path]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(found_as_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
