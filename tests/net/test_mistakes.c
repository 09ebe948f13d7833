/* The message of every mistake in a network line, with its column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_text.h"

static void refuse(const char *text, ur_status status, const char *message)
{
    ur_net_spec spec;
    ur_error error = {0};
    memset(&spec, 0x5A, sizeof spec);
    if (ur_net_parse(text, &spec, &error) != status) fail_msg("%s: not refused as it should be", text);
    assert_int_equal(error.status, status);
    assert_string_equal(error.text, message);
    assert_int_equal(ur_net_parse(text, &spec, NULL), status);
    for (size_t i = 0; i < sizeof spec; i++) assert_int_equal(((unsigned char *)&spec)[i], 0x5A);
}

static void wrong(const char *text, int column, const char *message)
{
    char whole[512];
    snprintf(whole, sizeof whole, "network line, column %d: %s", column, message);
    refuse(text, UR_ERR_FORMAT, whole);
}

static void unknown(const char *text, int column, const char *word, const char *nearest)
{
    char message[400];
    unknown_layer(message, word, nearest);
    wrong(text, column, message);
}

static void test_wrong_grammar(void **state)
{
    (void)state;
    wrong("", 1, "expected a layer such as \"onehot > rnn 100 > dense\", found the end of the line");
    wrong("onehot > > dense", 10, "expected a layer, found \">\"");
    wrong("lstm 5;", 8, "expected a layer, found the end of the line");
    wrong("a:", 3, "expected a layer, found the end of the line");
    wrong("lstm 5 : x", 8, "expected an option, \">\" or \";\", found \":\"");
    wrong("lstm 5 drop 0.4", 13, "expected \"=\" after \"drop\", as in \"drop=0.4\", found \"0.4\"");
    wrong("lstm 5 from >", 13, "expected the name of an earlier line after \"from\", found \">\"");
    wrong("norm 3 stride= > dense", 16, "expected a value after \"=\", found \">\"");
    wrong("onehot lstm 5", 8, "\"lstm\" is a layer of its own; expected \">\" before it");
}

static void test_wrong_characters(void **state)
{
    (void)state;
    const char *joined = "unexpected character \"→\"; layers are joined with \">\" and lines with \";\"";
    wrong("onehot → lstm 5", 8, joined);
    wrong("lstm 5,6", 7, "unexpected character \",\"; layers are joined with \">\" and lines with \";\"");
    wrong("lstm \xff", 6, "byte 0xFF, which is not UTF-8");
    wrong("lstm \xe2\x86", 6, "byte 0xE2, which is not UTF-8");
}

static void test_wrong_numbers(void **state)
{
    (void)state;
    const char *not_number = "\"512x2\" is not a number; numbers are plain decimals such as 128 or 0.4";
    wrong("lstm 512x2", 6, not_number);
    wrong("lstm 5 drop=-0.1", 13, "\"-0.1\" is not a number; numbers are plain decimals such as 128 or 0.4");
    wrong("lstm 0", 6, "expected a whole number from 1 to 1048576, found \"0\"");
    wrong("lstm 1.5", 6, "expected a whole number from 1 to 1048576, found \"1.5\"");
    wrong("embed 1048577", 7, "expected a whole number from 1 to 1048576, found \"1048577\"");
    wrong("onehot 99999999999999999999999999", 8,
          "expected a whole number from 1 to 1048576, found \"99999999999999999999999999\"");
    wrong("lstm 5 drop=1", 13, "expected a probability from 0 to below 1 with at most 15 decimals, found \"1\"");
    wrong("dropout 0.1234567890123456", 9,
          "expected a probability from 0 to below 1 with at most 15 decimals, found \"0.1234567890123456\"");
    wrong("lstm 5 drop=x", 13, "expected a probability from 0 to below 1 with at most 15 decimals, found \"x\"");
    wrong("lstm 5 x0", 8, "expected a repetition from x1 to x64, found \"x0\"");
    wrong("lstm 5 x65", 8, "expected a repetition from x1 to x64, found \"x65\"");
    wrong("lstm 5 x 65", 10, "expected a whole number from 1 to 64, found \"65\"");
}

static void test_wrong_number_of_numbers(void **state)
{
    (void)state;
    wrong("onehot > lstm > dense", 15, "expected a width after \"lstm\", found \">\"; for example \"lstm 128\"");
    wrong("embed", 6, "expected a width after \"embed\", found the end of the line; for example \"embed 64\"");
    wrong("dropout same; lstm 5", 13,
          "expected a probability after \"dropout\", found \";\"; for example \"dropout 0.5\"");
    wrong("lstm 5 6", 8, "\"lstm\" takes one number, so \"6\" is one too many");
    wrong("embed 5 6 7", 11, "\"embed\" takes two numbers, so \"7\" is one too many");
    wrong("last 5", 6, "\"last\" takes no number, so \"5\" is one too many");
}

static void test_unknown_words_name_the_nearest(void **state)
{
    (void)state;
    unknown("onehot > lstn 5", 10, "lstn", "lstm");
    unknown("atention", 1, "atention", "attend");
    wrong(
        "lstm 5 nobais", 8,
        "unknown option \"nobais\"; the nearest known one is \"nobias\" (\"lstm\" takes bi, nobias, drop=P, same, from "
        "NAME, xN)");
    unknown("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee", 1, "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd...", "embed");
}

static void test_options_of_the_wrong_layer(void **state)
{
    (void)state;
    wrong("gru 5 relu", 7, "\"gru\" does not take \"relu\"; it takes bi, nobias, drop=P, same, from NAME, xN");
    wrong("dense 5 drop=0.5", 9, "\"dense\" does not take \"drop\"; it takes relu, sigmoid, tanh, nobias, tied, xN");
    wrong("last x2", 6, "\"last\" does not take \"x2\"; it takes no option");
    wrong("dense bi", 7, "\"dense\" does not take \"bi\"; it takes relu, sigmoid, tanh, nobias, tied, xN");
    wrong("rnn 5 relu tanh", 12, "\"tanh\", but \"rnn\" has such an option already; leave one of them out");
    wrong("rnn 5 x2 x2", 10, "\"x2\", but \"rnn\" has such an option already; leave one of them out");
    wrong("lstm 5 same drop=0", 8,
          "\"same\" says how \"drop=\" chooses its mask; give \"lstm\" a drop above 0, as in \"drop=0.4 same\"");
}

static void test_wrong_filters(void **state)
{
    (void)state;
    wrong("conv 5x5 > dense", 10,
          "expected a number of filters after \"conv\", found \">\"; for example \"conv 16 5x5\"");
    wrong("conv 16 > dense", 9,
          "expected the rows and columns of a filter after \"conv\", found \">\"; for example \"conv 16 5x5\"");
    wrong("conv 16 65x5", 9, "expected a filter from 1x1 to 64x64, found \"65x5\"");
    wrong("conv 16 5x0", 9, "expected a filter from 1x1 to 64x64, found \"5x0\"");
    wrong("conv 16 5x5 3x3", 13, "\"3x3\", but \"conv\" has such an option already; leave one of them out");
    wrong("conv 16 5x5x5", 9, "\"5x5x5\" is not a number; numbers are plain decimals such as 128 or 0.4");
    wrong("conv 16 5x5 bi", 13, "\"conv\" does not take \"bi\"; it takes HxW, relu, sigmoid, tanh, nobias, xN");
    wrong("dropout 0.5 5x5", 13, "\"5x5\" is not a number; numbers are plain decimals such as 128 or 0.4");
    wrong("lstm 5 drop=5x5", 13, "expected a probability from 0 to below 1 with at most 15 decimals, found \"5x5\"");
    wrong("pool", 5, "expected the side of a square after \"pool\", found the end of the line; for example \"pool 2\"");
    wrong("pool 2 x2", 8, "\"pool\" does not take \"x2\"; it takes no option");
    wrong("places 2", 8, "\"places\" takes no number, so \"2\" is one too many");
}

static void test_wrong_order(void **state)
{
    (void)state;
    wrong("lstm 5 > embed 4", 10, "\"embed\" reads ids and can only begin a line; move it to the front");
    wrong("onehot > onehot", 10, "\"onehot\" reads ids and can only begin a line; move it to the front");
    wrong("lstm 5 > last > gru 5", 17,
          "\"gru\" needs steps, and \"last\" before it has left only one; move \"last\" after it");
    wrong("lstm 5 > last > dense > last", 25,
          "\"last\" needs steps, and \"last\" before it has left only one; move \"last\" after it");
    canonical("lstm 5 > last", "lstm 5 > last");
}

static void test_wrong_names(void **state)
{
    (void)state;
    wrong("a: lstm 5; a: lstm 5", 12, "an earlier line has the name \"a\" already; choose another");
    wrong("lstm 5; b: gru 5; lstm 5", 19, "a second line without a name; begin it with one, such as \"decoder: \"");
    wrong("lstm: lstm 5", 1, "\"lstm\" is a word of the network line and cannot name one; choose another name");
    wrong("bi: lstm 5", 1, "\"bi\" is a word of the network line and cannot name one; choose another name");
    wrong("x2: lstm 5", 1, "\"x2\" is a word of the network line and cannot name one; choose another name");
    wrong("abcdefghijklmnopqrstuvwxyz123456: lstm 5", 1,
          "the name \"abcdefghijklmnopqrstuvwxyz123456\" is longer than 31 characters");
    wrong("lstm 5 from abcdefghijklmnopqrstuvwxyz123456", 13,
          "no line has a name as long as \"abcdefghijklmnopqrstuvwxyz123456\"");
    canonical("abcdefghijklmnopqrstuvwxyz12345: lstm 5", "abcdefghijklmnopqrstuvwxyz12345: lstm 5");
}

static void test_wrong_from(void **state)
{
    (void)state;
    wrong("a: lstm 5 from a", 4, "\"from a\" needs an earlier line of that name; begin one with \"a: \"");
    wrong("a: lstm 5; gru 5 from a", 12,
          "\"gru 5 from a\" would get the state of \"lstm 5\"; make the two cells alike");
    wrong(
        "a: lstm 5 x2; lstm 5 from a", 15,
        "line \"a\" has more recurrent layers than the 1 that take their state \"from a\"; the two lines must have as "
        "many");
    wrong(
        "a: lstm 5; lstm 5 from a > gru 4", 28,
        "\"gru 4\" needs \"from a\" too: all recurrent layers of a line take their state from one line, or none does");
    wrong(
        "a: lstm 5; b: gru 4; lstm 5 from a > gru 4 from b", 38,
        "\"gru 4\" needs \"from a\" too: all recurrent layers of a line take their state from one line, or none does");
    wrong(
        "a: lstm 5; lstm 5 x2 from a", 12,
        "line \"a\" has 1 recurrent layers, and \"from a\" stands on one more; leave it out here or add a layer there");
}

static void test_wrong_tied(void **state)
{
    (void)state;
    wrong("onehot > lstm 5 > dense tied", 19, "\"tied\" shares the weights of an \"embed\", and this line has none");
    wrong("embed 5 > lstm 6 > last > dropout 0.5 > dense tied", 41,
          "\"tied\" needs the layer before \"dense\" as wide as the \"embed\", 5, and it is 6 wide");
    wrong("embed 5 > dense > dense tied", 19,
          "\"tied\" needs the width of the layer before \"dense\"; give it the \"embed\"'s, 5");
    wrong("embed 7 5 > dense 8 tied", 13,
          "\"tied\" gives one number for each of the 7 symbols of the \"embed\", not 8; leave the width out");
    canonical("embed 7 5 > lstm 6 > lstm 5 > dropout 0.1 > dense 7 tied",
              "embed 7 5 > lstm 6 > lstm 5 > dropout 0.1 > dense 7 tied");
}

static void test_limits(void **state)
{
    (void)state;
    char text[UR_LINE_TEXT_MAX + 8];
    wrong("lstm 5 x40 > lstm 6 x25", 14, "more than 64 layers, repetitions counted");
    wrong("a:last;b:last;c:last;d:last;e:last;f:last;g:last;h:last;last", 57, "more than 8 lines");
    memset(text, ' ', sizeof text);
    memcpy(text, "last", 4);
    text[UR_LINE_TEXT_MAX - 1] = 0;
    canonical(text, "last");
    text[UR_LINE_TEXT_MAX - 1] = ' ';
    text[UR_LINE_TEXT_MAX] = 0;
    wrong(text, 2048, "it is longer than 2047 bytes");
}

/* Every accepted text has a canonical form that fits, even if the canonical form is the longer one. */
static void test_canonical_text_too_long(void **state)
{
    (void)state;
    char text[UR_LINE_TEXT_MAX] = "g:", layer[64];
    for (int i = 0; i < 64; i++) {
        snprintf(layer, sizeof layer, "%slstm %d nobias drop=.12345678901%04d", i ? ">" : "", 5 + i % 2, i + 1);
        if (strlen(text) + strlen(layer) < sizeof text) strcat(text, layer);
    }
    assert_true(strlen(text) > 2000);
    wrong(text, 2048, "its form with a blank between all words is longer than 2047 bytes");
}

