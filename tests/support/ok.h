/* For calls that must succeed. Otherwise the test fails with the error's message. Include cmocka.h first. */
#ifndef UR_TEST_OK_H
#define UR_TEST_OK_H

#include "unroll.h"

static inline void ok(ur_status status, const ur_error *error)
{
    if (status != UR_OK) fail_msg("%s", error->text);
}

#endif
