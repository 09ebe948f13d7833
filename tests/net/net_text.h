/* Network lines for tests: the meaning of a line, and its canonical text. Include after cmocka.h. */
#ifndef UR_TEST_NET_TEXT_H
#define UR_TEST_NET_TEXT_H

#include "net/line.h"

static inline ur_net_spec parse(const char *text)
{
    ur_net_spec spec;
    ur_error error = {0};
    if (ur_net_parse(text, &spec, &error) != UR_OK) fail_msg("%s: %s", text, error.text);
    return spec;
}

static inline void canonical(const char *text, const char *expected)
{
    ur_net_spec spec = parse(text);
    char out[UR_LINE_TEXT_MAX];
    ur_error error = {0};
    if (ur_net_format(&spec, out, sizeof out, &error) != UR_OK) fail_msg("%s: %s", text, error.text);
    assert_string_equal(out, expected);
}

#endif
