/* See eval_labels.h. Columns are headed by numbers and the labels are written at the end of their rows, because labels
 * may be long or wide on a terminal. */
#include "cli/eval_labels.h"

#include "cli/support/text_out.h"

#include <jansson.h>

enum { LABELS_SHOWN = 20 }; /* a matrix of this size fits on a terminal */

static void print_heads(size_t count)
{
    puts("\nconfusion matrix: a row for each true label, a column for what it was taken for");
    printf("  ");
    for (size_t i = 0; i < count; i++) printf(" %6zu", i + 1);
    putchar('\n');
}

static void print_row(size_t number, const json_t *row, const json_t *label)
{
    printf("%2zu", number + 1);
    for (size_t i = 0; i < json_array_size(row); i++)
        printf(" %6lld", (long long)json_integer_value(json_array_get(row, i)));
    printf("  ");
    ur_cli_print_name(stdout, json_string_value(label));
    putchar('\n');
}

static void print_matrix(const json_t *rows, const json_t *labels)
{
    size_t count = json_array_size(rows);
    if (!count || count != json_array_size(labels)) return;
    if (count > LABELS_SHOWN) {
        printf("\n%zu labels: --json has the confusion matrix\n", count);
        return;
    }
    print_heads(count);
    for (size_t i = 0; i < count; i++) print_row(i, json_array_get(rows, i), json_array_get(labels, i));
}

static void print_text(const char *before, const json_t *text)
{
    if (!json_is_string(text)) return;
    fputs(before, stdout);
    ur_cli_print_name(stdout, json_string_value(text));
}

static void print_mistakes(const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        if (!i) puts("\nsurest mistakes");
        printf("%.4f", json_number_value(json_object_get(one, "probability")));
        print_text("  ", json_object_get(one, "label"));
        print_text(" taken for ", json_object_get(one, "taken"));
        print_text("  ", json_object_get(one, "where"));
        print_text("  ", json_object_get(one, "text"));
        putchar('\n');
    }
}

void ur_cli_print_labels(const json_t *result)
{
    print_matrix(json_object_get(result, "confusion"), json_object_get(result, "labels"));
    print_mistakes(json_object_get(result, "mistakes"));
}
