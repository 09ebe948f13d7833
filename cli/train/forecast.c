/* unroll train forecast: learns the next values of a series. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, 1, "which series? give a table, CSV or TSV", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_forecast = {
    .name = "train forecast",
    .takes = "FILE [-o RUN] [option...]",
    .summary = "train a network to forecast a series",
    .text = "Trains a network that forecasts the next values of a series: sales, temperatures, loads. The data are one "
            "table (CSV or TSV, gzip allowed) with a row for each time. Each column of numbers is a channel. The first "
            "column of dates gives the times, which must increase.\n\n"
            "The first part of the series is for training, the next for validation, and the last for unroll eval "
            "(--split). Values are scaled by mean and standard deviation of the first part. A forecast of --horizon "
            "rows is made from the --context rows before it: a simple forecast (--base), corrected by the network. For "
            "comparison, the errors of three simple forecasts are printed: the last value (naive), the value one "
            "season before (seasonal), and a linear map of the context, solved in closed form (linear).\n\n"
            "The run folder and --resume are as in unroll train lm.",
    .examples = "unroll train forecast sales.csv  # chooses everything else\n"
                "unroll train forecast load.csv --horizon 24 --quantiles 0.1,0.5,0.9  # with a band of uncertainty\n"
                "unroll train forecast ETTh1.csv --context 96 --horizon 96 --split 12,4,4  # as in the literature\n",
    .task = "forecast",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
