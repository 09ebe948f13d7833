/* New names for labels, and labels to leave out: "0=neg,1=neg,2=,3=pos,4=pos". A rule is LABEL=NAME. If NAME is empty,
 * examples with the label are left out. Labels without a rule keep their names. */
#ifndef UR_DATA_RELABEL_H
#define UR_DATA_RELABEL_H

#include "data/table/rows.h"

/* UR_ERR_USAGE for a rule without "=" or without a label. */
ur_status ur_relabel_check(const char *rules, ur_error *error);

/* The new name of a label, without white space around it; length 0 if the label is left out. If `rules`
 * is NULL, the label itself. */
ur_field ur_relabel(const char *rules, ur_field label);

#endif
