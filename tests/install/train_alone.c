/*
 * A task of a program's own, trained by the trainer alone. tests/install/training_alone.sh checks what this program
 * links.
 */
#include "../train/ctc_toy.h"

#include <stdio.h>

int main(void)
{
    ur_settings *settings;
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    if (ur_settings_make(&settings, &ctc_task, &error) || ur_trainer_create(&trainer, settings, &error)) return 1;
    while (event.kind != UR_EVENT_END)
        if (ur_train_next(trainer, &event, &error)) return 1;
    printf("exact %.3f\n", event.best);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
    return 0;
}
