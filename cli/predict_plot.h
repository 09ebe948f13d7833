/* Pictures of a forecast: what was known, what is expected, and between quantiles a band. */
#ifndef UR_CLI_PREDICT_PLOT_H
#define UR_CLI_PREDICT_PLOT_H

#include "unroll.h"

#include <stdbool.h>

/* `text`: the object that a forecasting model answers. On the terminal, or as the page `html` (NULL: none). */
ur_status ur_cli_plot_terminal(const char *text, ur_error *error);
ur_status ur_cli_plot_page(const char *text, const char *html, bool overwrite, ur_error *error);

#endif
