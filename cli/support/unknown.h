/* Warns on standard error, in one line, of text on the command line that the model does not know. */
#ifndef UR_CLI_UNKNOWN_H
#define UR_CLI_UNKNOWN_H

#include "unroll.h"

/* For a text to be read. `what` names the text, such as "sample: --prime". */
void ur_cli_tell_unknown(const ur_model *model, const char *what, const char *text, size_t length);

/* For a text to be written: warns of characters that no token contains. */
void ur_cli_tell_unwritten(const ur_model *model, const char *what, const char *text);

#endif
