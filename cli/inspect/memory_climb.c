/*
 * The trainings of `unroll inspect memory`. Each climb goes from gap to gap. Each thread takes the climb whose next gap
 * is the shortest, so that a time limit leaves out the long gaps. A training runs on one thread and depends on its
 * settings alone.
 */
#include "cli/inspect/memory.h"

#include "cli/args/verb.h"
#include "cli/support/clock.h"
#include "cli/support/signals.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- The climbs ---------------------------------------------------------------------------------------------------- */

static size_t first_gap(const ur_cli_memory_plan *plan, size_t task)
{
    size_t first = 0;
    while (plan->gaps[first] < ur_recall_about(plan->tasks[task])->least_gap) first++;
    return first;
}

static void set_up(ur_cli_memory *m, size_t i)
{
    const ur_cli_memory_plan *plan = &m->plan;
    ur_cli_memory_climb *climb = &m->climbs[i];
    climb->seed = m->settings->seed + i % m->settings->seeds;
    i /= m->settings->seeds;
    climb->task = i % plan->task_count;
    i /= plan->task_count;
    climb->clip = i % plan->clip_count;
    i /= plan->clip_count;
    climb->window = i % plan->window_count;
    climb->cell = i / plan->window_count;
    climb->first = climb->next = first_gap(plan, climb->task);
}

ur_status ur_cli_memory_open(ur_cli_memory *m, const ur_cli_memory_settings *settings, ur_error *error)
{
    *m = (ur_cli_memory){.settings = settings};
    UR_TRY(ur_cli_memory_plan_read(&m->plan, settings, error));
    m->climb_count = m->plan.cell_count * m->plan.window_count * m->plan.clip_count * m->plan.task_count;
    if (ur_mul_fits(m->climb_count, settings->seeds, &m->climb_count))
        m->climbs = calloc(m->climb_count, sizeof *m->climbs);
    if (!m->climbs) return ur_fail_memory(error, "the trainings");
    for (size_t i = 0; i < m->climb_count; i++) set_up(m, i);
    return UR_OK;
}

void ur_cli_memory_close(ur_cli_memory *m)
{
    free(m->climbs);
    *m = (ur_cli_memory){0};
}

size_t ur_cli_memory_left_out(const ur_cli_memory *m)
{
    size_t left = 0;
    for (size_t i = 0; i < m->climb_count; i++) left += !m->climbs[i].over;
    return left;
}

/* ---- Training ------------------------------------------------------------------------------------------------------ */

/* Data shared by the threads. */
typedef struct work {
    ur_cli_memory *memory;
    pthread_mutex_t lock;
    double begin, deadline; /* deadline: 0 for none */
    ur_status status;       /* the first failure, which ends all climbs */
    ur_error error;
} work;

static bool time_is_left(const work *w)
{
    return !ur_cli_interrupted() && (w->deadline == 0 || ur_cli_now() < w->deadline);
}

static bool go_on(void *work_, size_t updates, double score)
{
    (void)updates, (void)score;
    return time_is_left(work_);
}

static ur_cli_memory_climb *take_climb(work *w)
{
    ur_cli_memory_climb *best = NULL;
    if (w->status != UR_OK || !time_is_left(w)) return NULL;
    for (ur_cli_memory_climb *c = w->memory->climbs; c < w->memory->climbs + w->memory->climb_count; c++)
        if (!c->busy && !c->over && (!best || c->next < best->next)) best = c;
    if (best) best->busy = true;
    return best;
}

