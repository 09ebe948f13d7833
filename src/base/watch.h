/* Long work reports its progress and learns when to stop. */
#ifndef UR_BASE_WATCH_H
#define UR_BASE_WATCH_H

#include "base/error.h"
#include "unroll_train.h"

/* Reports `done` of `all` of the work named `work`, such as "reading the text". `watcher` may be NULL.
 * UR_ERR_INTERRUPTED if the watcher asks to stop. */
static inline ur_status ur_watch(const ur_watcher *watcher, const char *work, double done, double all, ur_error *error)
{
    if (!watcher || !watcher->go_on) return UR_OK;
    if (watcher->go_on(watcher->context, work, all > 0 ? done / all : 1)) return UR_OK;
    return ur_fail(error, UR_ERR_INTERRUPTED, "interrupted while %s", work);
}

#endif
