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

/*
 * From now on call `n` fails, and if `on` is true every later call too. With `n` 0 no call fails, and calls are
 * counted.
 */
static void memory_arm(long n, bool on)
{
    atomic_store(&memory_calls, 0);
    atomic_store(&memory_on, on);
    atomic_store(&memory_fail, n);
}

/* Lets no call fail any more. Returns the number of calls since memory_arm. */
static long memory_disarm(void)
{
    atomic_store(&memory_fail, 0);
    return atomic_load(&memory_calls);
}

static bool memory_refuses(void)
{
    long call = atomic_fetch_add(&memory_calls, 1) + 1, fail = atomic_load(&memory_fail);
    bool refused = fail > 0 && (call == fail || (call > fail && atomic_load(&memory_on)));
    if (refused) errno = ENOMEM;
    return refused;
}

static void *memory_count(void *block)
{
    if (block) atomic_fetch_add(&memory_live, 1);
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
    return block ? moved : memory_count(moved);
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
