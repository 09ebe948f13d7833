/* The message for a file that the operating system refused: path, attempted operation, reason and remedy. */
#include "base/file.h"

#include "base/error.h"
#include "base/locale.h"

#include <errno.h>
#include <string.h>

typedef struct remedy {
    int cause;
    const char *text;
} remedy;

static const remedy REMEDIES[] = {
    {ENOENT, "check the name and that its folder exists"},
    {ENOTDIR, "a part of this path is a file and not a folder"},
    {EISDIR, "name a file, not a folder"},
    {EACCES, "check the permissions of the file and of its folder"},
    {EPERM, "check the permissions of the file and of its folder"},
    {EROFS, "choose a folder that can be written"},
    {ENOSPC, "free some space or choose another folder"},
    {EDQUOT, "free some space or choose another folder"},
    {EFBIG, "raise the limit on the size of files (ulimit -f) or choose another folder"},
    {ENAMETOOLONG, "choose a shorter name"},
    {EMFILE, "close some files or raise their limit (ulimit -n)"},
    {ENFILE, "close some files"},
    {ELOOP, "its symbolic links lead in a circle"},
};

static const char *remedy_for(int cause)
{
    for (size_t i = 0; i < sizeof REMEDIES / sizeof REMEDIES[0]; i++)
        if (REMEDIES[i].cause == cause) return REMEDIES[i].text;
    return NULL;
}

const char *ur_reason(int cause, char reason[UR_REASON_MAX])
{
    ur_c_locale locale = ur_c_locale_enter();
    if (strerror_r(cause, reason, UR_REASON_MAX) != 0) strcpy(reason, "unknown error");
    ur_c_locale_leave(locale);
    return reason;
}

ur_status ur_fail_file(ur_error *error, const char *path, const char *wanted, int cause)
{
    char reason[UR_REASON_MAX];
    const char *help = remedy_for(cause);
    return ur_fail(error, cause == ENOMEM ? UR_ERR_MEMORY : UR_ERR_IO, "%s: cannot %s: %s%s%s", path, wanted,
                   ur_reason(cause, reason), help ? "; " : "", help ? help : "");
}
