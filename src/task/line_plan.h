/* The network of a task whose lines each have a name and a part to play: the task runs them one by one. */
#ifndef UR_TASK_LINE_PLAN_H
#define UR_TASK_LINE_PLAN_H

#include "model/model.h"
#include "train/task.h"

typedef struct ur_planned_line {
    const char *name;
    bool left_out;  /* by these settings */
    bool last;      /* no other line may stand behind it */
    ur_sizes sizes; /* what the data fix; without numbers or a picture to take, the line begins with `join` */
} ur_planned_line;

typedef struct ur_line_plan {
    const char *task, *who; /* "draw", "DRAW has", for messages */
    size_t count;
    ur_planned_line line[UR_LINES_MAX];
} ur_line_plan;

/* "lstm 256 x2", of the settings; UR_ERR_USAGE where layers differ in width. */
ur_status ur_plan_cell(const ur_run_settings *run, char *text, size_t size, ur_error *error);
/* Of request->line, or of the one that the user gives, which is put there: what the data fix of each line, whatever their order. */
ur_status ur_plan_sizes(const ur_line_plan *plan, const char *given, ur_net_request *request, ur_error *error);
/* number[i]: where planned line i stands in the model. UR_ERR_USAGE where one is missing or takes or gives something else. */
ur_status ur_plan_find(const ur_line_plan *plan, const ur_model *model, size_t *number, ur_error *error);
/* The model's network is refused: "its line NAME WANTS". */
ur_status ur_plan_refuse(const ur_line_plan *plan, const ur_model *model, size_t line, const char *wants,
                         ur_error *error);

#endif
