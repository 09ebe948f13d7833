/* The thread pool: gates that open once per turn, a barrier built on a gate, and the loop of a member. */
#include "base/pool.h"

#include "base/float_mode.h"

#include "base/error.h"
#include "base/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
    THREADS_MAX = 256,
    SPINS = 2000,       /* pauses: some tens of microseconds, about the cost of falling asleep and waking */
    SPINS_CROWDED = 20, /* with fewer cores than members, a spinning thread keeps another from arriving */
    GATES = 3,
    CACHE_LINE = UR_ALIGN
};

/* Members wait at a gate until `turn` has moved on. */
typedef struct pool_gate {
    _Alignas(CACHE_LINE) atomic_uint turn;
    _Alignas(CACHE_LINE) atomic_uint sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
} pool_gate;

typedef struct pool_member {
    ur_pool *pool;
    size_t number;
    pthread_t thread;
} pool_member;

struct ur_pool {
    pool_gate gates[GATES];
    _Alignas(CACHE_LINE) atomic_size_t arrived_within;
    _Alignas(CACHE_LINE) atomic_size_t arrived_end;
    _Alignas(CACHE_LINE) size_t threads; /* from here on, written only by the caller while the others wait */
    unsigned spins;
    bool stopping;
    ur_pool_work *work;
    void *context;
    size_t started; /* running threads, not counting the caller */
    pool_member members[];
};

/* The gates' purposes: a run begins; all members are at a barrier inside the run; all members have ended the run. */
enum { GATE_BEGIN, GATE_WITHIN, GATE_END };

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* A sleeper counts itself and then looks at the turn. The opener moves the turn and then looks at the count. All four
 * operations are sequentially consistent, so one of the two sees the other, and no wake-up is lost. */
static void gate_open(pool_gate *gate)
{
    atomic_fetch_add(&gate->turn, 1);
    if (atomic_load(&gate->sleepers) == 0) return;
    pthread_mutex_lock(&gate->mutex);
    pthread_cond_broadcast(&gate->moved);
    pthread_mutex_unlock(&gate->mutex);
}

static void gate_sleep(pool_gate *gate, unsigned turn)
{
    pthread_mutex_lock(&gate->mutex);
    atomic_fetch_add(&gate->sleepers, 1);
    while (atomic_load(&gate->turn) == turn) pthread_cond_wait(&gate->moved, &gate->mutex);
    atomic_fetch_sub(&gate->sleepers, 1);
    pthread_mutex_unlock(&gate->mutex);
}

/* Waits until the gate's turn is no longer `turn`. */
static void gate_wait(pool_gate *gate, unsigned turn, unsigned spins)
{
    for (unsigned i = 0; i < spins; i++) {
        if (atomic_load_explicit(&gate->turn, memory_order_acquire) != turn) return;
        pause_briefly();
    }
    gate_sleep(gate, turn);
}

/* The last member to arrive resets the count for the next time and opens the gate. */
static void arrive(ur_pool *pool, atomic_size_t *arrived, pool_gate *gate)
{
    if (atomic_fetch_add_explicit(arrived, 1, memory_order_acq_rel) + 1 < pool->threads) return;
    atomic_store_explicit(arrived, 0, memory_order_relaxed);
    gate_open(gate);
}

static unsigned turn_of(pool_gate *gate) { return atomic_load_explicit(&gate->turn, memory_order_acquire); }

void ur_pool_barrier(ur_pool *pool)
{
    if (!pool || pool->threads == 1) return;
    pool_gate *gate = &pool->gates[GATE_WITHIN];
    unsigned turn = turn_of(gate); /* read before arriving, since the gate may open at any moment after that */
    arrive(pool, &pool->arrived_within, gate);
    gate_wait(gate, turn, pool->spins);
}

static void *member_loop(void *argument)
{
    pool_member *self = argument;
    ur_pool *pool = self->pool;
    ur_float_mode_enter(); /* a new thread inherits the modes of its creator */
    /* The turns are counted here, since the first run may have begun before this thread did. */
    for (unsigned turn = 0;; turn++) {
        gate_wait(&pool->gates[GATE_BEGIN], turn, pool->spins);
        if (pool->stopping) return NULL;
        pool->work(pool->context, self->number, pool->threads);
        arrive(pool, &pool->arrived_end, &pool->gates[GATE_END]);
    }
}

