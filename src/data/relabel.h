/* Labels under other names, and labels that are left out: "0=neg,1=neg,2=,3=pos,4=pos". A rule is LABEL=NAME; without a name,
 * examples with the label are left out. Labels without a rule stay as they are. */
#ifndef UR_DATA_RELABEL_H
#define UR_DATA_RELABEL_H

#include "data/table/rows.h"

/* UR_ERR_USAGE for a rule without "=" or without a label. */
ur_status ur_relabel_check(const char *rules, ur_error *error);

/* The new name, without blanks at its ends; of length 0: it is left out. Rules NULL: the label itself. */
ur_field ur_relabel(const char *rules, ur_field label);

#endif
