/* See new_file.h. */
#include "cli/support/new_file.h"

#include "base/error.h"
#include "base/file.h"

ur_status ur_cli_check_new(const char *path, bool overwrite, ur_error *error)
{
    if (!path || overwrite || !ur_path_exists(path)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "%s is there; --overwrite replaces it", path);
}
