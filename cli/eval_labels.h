/* The tables that unroll eval prints for labels, after the metrics. */
#ifndef UR_CLI_EVAL_LABELS_H
#define UR_CLI_EVAL_LABELS_H

struct json_t;

/* Prints the confusion matrix and the most confident mistakes, as far as the JSON object of an evaluation has them. */
void ur_cli_print_labels(const struct json_t *result);

#endif
