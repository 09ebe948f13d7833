/* Writes generated text to a file; see sink.h. */
#include "cli/support/sink.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static ur_status flush(FILE *file, ur_error *error)
{
    if (fflush(file) == 0 && !ferror(file)) return UR_OK;
    int cause = errno;
    clearerr(file); /* the failure is reported here */
    return ur_fail(error, UR_ERR_IO, "%s: cannot write: %s", file == stdout ? "standard output" : "the text",
                   cause ? strerror(cause) : "an earlier write failed");
}

ur_status ur_cli_flush_output(ur_error *error)
{
    errno = 0;
    return flush(stdout, error);
}

static ur_status write_piece(void *context, const char *bytes, size_t size, ur_error *error)
{
    ur_text_out *out = context;
    errno = 0;
    ur_text_out_add(out, bytes, size);
    return flush(out->file, error);
}

ur_sink ur_cli_sink(ur_text_out *out) { return (ur_sink){.write = write_piece, .context = out}; }

ur_text_out ur_cli_standard_output(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    return (ur_text_out){.file = stdout, .safe = isatty(STDOUT_FILENO)};
}