static void not_built(const char *text, int column, const char *word)
{
    char message[128];
    snprintf(message, sizeof message, "network line, column %d: \"%s\" is not built yet", column, word);
    refuse(text, UR_ERR_UNSUPPORTED, message);
}

static void test_joins_that_cannot_be(void **state)
{
    (void)state;
    wrong("embed 4 > join", 15, "expected the name of an earlier line after \"join\", found the end of the line");
    wrong("embed 4 > join a", 11, "\"join a\" needs an earlier line of that name; begin one with \"a: \"");
    wrong("a: join a", 4, "\"join a\" needs an earlier line of that name; begin one with \"a: \"");
    wrong("a: lstm 3; embed 4 > join a 3", 29, "\"join\" takes no number, so \"3\" is one too many");
    wrong("a: lstm 3; b: lstm 3 bi from a", 15,
          "\"bi\" begins both directions from zero; leave out \"from a\" or \"bi\"");
}

static void test_what_cannot_attend(void **state)
{
    (void)state;
    wrong("a: lstm 3; lstm 3 > attend", 27,
          "expected the name of an earlier line after \"attend\", found the end of the line");
    wrong("lstm 3 > attend a", 10, "\"attend a\" needs an earlier line of that name; begin one with \"a: \"");
    wrong("a: lstm 3; attend a", 12, "\"attend\" must come after a layer; begin the line with another");
    wrong("a: lstm 3; lstm 3 > attend a > attend a", 32, "a second \"attend\" in a line; give it a line of its own");
    wrong("a: lstm 3; lstm 3 > attend a dot general", 34,
          "\"general\", but \"attend\" has such an option already; leave one of them out");
    wrong("a: lstm 3; dense 3 > attend a 4 feed", 22,
          "\"feed\" enters the line's first recurrent layer, and there is none before \"attend\"");
    wrong("a: lstm 3; lstm 3 > attend a feed", 21, "\"feed\" needs the width; write it, as in \"attend a 128 feed\"");
    wrong("a: lstm 3; lstm 3 bi > attend a 4 feed", 12,
          "\"bi\" needs the whole sequence, and \"feed\" goes step by step; leave one of them out");
    wrong("a: lstm 3; lstm 3 > join a > attend a 4 feed", 21,
          "\"feed\" goes step by step from \"lstm 3\" on; \"join\" cannot stand between");
}