static ur_recall recall_of(work *w, const ur_cli_memory_climb *climb)
{
    const ur_cli_memory_settings *s = w->memory->settings;
    const ur_cli_memory_plan *plan = &w->memory->plan;
    ur_recall r = ur_recall_default(plan->tasks[climb->task], plan->cells[climb->cell], plan->gaps[climb->next]);
    r.hidden = s->hidden;
    r.lanes = s->batch;
    r.updates = s->updates;
    r.window = plan->windows[climb->window];
    r.clip_norm = plan->clips[climb->clip];
    r.optimizer = (ur_optimizer)s->optimizer;
    r.seed = climb->seed;
    r.isa = ur_cli_isa();
    r.go_on = go_on;
    r.context = w;
    if (s->rate > 0) r.rate = s->rate;
    if (s->remember >= 0) r.remember = s->remember;
    return r;
}

static void tell(const work *w, const ur_cli_memory_climb *climb, double seconds)
{
    const ur_cli_memory *m = w->memory;
    const ur_recall_result *result = &climb->trials[climb->next].result;
    char window[UR_CLI_MEMORY_WORD], clip[UR_CLI_MEMORY_WORD];
    if (m->settings->quiet) return;
    ur_cli_memory_window_text(m, climb->window, window);
    ur_cli_memory_clip_text(m, climb->clip, clip);
    fprintf(stderr, "%-7s gap %4zu  %-10s window %-5s clip %-4s seed %llu: %s after %zu updates, score %.3f (%.1f s)\n",
            ur_recall_about(m->plan.tasks[climb->task])->name, m->plan.gaps[climb->next], m->plan.cells[climb->cell],
            window, clip, (unsigned long long)climb->seed,
            result->mastered   ? "mastered"
            : result->exploded ? "exploded"
                               : "not mastered",
            result->updates, result->score, seconds);
}

/* Stores the result of a training. The caller holds the lock. */
static void put_back(work *w, ur_cli_memory_climb *climb, ur_status status, const ur_error *error, double seconds)
{
    ur_cli_memory_trial *trial = &climb->trials[climb->next];
    climb->busy = false;
    if (status != UR_OK) {
        if (status != UR_ERR_INTERRUPTED && w->status == UR_OK) w->error = *error;
        if (status != UR_ERR_INTERRUPTED && w->status == UR_OK) w->status = status;
        return;
    }
    trial->done = true;
    tell(w, climb, seconds);
    climb->over = !trial->result.mastered || climb->next + 1 == w->memory->plan.gap_count;
    if (!climb->over) climb->next++;
}

static void train_some(void *work_, size_t member, size_t members)
{
    work *w = work_;
    (void)member, (void)members;
    pthread_mutex_lock(&w->lock);
    for (ur_cli_memory_climb *climb = take_climb(w); climb; climb = take_climb(w)) {
        ur_error error = {0};
        ur_recall recall = recall_of(w, climb);
        double begin = ur_cli_now();
        pthread_mutex_unlock(&w->lock);
        ur_status status = ur_recall_train(&recall, &climb->trials[climb->next].result, &error);
        pthread_mutex_lock(&w->lock);
        put_back(w, climb, status, &error, ur_cli_now() - begin);
    }
    pthread_mutex_unlock(&w->lock);
}

static size_t thread_count(size_t wanted, size_t climbs)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!wanted) wanted = cores < 1 ? 1 : cores > 16 ? 16 : (size_t)cores;
    return wanted < climbs ? wanted : climbs;
}

ur_status ur_cli_memory_run(ur_cli_memory *m, ur_error *error)
{
    ur_pool *pool = NULL;
    work w = {.memory = m, .begin = ur_cli_now()};
    if (m->settings->minutes > 0) w.deadline = w.begin + 60 * m->settings->minutes;
    ur_cli_signals_catch();
    UR_TRY(ur_pool_create(&pool, thread_count(m->settings->threads, m->climb_count), error));
    pthread_mutex_init(&w.lock, NULL);
    ur_pool_run(pool, train_some, &w);
    pthread_mutex_destroy(&w.lock);
    ur_pool_free(pool);
    m->seconds = ur_cli_now() - w.begin;
    m->interrupted = ur_cli_interrupted();
    return w.status == UR_OK ? UR_OK : ur_fail(error, w.status, "%s", w.error.text);
}
