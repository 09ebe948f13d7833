/* Writes a model file. */
#include "base/number.h"
#include "format/json_text.h"
#include "format/model_file.h"
#include "format/record.h"
#include "format/small_weights.h"
#include "model/finite.h"
#include "model/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UR_PROBE_STEPS = 16, UR_PROBE_NUMBERS = 8 };

/* The first outputs after 16 steps of ids 0, 7, 14 … (mod V), as hexadecimal floats. With them a machine that loads the
 * file can check that it computes the same. */
static json_t *probe(const ur_model *m, ur_state *state, real *out)
{
    json_t *ids = json_array(), *logits = json_array();
    int failed = 0;
    size_t symbols = m->lines[m->line_count - 1].symbols;
    for (size_t i = 0; i < UR_PROBE_STEPS; i++) {
        int32_t id = (int32_t)(7 * i % symbols);
        ur_step(m, state, &id, out);
        failed |= json_array_append_new(ids, json_integer(id));
    }
    for (size_t i = 0; i < UR_PROBE_NUMBERS && i < ur_model_outputs(m); i++) {
        char text[48];
        ur_format_number(text, sizeof text, "%a", (double)out[i]);
        failed |= json_array_append_new(logits, json_string(text));
    }
    json_t *both = json_pack("{s:o, s:o}", "ids", ids, "logits", logits);
    if (!failed) return both;
    json_decref(both);
    return NULL;
}

/* Adds the probe to the record. A network that takes numbers, or cannot be stepped, has none. */
static ur_status put_probe(const ur_model *m, json_t *record, ur_error *error)
{
    const ur_line *line = &m->lines[m->line_count - 1];
    bool steps = m->line_count == 1 && ur_check_streams(m, NULL) == UR_OK;
    if (!line->symbols || !steps || !m->packed) return UR_OK;
    ur_state *state;
    UR_TRY(ur_state_create(&state, m, 1, error));
    real *out = calloc(line->width, sizeof(real));
    int failed = !out || json_object_set_new(record, "probe", probe(m, state, out));
    free(out);
    ur_state_free(state);
    return failed ? ur_fail_memory(error, "the model's record") : UR_OK;
}

static ur_status record_text(const ur_model *m, char **text, ur_error *error)
{
    json_t *record = ur_record_make(m);
    if (!record) return ur_fail_memory(error, "the model's record");
    ur_status status = put_probe(m, record, error);
    if (status == UR_OK) status = ur_json_write(record, text, error);
    json_decref(record);
    return status;
}

static ur_status check_finite(const char *name, const real *numbers, size_t count, ur_error *error)
{
    if (ur_all_finite(numbers, count)) return UR_OK;
    return ur_fail(error, UR_ERR_NUMERIC, "tensor %s is not finite; the model was not saved", name);
}

/* Does not write what the reader would refuse. */
static ur_status check_tensors(const ur_model *m, const ur_tensor_entry *extra, size_t count, ur_error *error)
{
    for (size_t i = 0; i < m->param_count; i++)
        UR_TRY(check_finite(m->params[i].name, m->params[i].value, m->params[i].size, error));
    for (size_t i = 0; i < count; i++)
        UR_TRY(check_finite(extra[i].name, extra[i].data, extra[i].bytes / sizeof(real), error));
    return UR_OK;
}

ur_status ur_model_write(const ur_model *m, const char *path, const ur_tensor_entry *extra, size_t count,
                         ur_error *error)
{
    char *text;
    UR_TRY(check_tensors(m, extra, count, error));
    UR_TRY(record_text(m, &text, error));
    ur_small_entries small;
    const char *metadata[] = {"format", "pt", UR_SEAL_KEY, UR_SEAL_OPEN, "unroll", text};
    const char *plain[] = {"format", "pt", "unroll", text};
    ur_status status = ur_small_entries_make(&small, m, count, error);
    if (status == UR_OK && count) memcpy(small.entries + small.count, extra, count * sizeof *extra);
    if (status == UR_OK)
        status = ur_tensor_file_write(path, small.entries, small.count + count, extra ? metadata : plain, extra ? 3 : 2,
                                      error);
    ur_small_entries_free(&small);
    free(text);
    return status;
}

ur_status ur_model_save(const ur_model *model, const char *path, ur_error *error)
{
    return ur_model_write(model, path, NULL, 0, error);
}

char *ur_model_record(const ur_model *model)
{
    char *text;
    return record_text(model, &text, NULL) == UR_OK ? text : NULL;
}
