/* Pictures of a forecast: the known values, the forecast, and bands between quantiles. */
#ifndef UR_CLI_PREDICT_PLOT_H
#define UR_CLI_PREDICT_PLOT_H

#include "unroll.h"

#include <stdbool.h>

/* Draw the JSON object `text`, the answer of a forecasting model, on the terminal or as the page `html`. */
ur_status ur_cli_plot_terminal(const char *text, ur_error *error);
ur_status ur_cli_plot_page(const char *text, const char *html, bool overwrite, ur_error *error);

#endif
