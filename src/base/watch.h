/* Work that takes long tells how far it is, and hears when it is to end. */
#ifndef UR_BASE_WATCH_H
#define UR_BASE_WATCH_H

#include "base/error.h"
#include "unroll_train.h"

/* `done` of `all`, of the work that is called so, such as "reading the text". UR_ERR_INTERRUPTED where the watcher (NULL:
 * nobody) has had enough. */
static inline ur_status ur_watch(const ur_watcher *watcher, const char *work, double done, double all, ur_error *error)
{
    if (!watcher || !watcher->go_on) return UR_OK;
    if (watcher->go_on(watcher->context, work, all > 0 ? done / all : 1)) return UR_OK;
    return ur_fail(error, UR_ERR_INTERRUPTED, "interrupted while %s", work);
}

#endif
