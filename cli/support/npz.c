/* See npz.h. */
#include "cli/support/npz.h"

#include "cli/support/watching.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef UR_HAVE_MINIZIP
#include <zip.h>

bool ur_cli_npz_built(void) { return true; }

/* ---- Rows in temporary files ------------------------------------------------------------------------------------- */

static ur_status fail_waiting(ur_error *error)
{
    return ur_fail_file(error, ur_cli_temporary(), "keep the arrays (TMPDIR names another place)", errno);
}

/* Opens a file without a name, which disappears with the process. */
static FILE *open_waiting(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/unroll-array-XXXXXX", ur_cli_temporary());
    int fd = mkstemp(path);
    if (fd < 0) return NULL;
    unlink(path);
    FILE *file = fdopen(fd, "w+b");
    if (!file) close(fd);
    return file;
}

ur_status ur_cli_npz_begin(ur_cli_npz *npz, const char *name, const char *type, size_t width, size_t *place,
                           ur_error *error)
{
    if (npz->count == UR_CLI_ARRAYS_MAX)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "more than %d arrays in one file", UR_CLI_ARRAYS_MAX);
    ur_cli_array *a = &npz->array[npz->count];
    *a = (ur_cli_array){.type = type, .width = width};
    snprintf(a->name, sizeof a->name, "%s", name);
    a->file = open_waiting();
    if (!a->file) return fail_waiting(error);
    *place = npz->count++;
    return UR_OK;
}

ur_status ur_cli_npz_row(ur_cli_npz *npz, size_t place, const void *row, ur_error *error)
{
    ur_cli_array *a = &npz->array[place];
    size_t numbers = a->width ? a->width : 1;
    a->rows++;
    return fwrite(row, 4, numbers, a->file) == numbers ? UR_OK : fail_waiting(error);
}

void ur_cli_npz_drop(ur_cli_npz *npz)
{
    for (size_t i = 0; i < npz->count; i++) fclose(npz->array[i].file);
    npz->count = 0;
}

/* ---- The zip ----------------------------------------------------------------------------------------------------- */

/* numpy's header: magic, version 1.0, length, and a dictionary padded with spaces to a multiple of 64 bytes. */
static size_t npy_header(const ur_cli_array *a, char header[256])
{
    char shape[64];
    if (a->width)
        snprintf(shape, sizeof shape, "(%llu, %zu)", (unsigned long long)a->rows, a->width);
    else
        snprintf(shape, sizeof shape, "(%llu,)", (unsigned long long)a->rows);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    int used = snprintf(header + 10, 246, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", a->type, shape);
    size_t length = (10 + (size_t)used + 1 + 63) / 64 * 64;
    memset(header + 10 + used, ' ', length - 10 - (size_t)used);
    header[length - 1] = '\n';
    header[8] = (char)((length - 10) & 0xff);
    header[9] = (char)((length - 10) >> 8);
    return length;
}

/* Uses fseek, because rewind() would clear the error of a failed write. */
static bool copy(zipFile zip, FILE *from)
{
    char piece[1 << 16];
    if (fflush(from) != 0 || fseek(from, 0, SEEK_SET) != 0) return false;
    for (size_t got; (got = fread(piece, 1, sizeof piece, from)) > 0;)
        if (zipWriteInFileInZip(zip, piece, (unsigned)got) != ZIP_OK) return false;
    return !ferror(from);
}

static bool add_array(zipFile zip, const ur_cli_array *a)
{
    char name[80], header[256];
    zip_fileinfo info = {.tmz_date = {.tm_mday = 1, .tm_year = 1980}}; /* a fixed date, so that equal runs write equal
                                                                        * files */
    snprintf(name, sizeof name, "%s.npy", a->name);
    size_t length = npy_header(a, header);
    bool large = a->rows * (a->width ? a->width : 1) > UINT32_MAX / 4 - 64;
    return zipOpenNewFileInZip64(zip, name, &info, NULL, 0, NULL, 0, NULL, 0, 0, large) == ZIP_OK &&
           zipWriteInFileInZip(zip, header, (unsigned)length) == ZIP_OK && copy(zip, a->file) &&
           zipCloseFileInZip(zip) == ZIP_OK;
}

static bool add_all(zipFile zip, const ur_cli_npz *npz)
{
    bool right = true;
    for (size_t i = 0; i < npz->count && right; i++) right = add_array(zip, &npz->array[i]);
    return right;
}

ur_status ur_cli_npz_save(ur_cli_npz *npz, const char *path, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    errno = 0;
    zipFile zip = zipOpen64(writer.temporary, APPEND_STATUS_CREATE);
    bool right = zip && add_all(zip, npz);
    if (zip && zipClose(zip, NULL) != ZIP_OK) right = false;
    if (right) return ur_writer_commit(&writer, error);
    ur_status status = ur_fail_file(error, path, "write", errno ? errno : ENOSPC);
    ur_writer_abandon(&writer);
    return status;
}

#else

bool ur_cli_npz_built(void) { return false; }

ur_status ur_cli_npz_begin(ur_cli_npz *npz, const char *name, const char *type, size_t width, size_t *place,
                           ur_error *error)
{
    (void)npz, (void)name, (void)type, (void)width, (void)place;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   ".npz files are not built in; install libminizip-dev and zlib1g-dev and build again");
}

ur_status ur_cli_npz_row(ur_cli_npz *npz, size_t place, const void *row, ur_error *error)
{
    (void)npz, (void)place, (void)row, (void)error;
    return UR_ERR_UNSUPPORTED;
}

ur_status ur_cli_npz_save(ur_cli_npz *npz, const char *path, ur_error *error)
{
    (void)npz, (void)path, (void)error;
    return UR_ERR_UNSUPPORTED;
}

void ur_cli_npz_drop(ur_cli_npz *npz) { (void)npz; }

#endif
