/* Where generated text goes: to a file, each piece flushed at once. */
#ifndef UR_CLI_SINK_H
#define UR_CLI_SINK_H

#include "cli/support/text_out.h"

#include "unroll_generate.h"

/* A sink that writes to `out->file`. The first piece that cannot be written fails with the system's reason. `out` must
 * stay valid. With `out->safe` the text must be valid UTF-8. */
ur_sink ur_cli_sink(ur_text_out *out);

/* Flushes standard output; for verbs that print and then compute further. */
ur_status ur_cli_flush_output(ur_error *error);

/* Standard output for ur_cli_sink, unbuffered, so that a failed write is not tried again at exit. */
ur_text_out ur_cli_standard_output(void);

#endif
