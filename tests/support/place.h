/* A scratch folder `place` of its own for each test that uses set_up and tear_down. Include after cmocka.h. */
#ifndef UR_TEST_PLACE_H
#define UR_TEST_PLACE_H

#include "../base/scratch.h"

static scratch place;

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

#endif