void ur_pool_run(ur_pool *pool, ur_pool_work *work, void *context)
{
    if (!pool || pool->threads == 1) {
        work(context, 0, 1);
        return;
    }
    pool->work = work;
    pool->context = context;
    pool_gate *end = &pool->gates[GATE_END];
    unsigned turn = turn_of(end);
    gate_open(&pool->gates[GATE_BEGIN]);
    work(context, 0, pool->threads);
    arrive(pool, &pool->arrived_end, end);
    gate_wait(end, turn, pool->spins);
}

static int gate_init(pool_gate *gate)
{
    atomic_init(&gate->turn, 0);
    atomic_init(&gate->sleepers, 0);
    int cause = pthread_mutex_init(&gate->mutex, NULL);
    if (cause) return cause;
    cause = pthread_cond_init(&gate->moved, NULL);
    if (cause) pthread_mutex_destroy(&gate->mutex);
    return cause;
}

static void free_gates(ur_pool *pool, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pthread_cond_destroy(&pool->gates[i].moved);
        pthread_mutex_destroy(&pool->gates[i].mutex);
    }
    ur_block_free(pool);
}

static unsigned spins_for(size_t threads)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && (size_t)cores < threads ? SPINS_CROWDED : SPINS;
}

static ur_pool *new_pool(size_t threads)
{
    ur_pool *pool = ur_block_alloc(1, sizeof *pool + threads * sizeof pool->members[0]);
    if (!pool) return NULL;
    pool->threads = threads;
    pool->spins = spins_for(threads);
    atomic_init(&pool->arrived_within, 0);
    atomic_init(&pool->arrived_end, 0);
    for (size_t i = 0; i < GATES; i++)
        if (gate_init(&pool->gates[i]) != 0) {
            free_gates(pool, i);
            return NULL;
        }
    return pool;
}

void ur_pool_free(ur_pool *pool)
{
    if (!pool) return;
    pool->stopping = true;
    gate_open(&pool->gates[GATE_BEGIN]);
    for (size_t i = 1; i <= pool->started; i++) pthread_join(pool->members[i].thread, NULL);
    free_gates(pool, GATES);
}

/* Blocks the signals that are meant for the caller's threads. Signals that report a thread's own fault must come
 * through. */
static void signals_to_block(sigset_t *set)
{
    static const int OWN[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigfillset(set);
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++) sigdelset(set, OWN[i]);
}

static int start_members(ur_pool *pool)
{
    sigset_t blocked, before;
    signals_to_block(&blocked);
    int cause = pthread_sigmask(SIG_SETMASK, &blocked, &before);
    if (cause) return cause;
    while (cause == 0 && pool->started + 1 < pool->threads) {
        pool_member *next = &pool->members[pool->started + 1];
        *next = (pool_member){.pool = pool, .number = pool->started + 1};
        cause = pthread_create(&next->thread, NULL, member_loop, next);
        if (cause == 0) pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return cause;
}

ur_status ur_pool_create(ur_pool **pool, size_t threads, ur_error *error)
{
    *pool = NULL;
    if (threads < 1 || threads > THREADS_MAX)
        return ur_fail(error, UR_ERR_USAGE, "%zu threads: must be between 1 and %d", threads, THREADS_MAX);
    ur_pool *made = new_pool(threads);
    if (!made) return ur_fail_memory(error, "the thread pool");
    int cause = start_members(made);
    if (cause == 0) {
        *pool = made;
        return UR_OK;
    }
    char reason[128];
    if (strerror_r(cause, reason, sizeof reason) != 0) strcpy(reason, "unknown error");
    ur_fail(error, UR_ERR_IO, "cannot start thread %zu of %zu: %s; use fewer threads", made->started + 2, threads,
            reason);
    ur_pool_free(made);
    return UR_ERR_IO;
}

size_t ur_pool_threads(const ur_pool *pool) { return pool ? pool->threads : 1; }

/* Divides into chunks of `grain`. If they do not divide evenly, the first members take one chunk more. */
void ur_pool_share(size_t count, size_t grain, size_t member, size_t members, size_t *begin, size_t *end)
{
    if (grain == 0) grain = 1;
    if (members == 0) members = 1;
    size_t chunks = count / grain + (count % grain != 0);
    size_t each = chunks / members, more = chunks % members;
    if (member > members) member = members;
    size_t first = member * each + (member < more ? member : more);
    size_t last = member == members ? first : first + each + (member < more);
    /* The last chunk may be short, and the multiple of grain after it might overflow. */
    *begin = first >= chunks ? count : first * grain;
    *end = last >= chunks ? count : last * grain;
}
