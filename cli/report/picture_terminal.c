/* A grey picture on a terminal, see picture.h. */
#include "cli/report/picture.h"

#include "cli/report/terminal.h"

static int shade_at(const unsigned char *pixel, size_t rows, size_t columns, size_t row, size_t column)
{
    return row < rows ? pixel[row * columns + column] : 0;
}

static void put_grey(FILE *file, ur_cli_colours colours, int above, int below)
{
    ur_cli_terminal_select(file, colours, 38, above, above, above);
    ur_cli_terminal_select(file, colours, 48, below, below, below);
    fputs("▀", file);
}

static void put_plain(FILE *file, bool above, bool below)
{
    static const char *const BLOCKS[] = {" ", "▀", "▄", "█"};
    fputs(BLOCKS[above + 2 * below], file);
}

static void put_mark(FILE *file, ur_cli_colours colours, char mark)
{
    ur_cli_terminal_select(file, colours, 38, 0, 0, 0);
    ur_cli_terminal_select(file, colours, 48, 236, 117, 32);
    fputc(mark, file);
}

void ur_cli_picture_marked(FILE *file, const unsigned char *pixel, size_t rows, size_t columns, const char *mark)
{
    const ur_cli_colours colours = ur_cli_terminal_colours(file);
    for (size_t row = 0; row < rows; row += 2) {
        for (size_t column = 0; column < columns; column++) {
            int above = shade_at(pixel, rows, columns, row, column);
            int below = shade_at(pixel, rows, columns, row + 1, column);
            if (mark && mark[row / 2 * columns + column])
                put_mark(file, colours, mark[row / 2 * columns + column]);
            else if (colours >= UR_CLI_256)
                put_grey(file, colours, above, below);
            else
                put_plain(file, above >= 128, below >= 128);
        }
        fputs(colours >= UR_CLI_256 ? "\033[0m\n" : "\n", file);
    }
}

void ur_cli_picture_terminal(FILE *file, const unsigned char *pixel, size_t rows, size_t columns)
{
    ur_cli_picture_marked(file, pixel, rows, columns, NULL);
}
