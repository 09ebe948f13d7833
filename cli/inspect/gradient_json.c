/* All curves and spectra of unroll inspect gradient as one JSON object. */
#include "cli/inspect/gradient.h"

#include "cli/support/json_out.h"

#include <math.h>
#include <string.h>

static json_t *numbers(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) ur_cli_json_add(&list, ur_cli_json_number(values[i]));
    return list;
}

static void set_curve(json_t **object, const char *key, const double *values, size_t count)
{
    if (values) ur_cli_json_set(object, key, numbers(values, count));
}

static json_t *spectra_json(const ur_spectra *spectra)
{
    ur_spectrum s;
    json_t *list = json_array();
    for (size_t i = 0; ur_spectrum_at(spectra, i, &s); i++) {
        json_t *one = json_object();
        ur_cli_json_set(&one, "gate", json_string(*s.gate ? s.gate : "all"));
        ur_cli_json_set(&one, "largest", ur_cli_json_number(s.largest));
        ur_cli_json_set(&one, "radius", ur_cli_json_number(s.radius));
        set_curve(&one, "singular", s.singular, s.count);
        ur_cli_json_add(&list, one);
    }
    return list;
}

static json_t *layer_json(const ur_flow_layer *l, const ur_spectra *spectra)
{
    json_t *one = json_object();
    size_t count = l->steps + 1;
    ur_cli_json_set(&one, "cell", json_string(l->cell));
    ur_cli_json_set(&one, "units", json_integer((json_int_t)l->units));
    set_curve(&one, "h", l->h, count);
    set_curve(&one, "c", l->c, count);
    set_curve(&one, "plus", l->plus, count);
    set_curve(&one, "slopes", l->slopes, count);
    set_curve(&one, "recurrent", l->recurrent, count);
    set_curve(&one, "kept", l->kept, count);
    set_curve(&one, "jacobian", l->jacobian, count);
    set_curve(&one, "alive", l->alive, count);
    ur_cli_json_set(&one, "factor_h", ur_cli_json_number(ur_cli_factor_a_step(l->h, l->steps)));
    if (l->c) ur_cli_json_set(&one, "factor_c", ur_cli_json_number(ur_cli_factor_a_step(l->c, l->steps)));
    ur_cli_json_set(&one, "h_moves", ur_cli_json_number(l->h_moves));
    ur_cli_json_set(&one, "c_moves", ur_cli_json_number(l->c_moves));
    ur_cli_json_set(&one, "W_hh", spectra_json(spectra));
    return one;
}

static json_t *subject_json(const ur_cli_subject *s)
{
    json_t *one = json_object(), *layers = json_array();
    ur_cli_json_set(&one, "name", ur_cli_json_text(s->name, strlen(s->name)));
    ur_cli_json_set(&one, "net", json_string(ur_model_net(s->model)));
    if (isfinite(s->gain)) ur_cli_json_set(&one, "gain", ur_cli_json_number(s->gain));
    ur_cli_json_set(&one, "places", json_integer((json_int_t)ur_flow_places(s->flow)));
    for (size_t i = 0; i < s->layers; i++) ur_cli_json_add(&layers, layer_json(&s->layer[i], s->spectra[i]));
    ur_cli_json_set(&one, "layers", layers);
    return one;
}

ur_status ur_cli_gradient_json(const ur_cli_subjects *all, ur_error *error)
{
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < all->count; i++) ur_cli_json_add(&list, subject_json(&all->list[i]));
    ur_cli_json_set(&object, "steps", json_integer((json_int_t)all->steps));
    ur_cli_json_set(&object, "logarithm", json_string("natural"));
    ur_cli_json_set(&object, "networks", list);
    return ur_cli_json_print(object, error);
}
