/*
 * The pool: each member runs exactly once, barriers order what is written, work is shared out, and threads may fail to
 * start. Slots are plain memory, so that the thread sanitizer sees whether the pool orders accesses to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MEMBERS_MAX = 7, RUNS = 2000, BARRIERS = 4 };

static const size_t THREADS[] = {1, 2, 3, 4, 7};
enum { VARIANTS = sizeof THREADS / sizeof THREADS[0] };

static void pause_for(long microseconds)
{
    const struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
}

static ur_pool *made(size_t threads)
{
    ur_pool *pool = NULL;
    ur_error error;
    if (ur_pool_create(&pool, threads, &error) != UR_OK) fail_msg("%s", error.text);
    assert_non_null(pool);
    assert_int_equal(ur_pool_threads(pool), threads);
    return pool;
}

static void test_limits(void **state)
{
    (void)state;
    static const size_t WRONG[] = {0, 257, SIZE_MAX};
    for (int i = 0; i < 3; i++) {
        ur_error error;
        ur_pool *pool = (ur_pool *)&error;
        assert_int_equal(ur_pool_create(&pool, WRONG[i], &error), UR_ERR_USAGE);
        assert_null(pool);
        assert_non_null(strstr(error.text, "between 1 and 256"));
    }
    ur_pool_free(made(256));
    ur_pool_free(NULL);
    assert_int_equal(ur_pool_threads(NULL), 1);
}

typedef struct calls {
    int of[MEMBERS_MAX];
    size_t members[MEMBERS_MAX];
} calls;

static void count_call(void *context, size_t member, size_t members)
{
    calls *c = context;
    c->of[member]++;
    c->members[member] = members;
}

static void test_every_member_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        ur_pool *pool = made(THREADS[i]);
        calls c = {{0}, {0}};
        for (int run = 1; run <= 100; run++) {
            ur_pool_run(pool, count_call, &c);
            for (size_t m = 0; m < MEMBERS_MAX; m++) assert_int_equal(c.of[m], m < THREADS[i] ? run : 0);
        }
        for (size_t m = 0; m < THREADS[i]; m++) assert_int_equal(c.members[m], THREADS[i]);
        ur_pool_free(pool);
    }
    calls c = {{0}, {0}};
    ur_pool_run(NULL, count_call, &c);
    ur_pool_barrier(NULL);
    assert_int_equal(c.of[0], 1);
    assert_int_equal(c.members[0], 1);
}

/* In each phase every member writes its slot, and after the barrier reads the slots of all members. */
typedef struct phases {
    ur_pool *pool;
    unsigned slots[MEMBERS_MAX];
    unsigned run, wrong[MEMBERS_MAX];
    long delay; /* microseconds by which one member, another one in each phase, is late */
} phases;

static void do_phases(void *context, size_t member, size_t members)
{
    phases *p = context;
    for (unsigned phase = 0; phase < BARRIERS; phase++) {
        unsigned value = p->run * BARRIERS + phase;
        if (p->delay && value % members == member) pause_for(p->delay);
        p->slots[member] = value;
        ur_pool_barrier(p->pool);
        for (size_t m = 0; m < members; m++) p->wrong[member] += p->slots[m] != value;
        ur_pool_barrier(p->pool);
    }
    p->slots[member] = UINT32_MAX - p->run;
}

static void check_phases(size_t threads, unsigned runs, long delay, long gap)
{
    phases p = {.pool = made(threads), .delay = delay};
    for (p.run = 0; p.run < runs; p.run++) {
        ur_pool_run(p.pool, do_phases, &p);
        for (size_t m = 0; m < threads; m++) assert_int_equal(p.slots[m], UINT32_MAX - p.run);
        if (gap) pause_for(gap);
    }
    for (size_t m = 0; m < threads; m++) assert_int_equal(p.wrong[m], 0);
    ur_pool_free(p.pool);
}

static void test_barriers_thousands_of_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) check_phases(THREADS[i], RUNS, 0, 0);
}

/* The delay is long enough for the other members to fall asleep. */
static void test_sleepers_are_woken(void **state)
{
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) check_phases(THREADS[i], 30, 500, 0);
    for (size_t i = 0; i < VARIANTS; i++) check_phases(THREADS[i], 30, 0, 1000);
}

/* The delay is about as long as members spin, so that one member arrives while others fall asleep. */
static void test_arriving_as_others_fall_asleep(void **state)
{
    (void)state;
    for (long delay = 1; delay <= 60; delay += 3) check_phases(2, 20, delay, delay);
}

static void test_many_pools(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) ur_pool_free(made(4)); /* the pool's threads may not have begun yet */
    ur_pool *a = made(3), *b = made(2);
    calls c = {{0}, {0}}, d = {{0}, {0}};
    for (int i = 0; i < 100; i++) {
        ur_pool_run(a, count_call, &c);
        ur_pool_run(b, count_call, &d);
    }
    assert_int_equal(c.of[2], 100);
    assert_int_equal(d.of[1], 100);
    ur_pool_free(a);
    ur_pool_free(b);
}

