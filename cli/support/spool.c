/* Copies standard input to a temporary file in TMPDIR, or in /tmp. */
#include "cli/support/spool.h"

#include "cli/support/signals.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

static ur_status fail_write(ur_error *error, const char *path)
{
    return ur_fail_file(error, path, "keep standard input (TMPDIR names another place)", errno);
}

static ur_status write_all(int to, const char *path, const char *bytes, size_t size, ur_error *error)
{
    while (size > 0) {
        ssize_t put = write(to, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_write(error, path);
        bytes += put;
        size -= (size_t)put;
    }
    return UR_OK;
}

static ur_status copy_input(int to, const char *path, ur_error *error)
{
    static char piece[PIECE];
    for (;;) {
        ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
        if (ur_cli_interrupted())
            return ur_fail(error, UR_ERR_INTERRUPTED, "interrupted while reading standard input; nothing was trained");
        if (got == 0) return UR_OK;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ur_fail(error, UR_ERR_IO, "standard input: cannot read: %s", strerror(errno));
        UR_TRY(write_all(to, path, piece, (size_t)got, error));
    }
}

static ur_status fill(const char *path, ur_error *error)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) return fail_write(error, path);
    ur_status status = copy_input(to, path, error);
    if (close(to) != 0 && status == UR_OK) status = fail_write(error, path);
    return status;
}

static ur_status make_folder(char **folder, ur_error *error)
{
    const char *place = ur_cli_temporary();
    *folder = ur_path_join(place, "unroll-XXXXXX");
    if (!*folder) return ur_fail_memory(error, "a path");
    return mkdtemp(*folder) ? UR_OK : fail_write(error, place);
}

static ur_status spool_input(ur_cli_texts *texts, ur_error *error)
{
    char *folder = NULL;
    ur_status status = make_folder(&folder, error);
    if (status == UR_OK && !(texts->spooled = ur_path_join(folder, "stdin"))) {
        rmdir(folder);
        status = ur_fail_memory(error, "a path");
    }
    free(folder);
    if (status != UR_OK) return status;
    ur_cli_remove_on_exit(texts->spooled);
    return fill(texts->spooled, error);
}

static bool is_input(const char *word) { return strcmp(word, "-") == 0; }

ur_status ur_cli_texts_open(ur_cli_texts *texts, const char *const *words, size_t count, ur_error *error)
{
    *texts = (ur_cli_texts){.paths = calloc(count + 1, sizeof *texts->paths), .count = count};
    if (!texts->paths) return ur_fail_memory(error, "the names of the texts");
    for (size_t i = 0; i < count; i++) {
        if (is_input(words[i]) && texts->spooled)
            return ur_fail(error, UR_ERR_USAGE, "- (standard input) can be given only once");
        if (is_input(words[i])) UR_TRY(spool_input(texts, error));
        texts->paths[i] = is_input(words[i]) ? texts->spooled : words[i];
    }
    return UR_OK;
}

static void rename_in_message(const char *spooled, ur_error *error)
{
    size_t length = strlen(spooled);
    if (error && error->status != UR_OK && strncmp(error->text, spooled, length) == 0)
        ur_fail(error, error->status, "standard input%s", error->text + length);
}

void ur_cli_texts_close(ur_cli_texts *texts, ur_error *error)
{
    ur_cli_watching_end(&texts->watching);
    if (texts->spooled) rename_in_message(texts->spooled, error);
    if (texts->spooled) {
        unlink(texts->spooled);
        *strrchr(texts->spooled, '/') = 0;
        rmdir(texts->spooled);
        ur_cli_remove_on_exit(NULL);
    }
    free(texts->spooled);
    free(texts->paths);
    *texts = (ur_cli_texts){0};
}
