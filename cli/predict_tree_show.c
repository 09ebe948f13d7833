/* A sentence and the labels of its phrases, on the terminal, as JSON and in a report. See predict_tree.h. */
#include "cli/predict_tree.h"

#include "cli/report/shade.h"
#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <string.h>

double ur_cli_phrase_side(const ur_cli_sentence *s, const ur_cli_phrase *phrase)
{
    double side = 0;
    for (size_t i = 0; i < s->labels; i++)
        side += phrase->probability[i] * (2 * (double)i / (double)(s->labels - 1) - 1);
    return side;
}

static double surety(const ur_cli_phrase *phrase) { return phrase->probability[phrase->label]; }

static size_t longest_label(const ur_cli_sentence *s, const ur_model *model)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->labels; i++) {
        size_t length = strlen(ur_model_label(model, i));
        if (length > longest) longest = length;
    }
    return longest;
}

/* ---- On the terminal ---------------------------------------------------------------------------------------------- */

static void print_words(const ur_cli_sentence *s, const ur_cli_phrase *phrase)
{
    double side = ur_cli_phrase_side(s, phrase);
    for (size_t i = phrase->begin; i < phrase->end; i++) {
        if (i > phrase->begin) ur_cli_shade_terminal(stdout, " ", 1, side);
        ur_cli_shade_terminal(stdout, s->word[i].text, s->word[i].length, side);
    }
    ur_cli_shade_end_terminal(stdout);
}

/* Prints "2  0.91  (2)    very funny": label, its probability, the label in the tree, and the phrase, indented by its
 * depth. */
static void print_phrase(const ur_cli_sentence *s, const ur_cli_phrase *phrase, const ur_model *model, size_t width)
{
    printf("%-*s  %.2f  ", (int)width, ur_model_label(model, phrase->label), surety(phrase));
    if (s->tree) {
        size_t length = phrase->given_length < width ? phrase->given_length : width;
        printf("(%.*s)%*s", (int)length, phrase->given ? phrase->given : "", (int)(width - length + 2), "");
    }
    size_t deep = phrase->depth;
    if (!s->tree && phrase != s->phrase) deep = phrase->begin + 1;
    printf("%*s", (int)(2 * (deep < 40 ? deep : 40)), "");
    print_words(s, phrase);
    fputc('\n', stdout);
}

void ur_cli_sentence_print(const ur_cli_sentence *s, const ur_model *model)
{
    size_t width = longest_label(s, model);
    for (size_t i = 0; i < s->phrases; i++) {
        const ur_cli_phrase *phrase = &s->phrase[i];
        bool longer = i > 1 && phrase->end - phrase->begin > s->phrase[i - 1].end - s->phrase[i - 1].begin;
        if (!s->tree && (i == 1 || longer)) fputc('\n', stdout);
        print_phrase(s, phrase, model, width);
    }
    fputc('\n', stdout);
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------ */

static json_t *probabilities_json(const ur_cli_sentence *s, const ur_cli_phrase *phrase, const ur_model *model)
{
    json_t *all = json_object();
    for (size_t i = 0; i < s->labels; i++)
        ur_cli_json_set(&all, ur_model_label(model, i), ur_cli_json_number(phrase->probability[i]));
    return all;
}

static json_t *phrase_json(const ur_cli_sentence *s, const ur_cli_phrase *phrase, const ur_model *model)
{
    json_t *o = json_object(), *words = json_array();
    for (size_t i = phrase->begin; i < phrase->end; i++)
        ur_cli_json_add(&words, ur_cli_json_text(s->word[i].text, s->word[i].length));
    ur_cli_json_set(&o, "begin", json_integer((json_int_t)phrase->begin));
    ur_cli_json_set(&o, "end", json_integer((json_int_t)phrase->end));
    ur_cli_json_set(&o, "words", words);
    if (phrase->given) ur_cli_json_set(&o, "given", ur_cli_json_text(phrase->given, phrase->given_length));
    ur_cli_json_set(&o, "label", json_string(ur_model_label(model, phrase->label)));
    ur_cli_json_set(&o, "probabilities", probabilities_json(s, phrase, model));
    return o;
}

ur_status ur_cli_sentence_json(const ur_cli_sentence *s, const ur_model *model, ur_error *error)
{
    json_t *o = json_object(), *phrases = json_array();
    for (size_t i = 0; i < s->phrases; i++) ur_cli_json_add(&phrases, phrase_json(s, &s->phrase[i], model));
    ur_cli_json_set(&o, "phrases", phrases);
    return ur_cli_json_print(o, error);
}

/* ---- In a report -------------------------------------------------------------------------------------------------- */

static void put_label(FILE *file, const ur_cli_sentence *s, const ur_cli_phrase *phrase, const ur_model *model)
{
    const char *label = ur_model_label(model, phrase->label);
    fputs("<td>", file);
    ur_cli_html_text(file, label, strlen(label));
    fprintf(file, "</td><td class=\"n\">%.2f</td>", surety(phrase));
    if (!s->tree) return;
    fputs("<td>", file);
    if (phrase->given) ur_cli_html_text(file, phrase->given, phrase->given_length);
    fputs("</td>", file);
}

static void put_row(FILE *file, const ur_cli_sentence *s, const ur_cli_phrase *phrase, const ur_model *model)
{
    double side = ur_cli_phrase_side(s, phrase);
    size_t deep = s->tree ? phrase->depth : phrase == s->phrase ? 0 : phrase->begin;
    fputs("<tr>", file);
    put_label(file, s, phrase, model);
    fprintf(file, "<td style=\"padding-left:%zuem\"><span class=\"shade\">", deep < 40 ? deep : 40);
    for (size_t i = phrase->begin; i < phrase->end; i++) {
        if (i > phrase->begin) ur_cli_shade_html(file, " ", 1, side);
        ur_cli_shade_html(file, s->word[i].text, s->word[i].length, side);
    }
    fputs("</span></td></tr>\n", file);
}

void ur_cli_sentence_html(const ur_cli_sentence *s, const ur_model *model, ur_cli_page *page)
{
    fprintf(page->out, "<table><tr><th>label</th><th class=\"n\">probability</th>%s<th>phrase</th></tr>\n",
            s->tree ? "<th>in the tree</th>" : "");
    for (size_t i = 0; i < s->phrases; i++) put_row(page->out, s, &s->phrase[i], model);
    fputs("</table>\n", page->out);
}
