/*
 * The file's own values. The model's record may hold "probe": {"ids": […], "logits": ["0x1.8p+1", …]}: the logits after
 * reading the ids from a zero state, as hexadecimal numbers; the first few suffice. The computed logits must equal them
 * bit for bit.
 */
#include "cli/check/check.h"

#include "cli/support/isa.h"

#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct probe {
    int32_t *ids;
    double *logits;
    size_t id_count, logit_count;
} probe;

static void probe_free(probe *p)
{
    free(p->ids);
    free(p->logits);
}

static bool read_logit(const json_t *value, double *logit)
{
    const char *text = json_string_value(value);
    char *end = NULL;
    if (!text || !*text) return false;
    *logit = ur_parse_number(text, &end);
    return !*end && isfinite(*logit);
}

static bool read_lists(const json_t *ids, const json_t *logits, size_t tokens, probe *p)
{
    for (size_t i = 0; i < p->id_count; i++) {
        json_int_t id = json_integer_value(json_array_get(ids, i));
        if (!json_is_integer(json_array_get(ids, i)) || id < 0 || (uint64_t)id >= tokens) return false;
        p->ids[i] = (int32_t)id;
    }
    for (size_t i = 0; i < p->logit_count; i++)
        if (!read_logit(json_array_get(logits, i), &p->logits[i])) return false;
    return p->id_count > 0 && p->logit_count > 0;
}

static size_t symbols_of(const ur_model *model)
{
    ur_sizes sizes, lines[UR_MAX_LINES];
    ur_model_sizes(model, &sizes, lines);
    return lines[0].symbols;
}

static ur_status probe_read(probe *p, const json_t *object, const ur_model *model, const char *path, ur_error *error)
{
    const json_t *ids = json_object_get(object, "ids"), *logits = json_object_get(object, "logits");
    *p = (probe){.id_count = json_array_size(ids), .logit_count = json_array_size(logits)};
    p->ids = calloc(p->id_count + 1, sizeof *p->ids);
    p->logits = calloc(p->logit_count + 1, sizeof *p->logits);
    if (!p->ids || !p->logits) return ur_fail_memory(error, "the recorded values");
    if (p->logit_count <= ur_model_outputs(model) && read_lists(ids, logits, symbols_of(model), p)) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: its \"probe\" is not a list of ids and one of hexadecimal logits", path);
}

static ur_status run_ids(const ur_model *model, const probe *p, ur_real *out, ur_error *error)
{
    ur_state *state = NULL;
    UR_TRY(ur_state_create(&state, model, 1, error));
    for (size_t i = 0; i < p->id_count; i++) ur_step(model, state, &p->ids[i], out);
    ur_state_free(state);
    return UR_OK;
}

static ur_status compare(ur_cli_checks *checks, const ur_model *model, const probe *p, const char *isa, ur_error *error)
{
    char name[64];
    size_t different = 0;
    ur_real *out = calloc(ur_model_outputs(model) + 1, sizeof *out);
    ur_status status = out ? run_ids(model, p, out, error) : ur_fail_memory(error, "the recorded values");
    for (size_t i = 0; status == UR_OK && i < p->logit_count; i++) different += (double)out[i] != p->logits[i];
    free(out);
    if (status != UR_OK) return status;
    snprintf(name, sizeof name, "the file's values, %s", isa);
    ur_cli_check_report(checks, different ? UR_CLI_FAILED : UR_CLI_OK, name,
                        "%zu of %zu logits differ after %zu tokens", different, p->logit_count, p->id_count);
    return UR_OK;
}

static ur_status check_isa(ur_cli_checks *checks, const char *path, const json_t *object, const char *isa,
                           ur_error *error)
{
    ur_model *model = NULL;
    probe p = {0};
    UR_TRY(ur_model_load(&model, path, isa, error));
    ur_status status = probe_read(&p, object, model, path, error);
    if (status == UR_OK) status = compare(checks, model, &p, isa, error);
    probe_free(&p);
    ur_model_free(model);
    return status;
}

static ur_status check_record(ur_cli_checks *checks, const char *path, const json_t *record, ur_error *error)
{
    const json_t *object = json_object_get(record, "probe");
    if (!object) {
        ur_cli_check_report(checks, UR_CLI_SKIPPED, "the file's values", "none are recorded in it");
        return UR_OK;
    }
    for (unsigned i = 0; ur_cli_isa_name(i); i++)
        if (ur_cli_isa_works(ur_cli_isa_name(i))) UR_TRY(check_isa(checks, path, object, ur_cli_isa_name(i), error));
    return UR_OK;
}

/* Reads the record from the file itself, because the library would give a record that it writes from what it computes
 * here. The record is the text "unroll" in __metadata__ of the safetensors header, which follows its length (8 bytes,
 * little-endian). */
static json_t *record_in(const ur_bytes *bytes)
{
    uint64_t length = 0;
    for (size_t i = 8; bytes->size >= 8 && i-- > 0;) length = length << 8 | bytes->data[i];
    if (bytes->size < 8 || length > bytes->size - 8) return NULL;
    json_t *header = json_loadb((const char *)bytes->data + 8, (size_t)length, 0, NULL);
    const char *text = json_string_value(json_object_get(json_object_get(header, "__metadata__"), "unroll"));
    json_t *record = text ? json_loads(text, 0, NULL) : NULL;
    json_decref(header);
    return record;
}

ur_status ur_cli_check_probe(ur_cli_checks *checks, const char *path, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    json_t *record = record_in(&bytes);
    ur_bytes_free(&bytes);
    if (!record) return ur_fail(error, UR_ERR_FORMAT, "%s: its record cannot be read", path);
    ur_status status = check_record(checks, path, record, error);
    json_decref(record);
    return status;
}
