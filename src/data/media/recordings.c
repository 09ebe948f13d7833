#include "data/form.h"
static ur_status find(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    (void)set, (void)options;
    return ur_fail(error, UR_ERR_UNSUPPORTED, "wav");
}
const ur_form ur_form_wav = {"wav", find, ur_labelled_plain, NULL};