static void test_tables_that_cannot_be(void **state)
{
    (void)state;
    wrong("embed like a > lstm 3", 1, "\"like a\" needs an earlier line of that name; begin one with \"a: \"");
    wrong("a: lstm 3; embed like a", 12,
          "\"like a\" shares the table of an \"embed\", and that line does not begin with one");
    wrong("a: embed 3; embed 4 like a", 13, "\"like a\" is a table with its sizes; leave the numbers out");
    wrong("a: embed 3; embed like", 23,
          "expected the name of an earlier line after \"like\", found the end of the line");
    wrong("a: embed 3; embed like a > lstm 4 > dense tied", 37,
          "\"tied\" needs the layer before \"dense\" as wide as the \"embed\", 3, and it is 4 wide");
    wrong("onehot like a", 8, "\"onehot\" does not take \"like\"; it takes no option");
}

static void test_a_layer_that_ends_a_line(void **state)
{
    (void)state;
    wrong("embed 4 > dense 5 > crf > dense", 21,
          "\"crf\" ends a line; move it to the end, or put what follows it before it");
    wrong("embed 4 > last > dense 5 > crf", 28,
          "\"crf\" needs steps, and \"last\" before it has left only one; move \"last\" after it");
    wrong("embed 4 > dense 5 > crf 5", 25, "\"crf\" takes no number, so \"5\" is one too many");
    wrong("lstm 4 > dense 5 > ctc > last", 20,
          "\"ctc\" ends a line; move it to the end, or put what follows it before it");
    wrong("lstm 4 > last > dense 5 > ctc", 27,
          "\"ctc\" needs steps, and \"last\" before it has left only one; move \"last\" after it");
}

