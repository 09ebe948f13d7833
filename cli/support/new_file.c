/* See new_file.h. */
#include "cli/support/new_file.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <sys/stat.h>

ur_status ur_cli_check_new(const char *path, bool overwrite, ur_error *error)
{
    struct stat about;
    if (!path || overwrite || !ur_path_exists(path)) return UR_OK;
    if (stat(path, &about) != 0) return ur_fail_file(error, path, "look at", errno);
    return ur_fail(error, UR_ERR_USAGE, "%s exists; --overwrite replaces it", path);
}
