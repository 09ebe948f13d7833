/*
 * Any bytes as a series. The first byte chooses what is done about missing values. A series that opens has rows, rising
 * times, and NaN only where it was asked for. Its rows given one by one are the same series.
 */
#include "memory_file.h"

#include "data/table/series.h"

#include <math.h>
#include <string.h>

static void check_series(const ur_series *s)
{
    REQUIRE(s->channels > 0);
    for (size_t i = 1; s->times && i < s->rows; i++) REQUIRE(s->times[i] > s->times[i - 1]);
    for (size_t i = 0; i < s->channels; i++) REQUIRE(s->column_of[i] < s->column_count && ur_series_name(s, i)[0]);
    for (size_t i = 0; i < s->rows * s->channels; i++) REQUIRE(!isinf(s->values[i]));
    for (size_t i = 0; !s->missing && i < s->rows * s->channels; i++) REQUIRE(!isnan(s->values[i]));
    char text[UR_DATE_TEXT];
    for (size_t i = 1; i < 4; i++) ur_series_time(s, i, text);
}

/* Writes the rows as plain numbers, and reads them again. */
static void check_again(const ur_series *s)
{
    ur_series again;
    ur_error error;
    ur_series_begin(&again, &(ur_series_options){.header = "no", .time_column = "none", .missing = UR_MISSING_MASK});
    for (size_t row = 0; row < s->rows; row++) {
        char text[512];
        size_t used = 0;
        for (size_t i = 0; i < s->channels && used + 40 < sizeof text; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.9g", i ? "," : "",
                                     (double)s->values[row * s->channels + i]);
        if (s->channels < 8 && !s->missing) REQUIRE(ur_series_add(&again, text, used, &error) == UR_OK);
    }
    for (size_t i = 0; i < again.rows * again.channels; i++) REQUIRE(again.values[i] == s->values[i]);
    ur_series_close(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    ur_series_options options = {.missing = (ur_missing)(data[0] & 3), .header = data[0] & 4 ? "yes" : NULL};
    if (data[0] & 8) options.time_column = data[0] & 16 ? "1" : "none";
    memory_file file;
    memory_file_open(&file, data + 1, size - 1);
    ur_series s;
    ur_error error = {0};
    ur_status status = ur_series_open(&s, file.path, &options, &error);
    REQUIRE(status == UR_OK || error.text[0]);
    if (status == UR_OK) check_series(&s);
    if (status == UR_OK) check_again(&s);
    ur_series_close(&s);
    memory_file_close(&file);
    return 0;
}
