/* The network line: what each line means and its canonical text. (Its mistakes: tests/net/test_mistakes.c.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/words.h"
#include "net_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_min_char_rnn(void **state)
{
    (void)state;
    ur_net_spec spec = parse("onehot > rnn 100 > dense");
    assert_int_equal(spec.line_count, 1);
    assert_string_equal(spec.lines[0].name, "");
    assert_int_equal(spec.lines[0].first, 0);
    assert_int_equal(spec.lines[0].count, 3);
    assert_int_equal(spec.layer_count, 3);
    const ur_layer_spec *layer = spec.layers;
    assert_ptr_equal(layer[0].kind, &ur_layer_onehot);
    assert_int_equal(layer[0].inputs, 0);
    assert_int_equal(layer[0].column, 1);
    assert_ptr_equal(layer[1].kind, &ur_layer_recurrent);
    assert_string_equal(layer[1].cell, "rnn");
    assert_int_equal(layer[1].width, 100);
    assert_int_equal(layer[1].activation, UR_TANH);
    assert_int_equal(layer[1].column, 10);
    assert_false(layer[1].nobias || layer[1].same || layer[1].tied || layer[1].from[0] || layer[1].drop > 0);
    assert_ptr_equal(layer[2].kind, &ur_layer_dense);
    assert_int_equal(layer[2].width, 0);
    assert_int_equal(layer[2].activation, UR_LINEAR);
    assert_int_equal(layer[2].column, 20);
}

static void test_repetition_is_multiplied_out(void **state)
{
    (void)state;
    ur_net_spec spec = parse("embed 64 > lstm 512 x2 drop=0.4 > dense");
    assert_int_equal(spec.layer_count, 4);
    assert_int_equal(spec.lines[0].count, 4);
    assert_int_equal(spec.layers[0].width, 64);
    assert_int_equal(spec.layers[0].inputs, 0);
    for (size_t i = 1; i < 3; i++) {
        assert_string_equal(spec.layers[i].cell, "lstm");
        assert_int_equal(spec.layers[i].width, 512);
        assert_true(spec.layers[i].drop >= 0.4 && spec.layers[i].drop <= 0.4);
        assert_int_equal(spec.layers[i].column, 12);
    }
    assert_int_equal(parse("rnn 1 x64").layer_count, 64);
    assert_int_equal(parse("rnn 1 x 3").layer_count, 3);
}

static void test_numbers_and_options(void **state)
{
    (void)state;
    ur_net_spec spec = parse("embed 50 64 > rnn nobias 8 sigmoid > dropout 0.5 same > last > dense 50 relu nobias");
    const ur_layer_spec *layer = spec.layers;
    assert_int_equal(layer[0].inputs, 50);
    assert_int_equal(layer[0].width, 64);
    assert_int_equal(layer[1].activation, UR_SIGMOID);
    assert_true(layer[1].nobias);
    assert_ptr_equal(layer[2].kind, &ur_layer_dropout);
    assert_true(layer[2].drop >= 0.5 && layer[2].drop <= 0.5 && layer[2].same);
    assert_ptr_equal(layer[3].kind, &ur_layer_last);
    assert_int_equal(layer[4].width, 50);
    assert_int_equal(layer[4].activation, UR_RELU);
    assert_true(layer[4].nobias && !layer[4].tied);
    assert_int_equal(parse("onehot 4 > lstm 3").layers[0].inputs, 4);
    assert_true(parse("embed 3 > gru 3 > dense tied").layers[2].tied);
    assert_int_equal(parse("rnn 1048576").layers[0].width, 1048576);
    assert_true(parse("lstm 3 drop=0.1 same").layers[0].same);
    assert_true(parse("embed 3 fixed > gru 3").layers[0].fixed && !parse("embed 3 > gru 3").layers[0].fixed);
    assert_int_equal(parse("lstm 3").layers[0].activation, UR_LINEAR);
}

static void test_names_and_from(void **state)
{
    (void)state;
    ur_net_spec spec =
        parse("a: embed 3 > lstm 4 > gru 5; b_2: lstm 4 from a > dense 2 > gru 5 from a > dense; lstm 9");
    assert_int_equal(spec.line_count, 3);
    assert_string_equal(spec.lines[0].name, "a");
    assert_string_equal(spec.lines[1].name, "b_2");
    assert_string_equal(spec.lines[2].name, "");
    assert_int_equal(spec.lines[1].first, 3);
    assert_int_equal(spec.lines[1].count, 4);
    assert_string_equal(spec.layers[3].from, "a");
    assert_string_equal(spec.layers[4].from, "");
    assert_string_equal(spec.layers[5].from, "a");
    assert_int_equal(spec.layers[6].column, 76);
}

static void test_every_cell_is_known(void **state)
{
    (void)state;
    static const char *const cells[] = {
#define UR_CELL(identifier, name) name,
#include "cell/cell.inc"
#undef UR_CELL
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char line[64];
        snprintf(line, sizeof line, "onehot > %s 7 x2 nobias drop=0.5 same > dense", cells[i]);
        assert_string_equal(parse(line).layers[2].cell, cells[i]);
        canonical(line, line);
    }
}

static void test_canonical_text_of_the_examples(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "onehot > rnn 100 > dense",
        "embed 64 > lstm 512 x2 drop=0.4 > dense",
        "embed 100 > lstm 128 > last > dense 1 sigmoid",
        "encoder: embed 32 > lstm 64; decoder: embed 32 > lstm 64 from encoder > dense",
        "onehot 4 > rnn 3 x3 relu nobias drop=0.125 same > dropout 0 x2 same > last > dense 3 x2 tanh nobias",
        "embed 9 8 > gru-before 8 > dense tied",
        "a: embed 9 fixed > last; embed fixed like a > join a > dense",
        "chars: embed 30 > lstm 50 bi > last; embed 100 > join chars > lstm 200 x2 bi nobias drop=0.3 > mean > dense",
        "encoder: embed 256 > lstm 256 bi; decoder: embed like encoder > lstm 512 from encoder > max > dense",
        "a: gru 3; join a > join a > dense x2",
        "embed 4 > lstm 5 bi > dense > crf",
        "lstm 128 x2 bi > dense > ctc",
        "conv 16 5x5 relu > pool 2 > conv 32 3x1 x2 tanh nobias > pool 2 > lstm 128 bi > dense",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) canonical(lines[i], lines[i]);
}

static void test_canonical_text(void **state)
{
    (void)state;
    canonical("onehot>rnn 0100 tanh>dense", "onehot > rnn 100 > dense");
    canonical(" a :lstm 3\n;\tlstm 3 from a ", "a: lstm 3; lstm 3 from a");
    canonical("lstm 5 > lstm 5 > lstm 6 > lstm 5 x2", "lstm 5 x2 > lstm 6 > lstm 5 x2");
    canonical("lstm 5 drop=0.4 > lstm 5", "lstm 5 drop=0.4 > lstm 5");
    canonical("lstm 5 drop=0.400 > lstm 5 drop=.4", "lstm 5 x2 drop=0.4");
    canonical("lstm x1 5 drop=0.0", "lstm 5");
    canonical("dense > dense", "dense x2");
    canonical("conv relu 05x03 4 > conv 4 5x3 relu>pool 02", "conv 4 5x3 x2 relu > pool 2");
    canonical("conv 4 5x3 > conv 4 3x5 > pool 2 > pool 2", "conv 4 5x3 > conv 4 3x5 > pool 2 > pool 2");
    canonical("a: lstm 5; b: lstm 5", "a: lstm 5; b: lstm 5");
    canonical("dropout 0.000000000000001", "dropout 0.000000000000001");
    canonical("dropout 0.999999999999999", "dropout 0.999999999999999");
    canonical("dropout 00.10", "dropout 0.1");
}

static void test_every_probability_reads_back(void **state)
{
    (void)state;
    for (int n = 0; n < 1000; n++) {
        char line[64], expected[64];
        snprintf(line, sizeof line, "dropout 0.%03d", n);
        snprintf(expected, sizeof expected, "%s", line);
        if (n == 0) strcpy(expected, "dropout 0");
        for (size_t end = strlen(expected); n && expected[end - 1] == '0'; end--) expected[end - 1] = 0;
        canonical(line, expected);
        double p = strtod(line + 8, NULL), got = parse(line).layers[0].drop;
        assert_memory_equal(&p, &got, sizeof p);
    }
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(ur_word_distance("kitten", 6, "sitting", 7), 3);
    assert_int_equal(ur_word_distance("", 0, "abc", 3), 3);
    assert_int_equal(ur_word_distance("lstm", 4, "lstm", 4), 0);
    assert_int_equal(ur_word_distance("flaw", 4, "lawn", 4), 2);
}

static void refuse_format(const ur_net_spec *spec, size_t size, const char *message)
{
    char text[UR_LINE_TEXT_MAX];
    ur_error error = {0};
    assert_int_equal(ur_net_format(spec, text, size, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, message);
}

static void test_format_that_does_not_fit(void **state)
{
    (void)state;
    ur_net_spec spec = parse("onehot > rnn 100 > dense");
    char text[32];
    size_t need = strlen("onehot > rnn 100 > dense") + 1;
    text[need] = 'Z';
    assert_int_equal(ur_net_format(&spec, text, need, NULL), UR_OK);
    assert_int_equal(text[need], 'Z');
    for (size_t size = 0; size < need; size++) {
        text[size] = 'Z';
        assert_int_equal(ur_net_format(&spec, text, size, NULL), UR_ERR_USAGE);
        assert_int_equal(text[size], 'Z');
    }
    refuse_format(&spec, 24, "network line: the text does not fit into 24 bytes");
}

static void test_format_refuses_what_no_line_says(void **state)
{
    (void)state;
    const char *setting = "these layers cannot be written as a network line: a layer has a setting that its kind does "
                          "not take, or a drop of too many decimals";
    ur_net_spec good = parse("a: embed 3 > lstm 5 > dense"), bad = good;
    bad.layers[1].activation = UR_RELU;
    refuse_format(&bad, UR_LINE_TEXT_MAX,
                  "these layers cannot be written as a network line: network line, column 21: \"lstm\" does not take "
                  "\"relu\"; it "
                  "takes bi, nobias, drop=P, same, from NAME, xN");
    bad = good, bad.layers[1].activation = UR_TANH;
    refuse_format(&bad, UR_LINE_TEXT_MAX,
                  "these layers cannot be written as a network line: network line, column 21: \"lstm\" does not take "
                  "\"tanh\"; it "
                  "takes bi, nobias, drop=P, same, from NAME, xN");
    bad = good, bad.layers[1].drop = 1.0 / 3;
    refuse_format(&bad, UR_LINE_TEXT_MAX, setting);
    bad = good, bad.layers[1].drop = NAN;
    refuse_format(&bad, UR_LINE_TEXT_MAX, setting);
    bad = good, bad.layers[1].drop = -1;
    refuse_format(&bad, UR_LINE_TEXT_MAX, setting);
    bad = good, bad.layers[2].width = UR_WIDTH_MAX + 1;
    refuse_format(&bad, UR_LINE_TEXT_MAX,
                  "these layers cannot be written as a network line: network line, column 29: expected a whole number "
                  "from 1 to 1048576, found \"1048577\"");
    char unknown[400], message[512];
    bad = good, strcpy(bad.layers[1].cell, "gro");
    unknown_layer(unknown, "gro", "gru");
    snprintf(message, sizeof message, "these layers cannot be written as a network line: network line, column 14: %s",
             unknown);
    refuse_format(&bad, UR_LINE_TEXT_MAX, message);
}

static void test_format_refuses_broken_specs(void **state)
{
    (void)state;
    const char *range = "network line: the counts, kinds or names of its layers are out of range";
    ur_net_spec good = parse("a: embed 3 > lstm 5 > dense"), bad = {0};
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, bad.layer_count = UR_LAYERS_MAX + 1;
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, bad.line_count = UR_LINES_MAX + 1;
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, bad.lines[0].count = 4;
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, bad.lines[0].first = 1;
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, memset(bad.lines[0].name, 'a', UR_NAME_MAX);
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
    bad = good, memset(bad.layers[1].cell, 'a', UR_NAME_MAX);
    refuse_format(&bad, UR_LINE_TEXT_MAX, range);
}

static void test_no_text(void **state)
{
    (void)state;
    ur_net_spec spec;
    assert_int_equal(ur_net_parse(NULL, &spec, NULL), UR_ERR_USAGE);
    assert_int_equal(ur_net_parse("last", NULL, NULL), UR_ERR_USAGE);
    assert_int_equal(ur_net_format(NULL, (char[8]){0}, 8, NULL), UR_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_min_char_rnn),
        cmocka_unit_test(test_repetition_is_multiplied_out),
        cmocka_unit_test(test_numbers_and_options),
        cmocka_unit_test(test_names_and_from),
        cmocka_unit_test(test_every_cell_is_known),
        cmocka_unit_test(test_canonical_text_of_the_examples),
        cmocka_unit_test(test_canonical_text),
        cmocka_unit_test(test_every_probability_reads_back),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_format_that_does_not_fit),
        cmocka_unit_test(test_format_refuses_what_no_line_says),
        cmocka_unit_test(test_format_refuses_broken_specs),
        cmocka_unit_test(test_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
