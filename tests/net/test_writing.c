/* Network lines written layer by layer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/writing.h"

#include <math.h>
#include <string.h>

static void test_layers_of_one_line(void **state)
{
    (void)state;
    char line[UR_LINE_TEXT_MAX];
    ur_net_writing w = ur_net_begin(line);
    assert_string_equal(line, "");
    ur_net_put(&w, "embed %d", 64);
    ur_net_put_dropout(&w, 0.1, "same");
    ur_net_put_cells(&w, &(ur_net_cells){"lstm", .width = 128, .layers = 2, .drop = 0.25, .more = "bi"});
    ur_net_put_dropout(&w, 0.3, NULL);
    ur_net_put(&w, "dense");
    assert_int_equal(ur_net_end(&w, NULL), UR_OK);
    assert_string_equal(line, "embed 64 > dropout 0.1 same > lstm 128 x2 drop=0.25 bi > dropout 0.3 > dense");
}

static void test_dropout_is_left_out(void **state)
{
    (void)state;
    char line[UR_LINE_TEXT_MAX];
    ur_net_writing w = ur_net_begin(line);
    ur_net_put_dropout(&w, 0, NULL);
    ur_net_put_dropout(&w, (double)NAN, "same");
    ur_net_put_cells(&w, &(ur_net_cells){"gru", .width = 8, .layers = 1, .drop = 0.5});
    ur_net_put_cells(&w, &(ur_net_cells){"rnn", .width = 4, .layers = 3, .drop = (double)NAN});
    ur_net_put_cells(&w, &(ur_net_cells){"lstm", .width = 2});
    assert_string_equal(line, "gru 8 > rnn 4 x3 > lstm 2");
}

static void test_lines(void **state)
{
    (void)state;
    char line[UR_LINE_TEXT_MAX];
    ur_net_spec spec;
    ur_net_writing w = ur_net_begin(line);
    ur_net_put_line(&w, "words");
    ur_net_put(&w, "embed 4");
    ur_net_put(&w, "lstm 8");
    ur_net_put_line(&w, "");
    ur_net_put(&w, "join words > dense");
    assert_string_equal(line, "words: embed 4 > lstm 8; join words > dense");
    assert_int_equal(ur_net_parse(line, &spec, NULL), UR_OK);
    w = ur_net_begin(line);
    ur_net_put_line(&w, "");
    ur_net_put(&w, "rnn 1");
    assert_string_equal(line, "rnn 1");
}

/* A line of UR_LINE_TEXT_MAX − 1 bytes fits, a longer one does not, however it is cut into layers. */
static void test_too_long(void **state)
{
    (void)state;
    char line[UR_LINE_TEXT_MAX], text[UR_LINE_TEXT_MAX + 1];
    ur_error error;
    memset(text, 'a', sizeof text);
    text[UR_LINE_TEXT_MAX - 1] = 0;
    ur_net_writing w = ur_net_begin(line);
    ur_net_put(&w, "%s", text);
    assert_int_equal(ur_net_end(&w, &error), UR_OK);
    assert_string_equal(line, text);
    ur_net_put(&w, "dense");
    ur_net_put_line(&w, "more");
    ur_net_put_dropout(&w, 0.5, NULL);
    assert_int_equal(ur_net_end(&w, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "the network line is longer than 2047 bytes");
    text[UR_LINE_TEXT_MAX - 1] = 'a';
    text[UR_LINE_TEXT_MAX] = 0;
    w = ur_net_begin(line);
    ur_net_put(&w, "%s", text);
    assert_int_equal(ur_net_end(&w, NULL), UR_ERR_USAGE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers_of_one_line),
        cmocka_unit_test(test_dropout_is_left_out),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
