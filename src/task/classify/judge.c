/*
 * Measures a classification. Accuracy; macro-F1, the mean over all labels of 2PR/(P + R); the mean cross-entropy; the
 * expected calibration error (Guo et al. 2017): answers in 15 bins by their probability, Σ share·|accuracy − mean
 * probability|.
 */
#include "task/classify/classify.h"

#include "base/utf8.h"
#include "kernel/scalar.h"
#include "task/label_counts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double squash(real x, bool logit) { return logit ? 1 / (1 + ur_exp(-(double)x)) : (double)x; }

/* Computes the probabilities of the three labels from P(polar) and P(positive | polar). */
static void decide_sides(const real *row, bool logits, double *p)
{
    double polar = squash(row[UR_CLASS_OUT_POLAR], logits), positive = squash(row[UR_CLASS_OUT_POSITIVE], logits);
    p[UR_CLASS_NEUTRAL] = 1 - polar;
    p[UR_CLASS_POSITIVE] = polar * positive;
    p[UR_CLASS_NEGATIVE] = polar * (1 - positive);
}

size_t ur_classify_decide(const ur_classify *c, const double *p)
{
    size_t best = 0;
    if (c->settings.hierarchy)
        return p[UR_CLASS_NEUTRAL] >= 0.5                    ? UR_CLASS_NEUTRAL
               : p[UR_CLASS_POSITIVE] > p[UR_CLASS_NEGATIVE] ? UR_CLASS_POSITIVE
                                                             : UR_CLASS_NEGATIVE;
    for (size_t i = 1; i < c->label_count; i++)
        if (p[i] > p[best]) best = i;
    return best;
}

void ur_classify_probabilities(const ur_classify *c, const real *row, bool logits, double *p)
{
    double top = row[0], sum = 0;
    if (c->settings.hierarchy) {
        decide_sides(row, logits, p);
        return;
    }
    if (c->one_output) {
        p[1] = squash(row[0], logits);
        p[0] = 1 - p[1];
        return;
    }
    for (size_t i = 1; i < c->label_count; i++) top = (double)row[i] > top ? (double)row[i] : top;
    for (size_t i = 0; i < c->label_count; i++) sum += p[i] = ur_exp((double)row[i] - top);
    for (size_t i = 0; i < c->label_count; i++) p[i] /= sum;
}

/* ---- Sums --------------------------------------------------------------------------------------------------------- */

/* Inserts a mistake into the sorted list of the surest ones, if it belongs there. */
static void keep_mistake(ur_class_tally *t, ur_class_mistake m)
{
    size_t at = t->mistakes;
    while (at > 0 && t->mistake[at - 1].sureness < m.sureness) at--;
    if (at == UR_CLASS_MISTAKES) return;
    if (t->mistakes < UR_CLASS_MISTAKES) t->mistakes++;
    memmove(&t->mistake[at + 1], &t->mistake[at], (t->mistakes - at - 1) * sizeof m);
    t->mistake[at] = m;
}

static void add_answer(ur_classify *c, ur_class_tally *t, const double *p, size_t there, uint32_t example)
{
    size_t taken = ur_classify_decide(c, p);
    size_t bin = (size_t)(p[taken] * UR_CLASS_BINS);
    if (bin >= UR_CLASS_BINS) bin = UR_CLASS_BINS - 1;
    t->count++;
    t->right += taken == there;
    t->bin[bin].count++;
    t->bin[bin].right += taken == there;
    t->bin[bin].sureness += p[taken];
    c->counts[3 * there + 2]++;
    c->counts[3 * taken + 1]++;
    c->counts[3 * there] += taken == there;
    if (c->confusion) c->confusion[there * c->label_count + taken]++;
    if (taken != there) keep_mistake(t, (ur_class_mistake){p[taken], example, (uint32_t)taken});
}

