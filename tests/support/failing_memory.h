/*
 * An allocator that fails at its n-th call. Its malloc and related functions replace those of the C library in the
 * whole program, for calls from the library and jansson too. Include in one source file of a test program (after
 * cmocka.h).
 */
#ifndef UR_TEST_FAILING_MEMORY_H
#define UR_TEST_FAILING_MEMORY_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAILING_MEMORY_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FAILING_MEMORY_ASAN 1
#endif

/*
 * The address sanitizer allocates when a thread starts, and ends the program if that fails. So there only one thread is
 * used.
 */
#if defined(FAILING_MEMORY_ASAN)
#define FAILING_MEMORY_THREADS    1
#define FAILING_MEMORY_REAL(name) __interceptor_##name
#elif defined(__GLIBC__)
#define FAILING_MEMORY_THREADS    2
#define FAILING_MEMORY_REAL(name) __libc_##name
#endif

#ifdef FAILING_MEMORY_REAL

/* Shared libraries must see these functions too. */
#define FAILING_MEMORY_SEEN __attribute__((visibility("default")))

void *FAILING_MEMORY_REAL(malloc)(size_t size);
void *FAILING_MEMORY_REAL(calloc)(size_t count, size_t size);
void *FAILING_MEMORY_REAL(realloc)(void *block, size_t size);
void *FAILING_MEMORY_REAL(memalign)(size_t align, size_t size);
void FAILING_MEMORY_REAL(free)(void *block);

static atomic_long memory_live;  /* blocks that are allocated now */
static atomic_long memory_calls; /* calls since memory_arm */
static atomic_long memory_fail;  /* number of the call that fails, or 0 for none */
static atomic_bool memory_on;    /* all later calls fail too */
static atomic_bool memory_noted; /* no call fails, and the callers of each are noted */

/*
 * From now on call `n` fails, and if `on` is true every later call too. With `n` 0 no call fails, and calls are
 * counted.
 */
static void memory_arm(long n, bool on)
{
    atomic_store(&memory_calls, 0);
    atomic_store(&memory_on, on);
    atomic_store(&memory_noted, n == 0);
    atomic_store(&memory_fail, n);
}

/* Lets no call fail any more. Returns the number of calls since memory_arm. */
static long memory_disarm(void)
{
    atomic_store(&memory_fail, 0);
    atomic_store(&memory_noted, false);
    return atomic_load(&memory_calls);
}

/*
 * With the address sanitizer a run takes three times as long. There a call is worth trying only if fewer than
 * three calls before it have the same callers, since a failure then takes the same way. Without the sanitizer every
 * call is tried.
 */
#ifdef FAILING_MEMORY_ASAN

enum { MEMORY_PLACES = 1 << 14, MEMORY_TRIES = 3 };
/* A hash of the callers of each call, from the last run without failures. */
static uint64_t memory_places[MEMORY_PLACES];

size_t __asan_get_alloc_stack(void *block, void **trace, size_t size, int *thread);

static void memory_note_callers(void *block)
{
    void *callers[32];
    int thread;
    uint64_t hash = 0;
    long call = atomic_load(&memory_calls);
    if (call >= MEMORY_PLACES) return;
    size_t count = __asan_get_alloc_stack(block, callers, sizeof callers / sizeof *callers, &thread);
    for (size_t i = 0; i < count; i++) hash = (hash ^ (uintptr_t)callers[i]) * 0x9E3779B97F4A7C15u;
    memory_places[call] = hash;
}

static inline bool memory_worth_trying(long n)
{
    int before = 0;
    for (long i = 1; i < n && n < MEMORY_PLACES; i++) before += memory_places[i] == memory_places[n];
    return before < MEMORY_TRIES;
}

#else
static void memory_note_callers(void *block) { (void)block; }
static inline bool memory_worth_trying(long n) { return (void)n, true; }
#endif

static bool memory_refuses(void)
{
    long call = atomic_fetch_add(&memory_calls, 1) + 1, fail = atomic_load(&memory_fail);
    bool refused = fail > 0 && (call == fail || (call > fail && atomic_load(&memory_on)));
    if (refused) errno = ENOMEM;
    return refused;
}

static void *memory_count(void *block)
{
    if (!block) return NULL;
    atomic_fetch_add(&memory_live, 1);
    if (atomic_load(&memory_noted)) memory_note_callers(block);
    return block;
}

FAILING_MEMORY_SEEN void *malloc(size_t size)
{
    return memory_refuses() ? NULL : memory_count(FAILING_MEMORY_REAL(malloc)(size));
}

FAILING_MEMORY_SEEN void *calloc(size_t count, size_t size)
{
    return memory_refuses() ? NULL : memory_count(FAILING_MEMORY_REAL(calloc)(count, size));
}

FAILING_MEMORY_SEEN void *realloc(void *block, size_t size)
{
    if (memory_refuses()) return NULL;
    void *moved = FAILING_MEMORY_REAL(realloc)(block, size);
    if (!block) return memory_count(moved);
    if (moved && atomic_load(&memory_noted)) memory_note_callers(moved);
    return moved;
}

FAILING_MEMORY_SEEN void *memalign(size_t align, size_t size)
{
    return memory_refuses() ? NULL : memory_count(FAILING_MEMORY_REAL(memalign)(align, size));
}

FAILING_MEMORY_SEEN void *aligned_alloc(size_t align, size_t size) { return memalign(align, size); }

FAILING_MEMORY_SEEN int posix_memalign(void **block, size_t align, size_t size)
{
    void *made = memalign(align, size);
    if (!made) return ENOMEM;
    *block = made;
    return 0;
}

/* The sanitizers' own strndup would not call this malloc. */
FAILING_MEMORY_SEEN char *strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    copy[length] = 0;
    return memcpy(copy, text, length);
}

FAILING_MEMORY_SEEN char *strdup(const char *text) { return strndup(text, strlen(text)); }

FAILING_MEMORY_SEEN void free(void *block)
{
    if (block) atomic_fetch_sub(&memory_live, 1);
    FAILING_MEMORY_REAL(free)(block);
}

#else

/* For the return value of main where no call can be made to fail: says why the test is skipped. */
static inline int memory_skips(void)
{
    puts("this C library's allocator cannot be put behind another");
    return 77;
}

#endif
#endif
