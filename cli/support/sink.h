/* Where generated text goes: a file, each piece at once. */
#ifndef UR_CLI_SINK_H
#define UR_CLI_SINK_H

#include "cli/support/text_out.h"

#include "unroll_generate.h"

/* Writes to `out->file`, which fails with the system's reason at the first piece that cannot be written. `out` must stay.
 * With `out->safe` the text must be valid UTF-8. */
ur_sink ur_cli_sink(ur_text_out *out);

/* What was printed on standard output goes out now; for verbs that go on computing. */
ur_status ur_cli_flush_output(ur_error *error);

/* Standard output as such a file: nothing is gathered, so that what failed is not tried again at the end. */
ur_text_out ur_cli_standard_output(void);

#endif