ur_status ur_classify_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_classify *c = data;
    ur_class_tally *t = tally;
    const ur_tensor *y = out[c->model->line_count - 1].y;
    const uint32_t *place = batch->extra;
    double *p = calloc(c->label_count, sizeof *p);
    if (!p) return ur_fail_memory(error, "an evaluation");
    if (!t->count) {
        memset(c->counts, 0, 3 * c->label_count * sizeof *c->counts);
        if (c->confusion) memset(c->confusion, 0, c->label_count * c->label_count * sizeof *c->confusion);
    }
    for (size_t b = 0; b < y->lanes; b++) {
        ur_classify_probabilities(c, y->value + b * y->row, true, p);
        add_answer(c, t, p, (size_t)c->targets[b], place[b]);
    }
    free(p);
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------ */

static double calibration_error(const ur_class_tally *t)
{
    double sum = 0;
    for (size_t i = 0; i < UR_CLASS_BINS; i++) sum += fabs((double)t->bin[i].right - t->bin[i].sureness);
    return sum / (double)t->count;
}

static const ur_class_part *judged_part(const ur_classify *c)
{
    return c->part[UR_PART_TEST].set ? &c->part[UR_PART_TEST] : &c->part[UR_PART_VALIDATION];
}

/* File names may hold any bytes, so invalid UTF-8 is replaced. */
static json_t *clean_json(const char *text)
{
    size_t length;
    char *clean = ur_utf8_clean(text, strlen(text), &length);
    json_t *json = clean ? json_stringn(clean, length) : NULL;
    free(clean);
    return json;
}

static json_t *mistake_json(const ur_classify *c, const ur_class_mistake *m, ur_error *error)
{
    const ur_class_part *p = judged_part(c);
    ur_example example = {0};
    char name[256];
    uint32_t number = p->example[m->example];
    ur_labelled_name(p->set, number, name, sizeof name);
    ur_status status = ur_labelled_read(p->set, number, &example, error);
    json_t *one = NULL;
    if (status == UR_OK)
        one = json_pack("{s:o,s:s,s:s,s:f}", "where", clean_json(name), "label",
                        c->labels[ur_labelled_label(p->set, number)], "taken", c->labels[m->taken], "probability",
                        m->sureness);
    if (one && example.text && json_object_set_new(one, "text", json_stringn(example.text, example.length))) {
        json_decref(one);
        one = NULL;
    }
    ur_example_free(&example);
    return one;
}

static json_t *mistakes_json(const ur_classify *c, const ur_class_tally *t, ur_error *error)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < t->mistakes; i++) {
        if (json_array_append_new(list, mistake_json(c, &t->mistake[i], error)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *labels_json(const ur_classify *c)
{
    json_t *list = json_array();
    int failed = !list;
    for (size_t i = 0; !failed && i < c->label_count; i++)
        failed = json_array_append_new(list, json_string(c->labels[i]));
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static ur_status tell_more(const ur_classify *c, const ur_class_tally *t, json_t *more, ur_error *error)
{
    if (error) error->status = UR_OK;
    int failed = json_object_set_new(more, "examples", json_integer((json_int_t)t->count));
    if (c->cut_count) failed |= json_object_set_new(more, "cut", json_integer((json_int_t)c->cut_count));
    failed |= json_object_set_new(more, "data", clean_json(ur_labelled_found(c->set)));
    failed |= json_object_set_new(more, "labels", labels_json(c));
    if (c->confusion) failed |= json_object_set_new(more, "confusion", ur_confusion_json(c->confusion, c->label_count));
    failed |= json_object_set_new(more, "mistakes", mistakes_json(c, t, error));
    if (!failed) return UR_OK;
    return error && error->status != UR_OK ? error->status : ur_fail_memory(error, "the result");
}

ur_status ur_classify_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error)
{
    const ur_classify *c = data;
    const ur_class_tally *t = tally;
    if (!t->count) return ur_fail(error, UR_ERR_USAGE, "no data to judge; name a file or a folder");
    metric[0] = (double)t->right / (double)t->count;
    metric[1] = ur_macro_f1(c->counts, c->label_count);
    metric[2] = all->sum / (double)(all->count ? all->count : 1);
    metric[3] = calibration_error(t);
    return more ? tell_more(c, t, more, error) : UR_OK;
}
