/* Help, as pages for the terminal and as one page of the manual. */
#ifndef UR_CLI_HELP_H
#define UR_CLI_HELP_H

#include "verb.h"

/* The page of a verb, with the defaults. */
ur_status ur_cli_help_on(const ur_cli_verb *verb, ur_error *error);
void ur_cli_print_manual(void);

/* The default of an option for people: "default: 500", "" where there is none to name. */
void ur_cli_default_text(const ur_cli_option *option, const void *settings, char text[UR_CLI_VALUE_MAX]);

/* A verb's settings with their defaults; free() them. NULL without memory. */
void *ur_cli_default_settings(const ur_cli_verb *verb);

#endif
