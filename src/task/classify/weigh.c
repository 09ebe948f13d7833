/* How much an example counts in training: more if its label is rare, and more if it is a sentence than if it is a
 * phrase. The mean over the training examples is 1, so that the learning rate need not change. */
#include "task/classify/classify.h"

#include <math.h>
#include <stdlib.h>

bool ur_classify_weighs(const ur_classify *c) { return c->class_weight != NULL || c->settings.sentence_weight != 1; }

/* Computes the weight of each label: 1/n or 1/√n, where n is the number of its examples. */
static ur_status weigh_labels(ur_classify *c, ur_error *error)
{
    const ur_class_part *p = &c->part[UR_PART_TRAIN];
    c->class_weight = calloc(c->label_count, sizeof *c->class_weight);
    if (!c->class_weight) return ur_fail_memory(error, "the weights of the labels");
    for (size_t i = 0; i < p->count; i++) c->class_weight[ur_labelled_label(p->set, p->example[i])]++;
    for (size_t i = 0; i < c->label_count; i++) {
        double n = c->class_weight[i] > 0 ? c->class_weight[i] : 1;
        c->class_weight[i] = 1 / (c->settings.class_weights == UR_CLASS_WEIGHTS_SQRT ? sqrt(n) : n);
    }
    return UR_OK;
}

static double raw_weight(const ur_classify *c, uint32_t example)
{
    const ur_labelled *set = c->part[UR_PART_TRAIN].set;
    double weight = c->class_weight ? c->class_weight[ur_labelled_label(set, example)] : 1;
    return ur_labelled_phrase(set, example) ? weight : weight * c->settings.sentence_weight;
}

ur_status ur_classify_prepare_weights(ur_classify *c, ur_error *error)
{
    const ur_class_part *p = &c->part[UR_PART_TRAIN];
    double sum = 0;
    if (c->settings.class_weights != UR_CLASS_WEIGHTS_NONE) UR_TRY(weigh_labels(c, error));
    for (size_t i = 0; i < p->count; i++) sum += raw_weight(c, p->example[i]);
    c->mean_weight = p->count ? sum / (double)p->count : 1;
    return UR_OK;
}

double ur_classify_weight(const ur_classify *c, uint32_t example) { return raw_weight(c, example) / c->mean_weight; }
