/* See run.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/run.h"

#include <stdio.h>

ur_settings *lm_settings(const char *path, const char *line)
{
    ur_settings *settings;
    ur_error error;
    if (ur_settings_create(&settings, "lm", &error) != UR_OK || ur_settings_add_data(settings, path, &error) != UR_OK ||
        ur_settings_read(settings, line, &error) != UR_OK)
        fail_msg("%s", error.text);
    return settings;
}

void set_one(ur_settings *settings, const char *name, const char *value)
{
    ur_error error;
    if (ur_settings_set(settings, name, value, &error) != UR_OK) fail_msg("%s", error.text);
}

void set_more(ur_settings *settings, const char *format, ...)
{
    char line[1024];
    ur_error error;
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(line, sizeof line, format, arguments) < (int)sizeof line);
    va_end(arguments);
    if (ur_settings_read(settings, line, &error) != UR_OK) fail_msg("%s", error.text);
}

ur_status train_to_end(ur_trainer *trainer, ur_error *error)
{
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_status status = UR_OK;
    while (status == UR_OK && event.kind != UR_EVENT_END) status = ur_train_next(trainer, &event, error);
    return status;
}
