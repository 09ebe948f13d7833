/* See line_plan.h. */
#include "task/line_plan.h"

#include "net/line.h"

#include <stdio.h>
#include <string.h>

static const ur_planned_line *find_planned(const ur_line_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->line[i].left_out && strcmp(name, plan->line[i].name) == 0) return &plan->line[i];
    return NULL;
}

ur_status ur_plan_sizes(const ur_line_plan *plan, ur_net_request *request, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    request->sizes.lines = request->lines;
    for (size_t i = 0; i < spec.line_count; i++) {
        const ur_planned_line *line = find_planned(plan, spec.lines[i].name);
        if (!line)
            return ur_fail(error, UR_ERR_USAGE,
                           "network line \"%.200s\": %s no use for a line \"%s\" (unroll help train %s)", request->line,
                           plan->who, spec.lines[i].name, plan->task);
        request->lines[i] = line->sizes;
    }
    return UR_OK;
}

/* ---- Found -------------------------------------------------------------------------------------------------------- */

ur_status ur_plan_refuse(const ur_line_plan *plan, const ur_model *m, size_t line, const char *wants, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "network line \"%.300s\": its line \"%s\" %s (unroll help train %s)", m->net,
                   plan->line[line].name, wants, plan->task);
}

static ur_status find_line(const ur_line_plan *plan, const ur_model *m, size_t which, size_t *number, ur_error *error)
{
    size_t i = 0;
    while (i < m->line_count && strcmp(m->spec.lines[i].name, plan->line[which].name) != 0) i++;
    if (i == m->line_count) return ur_plan_refuse(plan, m, which, "is missing", error);
    if (plan->line[which].last && i + 1 < m->line_count)
        return ur_plan_refuse(plan, m, which, "is the last one", error);
    *number = i;
    return UR_OK;
}

/* Checks the inputs and outputs of a line. 0 outputs allow any number. */
static ur_status check_line(const ur_line_plan *plan, const ur_model *m, size_t which, size_t number, ur_error *error)
{
    const ur_line *line = &m->lines[number];
    const ur_sizes *sizes = &plan->line[which].sizes;
    const size_t features = sizes->rows ? sizes->rows * sizes->columns * sizes->channels : sizes->features;
    char wants[96];
    if (line->features != features || line->symbols) {
        snprintf(wants, sizeof wants, features ? "takes %zu numbers" : "begins with \"join\"", features);
        return ur_plan_refuse(plan, m, which, wants, error);
    }
    snprintf(wants, sizeof wants, "gives %zu numbers", sizes->outputs);
    return sizes->outputs && line->width != sizes->outputs ? ur_plan_refuse(plan, m, which, wants, error) : UR_OK;
}

ur_status ur_plan_find(const ur_line_plan *plan, const ur_model *m, size_t *number, ur_error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->line[i].left_out) continue;
        UR_TRY(find_line(plan, m, i, &number[i], error));
        UR_TRY(check_line(plan, m, i, number[i], error));
    }
    return UR_OK;
}
