/* What unroll eval prints of labels beside the numbers. */
#ifndef UR_CLI_EVAL_LABELS_H
#define UR_CLI_EVAL_LABELS_H

struct json_t;

/* The confusion matrix, and the mistakes that the model was surest of, as far as the object of an evaluation has them. */
void ur_cli_print_labels(const struct json_t *result);

#endif