static void test_known_but_not_built(void **state)
{
    (void)state;
    static const char *const words[] = {"norm"};
    not_built("chars: embed 30 > lstm 50 bi > last; embed 100 > join chars > lstm 200 bi > dense > norm", 85, "norm");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char line[64];
        snprintf(line, sizeof line, "embed 4 > %s 3 some pad=same step=2 x2 > dense", words[i]);
        not_built(line, 11, words[i]);
    }
    /* A mistake is reported before anything that is missing. */
    wrong("embed 4 > lstm 3 bi > dense 3 4", 31, "\"dense\" takes one number, so \"4\" is one too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_grammar),
        cmocka_unit_test(test_wrong_characters),
        cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_wrong_number_of_numbers),
        cmocka_unit_test(test_unknown_words_name_the_nearest),
        cmocka_unit_test(test_options_of_the_wrong_layer),
        cmocka_unit_test(test_wrong_filters),
        cmocka_unit_test(test_wrong_order),
        cmocka_unit_test(test_wrong_names),
        cmocka_unit_test(test_wrong_from),
        cmocka_unit_test(test_wrong_tied),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_canonical_text_too_long),
        cmocka_unit_test(test_joins_that_cannot_be),
        cmocka_unit_test(test_tables_that_cannot_be),
        cmocka_unit_test(test_a_layer_that_ends_a_line),
        cmocka_unit_test(test_what_cannot_attend),
        cmocka_unit_test(test_known_but_not_built),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
