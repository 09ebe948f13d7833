/*
 * A log of a run from anyone. The result is an error that names a line, or columns of equal length whose steps do not
 * fall, and samples that are text.
 */
#include "../../cli/inspect/run_log.c" /* the program's own, which no library has */

#include <stdint.h>

static void must(int holds)
{
    if (!holds) abort();
}

static void check_columns(const ur_cli_records *r)
{
    must(r->columns <= UR_CLI_COLUMNS && r->count <= r->room);
    for (size_t k = 0; k < UR_CLI_COLUMNS; k++) must((r->column[k] != NULL) == (k < r->columns && r->room > 0));
    for (size_t i = 1; i < r->count; i++) must(r->column[UR_CLI_STEP][i] >= r->column[UR_CLI_STEP][i - 1]);
    double sum = 0; /* all of it can be read */
    for (size_t k = 0; k < r->columns; k++)
        for (size_t i = 0; i < r->count; i++) sum += r->column[k][i];
    must(sum == sum || sum != sum);
}

static void check(const ur_cli_run_log *log)
{
    check_columns(&log->updates);
    check_columns(&log->evaluations);
    must(log->gate_count <= UR_CLI_RUN_GATES);
    for (size_t i = 0; i < log->gate_count; i++) must(log->gates[i].column + 1 < log->evaluations.columns);
    for (size_t i = 0; i < log->sample_count; i++) must(log->samples[i].text[log->samples[i].length] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ur_cli_run_log log;
    ur_error error = {0};
    ur_status status = ur_cli_run_log_parse(&log, "log", data, size, &error);
    if (status == UR_OK)
        check(&log);
    else
        must(strncmp(error.text, "log: ", 5) == 0);
    ur_cli_run_log_free(&log);
    return 0;
}
