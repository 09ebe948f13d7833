/* The network of a task whose lines each have a name and a role. The task runs the lines one by one. */
#ifndef UR_TASK_LINE_PLAN_H
#define UR_TASK_LINE_PLAN_H

#include "model/model.h"
#include "train/task.h"

typedef struct ur_planned_line {
    const char *name;
    bool left_out;  /* not needed with these settings */
    bool last;      /* no other line may follow */
    ur_sizes sizes; /* fixed by the data; a line without numbers or a picture as input begins with `join` */
} ur_planned_line;

typedef struct ur_line_plan {
    const char *task, *who; /* "draw", "DRAW has", for messages */
    size_t count;
    ur_planned_line line[UR_LINES_MAX];
} ur_line_plan;

/* Fills in what the data fix for each line of request->line, in whatever order the lines come. */
ur_status ur_plan_sizes(const ur_line_plan *plan, ur_net_request *request, ur_error *error);
/* Sets number[i] to the index of planned line i in the model. UR_ERR_USAGE if a line is missing or has other inputs or
 * outputs. */
ur_status ur_plan_find(const ur_line_plan *plan, const ur_model *model, size_t *number, ur_error *error);
/* Refuses the model's network with the message "its line NAME WANTS". */
ur_status ur_plan_refuse(const ur_line_plan *plan, const ur_model *model, size_t line, const char *wants,
                         ur_error *error);

#endif
