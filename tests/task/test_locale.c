/*
 * In a host program with a decimal comma, a training writes the same bytes and goes on with the same bits, and messages
 * have the same text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"
#include "support/run.h"
#include "unroll_inspect.h"

#include "base/number.h"

#include <locale.h>
#include <math.h>

/*
 * Sets a locale with a decimal comma: one of the machine's, or one made from the C library's sources. Returns false if
 * there is none.
 */
static bool use_comma(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "comma"};
    char command[1024];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/comma >/dev/null 2>&1", place.root);
    if (system(command) != 0) print_message("localedef makes no locale\n");
    setenv("LOCPATH", place.root, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0) return true;
    unsetenv("LOCPATH");
    return false;
}

static void train(const char *text, const char *run, const char *more)
{
    char path[512];
    ur_trainer *trainer;
    ur_error error;
    snprintf(path, sizeof path, "%s/%s", place.root, run);
    ur_settings *settings =
        lm_settings(text, "--net 'onehot > lstm 6 drop=0.25 > dense' --batch 2 --bptt 8 --lr 0.0025 "
                          "--threads 1 --val-fraction 0.2 --eval-every 4 --average 0.5 --no-events");
    set_one(settings, "output", path);
    set_more(settings, "%s", more);
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s", error.text);
    if (train_to_end(trainer, &error) != UR_OK) fail_msg("%s", error.text);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
}

static void check_same(const char *a, const char *b)
{
    char command[1024];
    snprintf(command, sizeof command, "cmp %s/%s %s/%s", place.root, a, place.root, b);
    assert_int_equal(system(command), 0);
}

static void check_texts(void)
{
    char number[UR_NUMBER_MAX], *end;
    double value;
    ur_error error;
    ur_settings *settings;
    ur_model *model;
    ur_write_number(0.0025, number);
    assert_string_equal(number, "0.0025");
    ur_format_number(number, sizeof number, "%a", 1.5);
    assert_string_equal(number, "0x1.8p+0");
    assert_true(ur_parse_number("0x1.8p+0", &end) == 1.5 && !*end);
    assert_true(ur_read_number("1.5", &value) && value == 1.5);
    assert_false(ur_read_number("1,5", &value));
    assert_int_equal(ur_settings_create(&settings, "lm", &error), UR_OK);
    assert_int_equal(ur_settings_set(settings, "val-fraction", "1.5", &error), UR_ERR_USAGE);
    assert_null(strstr(error.text, "0,9"));
    assert_non_null(strstr(error.text, "0.9"));
    ur_settings_free(settings);
    const ur_sizes sizes = {.symbols = 3, .outputs = 3};
    assert_int_equal(ur_model_create(&model, "onehot > gru 3 > dropout 0.5 > dense", &sizes, 1, 0, NULL, &error),
                     UR_OK);
    assert_string_equal(ur_model_net(model), "onehot > gru 3 > dropout 0.5 > dense");
    char *record = ur_model_record(model);
    assert_non_null(strstr(record, "0x"));
    assert_null(strstr(record, "0x1,"));
    assert_null(strstr(record, "0x0,"));
    free(record);
    ur_model_free(model);
    char example[4096];
    ur_recall_show(UR_RECALL_ADDING, 10, 1, 0, example, sizeof example);
    assert_non_null(strstr(example, "0."));
    assert_null(strstr(example, "0,"));
}

static void test_comma(void **state)
{
    (void)state;
    char text[512];
    snprintf(text, sizeof text, "%s", in_scratch(&place, "text"));
    put(text, "the cat sees it, the cat sees the tree, and a dog hears the cat that sees it all day long.\n");
    train(text, "point", "--steps 12");
    train(text, "begun", "--steps 12 --schedule constant");
    if (!use_comma()) {
        print_message("skipped: there is no locale with a decimal comma\n");
        skip();
    }
    check_texts();
    train(text, "comma-run", "--steps 12");
    check_same("point/model.safetensors", "comma-run/model.safetensors");
    check_same("point/last.safetensors", "comma-run/last.safetensors");
    train(text, "begun", "--steps 14 --schedule constant --resume");
    setlocale(LC_ALL, "C");
    train(text, "begun", "--steps 16 --schedule constant --resume");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_comma)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