typedef struct masks {
    int interrupt[MEMBERS_MAX], fault[MEMBERS_MAX];
} masks;

static void look_at_mask(void *context, size_t member, size_t members)
{
    (void)members;
    masks *m = context;
    sigset_t set;
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    m->interrupt[member] = sigismember(&set, SIGINT);
    m->fault[member] = sigismember(&set, SIGSEGV);
}

static void test_signals_go_to_the_caller(void **state)
{
    (void)state;
    ur_pool *pool = made(2);
    masks m;
    ur_pool_run(pool, look_at_mask, &m);
    assert_int_equal(m.interrupt[0], 0);
    assert_int_equal(m.interrupt[1], 1);
    assert_int_equal(m.fault[1], 0);
    ur_pool_free(pool);
}

static void check_share(size_t count, size_t grain, size_t members)
{
    size_t reached = 0, least = SIZE_MAX, most = 0;
    for (size_t m = 0; m < members; m++) {
        size_t begin, end;
        ur_pool_share(count, grain, m, members, &begin, &end);
        assert_int_equal(begin, reached);
        assert_true(end >= begin && end <= count);
        assert_true(begin % grain == 0 || begin == count);
        size_t chunks = (end - begin) / grain + ((end - begin) % grain != 0);
        if (chunks < least) least = chunks;
        if (chunks > most) most = chunks;
        reached = end;
    }
    assert_int_equal(reached, count);
    assert_true(most - least <= 1);
}

static void test_share(void **state)
{
    (void)state;
    for (size_t count = 0; count < 70; count++)
        for (size_t grain = 1; grain < 20; grain++)
            for (size_t members = 1; members < 10; members++) check_share(count, grain, members);
    for (size_t members = 1; members < 10; members++) {
        check_share(SIZE_MAX, 1, members);
        check_share(SIZE_MAX, 16, members);
        check_share(SIZE_MAX - 1, SIZE_MAX / 2 + 7, members);
        check_share(SIZE_MAX, SIZE_MAX, members);
    }
    size_t begin, end;
    ur_pool_share(10, 0, 0, 0, &begin, &end);
    assert_true(begin == 0 && end == 10);
    ur_pool_share(10, 1, 5, 5, &begin, &end);
    assert_true(begin == 10 && end == 10);
}

/* ---- The same source, with a system on which only `startable` threads start and memory may run out. ---- */

static int startable, running;
static bool memory_fails;

static int rationed_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *argument)
{
    if (startable == 0) return EAGAIN;
    startable--;
    running++;
    return pthread_create(thread, how, body, argument);
}

static int counted_join(pthread_t thread, void **result)
{
    running--;
    return pthread_join(thread, result);
}

static void *rationed_alloc(size_t count, size_t size) { return memory_fails ? NULL : ur_block_alloc(count, size); }

#define pthread_create  rationed_create
#define pthread_join    counted_join
#define ur_block_alloc  rationed_alloc
#define ur_pool_create  rationed_pool_create
#define ur_pool_free    rationed_pool_free
#define ur_pool_threads rationed_pool_threads
#define ur_pool_run     rationed_pool_run
#define ur_pool_barrier rationed_pool_barrier
#define ur_pool_share   rationed_pool_share
#include "base/pool.c"

static void test_threads_that_do_not_start(void **state)
{
    (void)state;
    for (int n = 0; n < 4; n++) {
        ur_error error = {0};
        ur_pool *pool = (ur_pool *)&error;
        startable = n;
        assert_int_equal(rationed_pool_create(&pool, 5, &error), UR_ERR_IO);
        assert_null(pool);
        assert_int_equal(running, 0);
        char expected[64];
        snprintf(expected, sizeof expected, "cannot start thread %d of 5: ", n + 2);
        assert_memory_equal(error.text, expected, strlen(expected));
        assert_non_null(strstr(error.text, "use fewer threads"));
        sigset_t set;
        pthread_sigmask(SIG_SETMASK, NULL, &set);
        assert_int_equal(sigismember(&set, SIGINT), 0);
    }
    ur_pool *pool;
    startable = 4;
    assert_int_equal(rationed_pool_create(&pool, 5, NULL), UR_OK);
    assert_int_equal(running, 4);
    rationed_pool_free(pool);
    assert_int_equal(running, 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    ur_error error;
    ur_pool *pool = (ur_pool *)&error;
    memory_fails = true;
    assert_int_equal(rationed_pool_create(&pool, 2, &error), UR_ERR_MEMORY);
    memory_fails = false;
    assert_null(pool);
    assert_string_equal(error.text, "not enough memory for the thread pool");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_every_member_once),
        cmocka_unit_test(test_barriers_thousands_of_times),
        cmocka_unit_test(test_sleepers_are_woken),
        cmocka_unit_test(test_arriving_as_others_fall_asleep),
        cmocka_unit_test(test_many_pools),
        cmocka_unit_test(test_signals_go_to_the_caller),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_threads_that_do_not_start),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
