/* What the words of a command line hold that the model does not know: said in one line on standard error. */
#ifndef UR_CLI_UNKNOWN_H
#define UR_CLI_UNKNOWN_H

#include "unroll.h"

/* `what` names the text, such as "sample: --prime". */
void ur_cli_tell_unknown(const ur_model *model, const char *what, const char *text, size_t length);

/* For a text that is to be written: characters that are in no token. */
void ur_cli_tell_unwritten(const ur_model *model, const char *what, const char *text);

#endif
