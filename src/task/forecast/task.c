/* Forecasting as a task: its table. */
#include "task/forecast/forecast.h"

static const char *counts(const void *data)
{
    (void)data;
    return "value";
}

const ur_task ur_task_forecast = {
    .name = "forecast",
    .counts = counts,
    .settings = &ur_forecast_setting_table,
    .defaults = (const ur_own_default[]){{"cell", "gru"}, {NULL, NULL}},
    .settings_size = sizeof(ur_forecast_settings),
    .data_size = sizeof(ur_forecast),
    .tally_size = sizeof(ur_forecast_tally),
    .loops = true,
    .metric = {{"mse", false}, {"mae", false}, {"mse_data", false}, {"mae_data", false}, {"loss", false}},
    .open = ur_forecast_open,
    .close = ur_forecast_close,
    .choose = ur_forecast_choose,
    .describe = ur_forecast_describe,
    .hash = ur_forecast_hash,
    .network = ur_forecast_network,
    .record = ur_forecast_record,
    .prepare = ur_forecast_prepare,
    .batches = ur_forecast_batches,
    .batch = ur_forecast_batch,
    .forward = ur_forecast_forward,
    .tally = ur_forecast_tally_add,
    .finish = ur_forecast_finish,
    .look = ur_forecast_look_into,
    .step_text = ur_forecast_step_text,
    .feature_text = ur_forecast_feature_text,
    .answers = UR_ANSWER_SERIES,
    .answer = ur_forecast_answer,
};
