/*
 * How pictures are painted: a frame for each stroke, one after the other, as a GIF or as a page that plays by CSS
 * alone. Readers who prefer reduced motion, and printers, get the last frame. On the page, solid squares show where the
 * network wrote, and dashed ones where it read.
 */
#include "cli/sample_animation.h"

#include "cli/report/page.h"
#include "cli/report/picture.h"

#include "base/error.h"
#include "base/gif.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TICK = 0.25, REST = 2.5; /* duration in seconds of each frame, and the extra duration of the last
                                              * one */

/* Frame k appears at its time and stays, and later frames are drawn over it. The squares of a frame are visible until
 * the next one appears. */
static void write_style(FILE *out, size_t frames)
{
    double all = (double)frames * TICK + REST;
    fprintf(
        out,
        "<style>image{image-rendering:pixelated}.k,.g{animation-duration:%.2fs;animation-timing-function:step-end;"
        "animation-iteration-count:infinite}.g{fill:none;stroke-width:.6;stroke:#e2582b}.read{stroke-dasharray:1.5 1;"
        "stroke:#4c9be8}",
        all);
    for (size_t k = 0; k < frames; k++) {
        double from = 100 * (double)k * TICK / all, to = k + 1 < frames ? 100 * (double)(k + 1) * TICK / all : 100;
        fprintf(out, "@keyframes k%zu{0%%{opacity:0}%.3f%%,100%%{opacity:1}}.k%zu{animation-name:k%zu}", k, from, k, k);
        fprintf(out,
                "@keyframes g%zu{0%%{opacity:0}%.3f%%{opacity:1}%.3f%%,100%%{opacity:0}}.g%zu{animation-name:g%zu}", k,
                from, to, k, k);
    }
    fputs("@media (prefers-reduced-motion:reduce){.k{animation:none}.g{display:none}}"
          "@media print{.k{animation:none}.g{display:none}}</style>\n",
          out);
}

static void write_square(FILE *out, const ur_mosaic *m, size_t place, const ur_gaze *gaze, const char *class)
{
    if (!(gaze->side > 0)) return;
    double top = (double)(UR_MOSAIC_MARGIN + place / m->across * (m->picture[0] + UR_MOSAIC_MARGIN)) + 0.5;
    double left = (double)(UR_MOSAIC_MARGIN + place % m->across * (m->picture[1] + UR_MOSAIC_MARGIN)) + 0.5;
    double side = (double)gaze->side;
    fprintf(out, "<rect%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class,
            left + (double)gaze->column - side / 2, top + (double)gaze->row - side / 2, side, side);
}

static void write_squares(FILE *out, const ur_painted *p, const ur_mosaic *m, size_t frame)
{
    fprintf(out, "<g class=\"g g%zu\">", frame);
    for (size_t i = 0; i < p->count; i++) {
        size_t at = i * p->frames + frame;
        if (p->given) write_square(out, m, 2 * i, &p->read[at], " class=\"read\"");
        write_square(out, m, p->given ? 2 * i + 1 : i, &p->written[at], "");
    }
    fputs("</g>\n", out);
}

static ur_status write_frame(FILE *out, const ur_painted *p, size_t frame, ur_error *error)
{
    ur_cli_mosaic all;
    char attributes[96];
    UR_TRY(ur_cli_painted_mosaic(p, frame, 0, &all, error));
    const size_t *whole = all.mosaic.size;
    snprintf(attributes, sizeof attributes, "class=\"k k%zu\" width=\"%zu\" height=\"%zu\"", frame, whole[1], whole[0]);
    ur_status status = ur_cli_picture_svg(out, all.pixel, whole[0], whole[1], attributes, error);
    if (status == UR_OK) write_squares(out, p, &all.mosaic, frame);
    free(all.pixel);
    return status;
}

static ur_status write_figure(FILE *out, const ur_painted *p, ur_error *error)
{
    ur_cli_mosaic all;
    UR_TRY(ur_cli_painted_mosaic(p, 0, 0, &all, error));
    free(all.pixel);
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" role=\"img\" aria-label=\"%s\">\n",
            all.mosaic.size[1], all.mosaic.size[0], "Pictures being painted, stroke by stroke");
    write_style(out, p->frames);
    for (size_t frame = 0; frame < p->frames; frame++) UR_TRY(write_frame(out, p, frame, error));
    fputs("</svg>\n", out);
    return UR_OK;
}

static bool has_squares(const ur_gaze *gaze, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (gaze[i].side > 0) return true;
    return false;
}

static void write_notes(ur_cli_page *page, const ur_painted *p)
{
    const size_t count = p->count * p->frames;
    ur_cli_page_note(page, "%zu pictures of %zu x %zu, painted in %zu strokes from one first canvas.%s", p->count,
                     p->rows, p->columns, p->frames - 1, p->given ? " Each stands beside the given one." : "");
    if (has_squares(p->written, count))
        ur_cli_page_note(page, "A square is where the network wrote in the last stroke.%s",
                         p->given && has_squares(p->read, count) ? " A broken square is where it read." : "");
}

static ur_status write_page(const ur_painted *painted, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, painted->given ? "Painted again, stroke by stroke" : "Painted stroke by stroke",
                             error));
    ur_status status = write_figure(page.out, painted, error);
    write_notes(&page, painted);
    if (status == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}

/* ---- As a GIF ----------------------------------------------------------------------------------------------------- */

/* Draws all frames into one buffer, one after the other. The caller frees *film. */
static ur_status make_film(const ur_painted *p, ur_gif *gif, unsigned char **film, ur_error *error)
{
    ur_cli_mosaic all;
    size_t places = 0, bytes;
    for (size_t frame = 0; frame < p->frames; frame++) {
        UR_TRY(ur_cli_painted_mosaic(p, frame, 0, &all, error));
        places = all.mosaic.size[0] * all.mosaic.size[1];
        if (!frame && ur_mul_fits(places, p->frames, &bytes)) *film = malloc(bytes);
        if (*film) memcpy(*film + frame * places, all.pixel, places);
        free(all.pixel);
        if (!*film) return ur_fail_memory(error, "the film");
    }
    *gif = (ur_gif){.pixel = *film,
                    .frames = p->frames,
                    .rows = all.mosaic.size[0],
                    .columns = all.mosaic.size[1],
                    .delay = (unsigned)(100 * TICK),
                    .rest = (unsigned)(100 * REST)};
    return UR_OK;
}

static ur_status write_gif(const ur_painted *painted, const char *path, ur_error *error)
{
    ur_gif gif;
    unsigned char *film = NULL, *file = NULL;
    size_t size;
    ur_status status = make_film(painted, &gif, &film, error);
    if (status == UR_OK) status = ur_gif_make(&gif, &file, &size, error);
    if (status == UR_OK) status = ur_cli_write_file(path, file, size, error);
    free(film);
    free(file);
    return status;
}

ur_status ur_cli_sample_animation(const ur_painted *painted, const char *path, bool overwrite, ur_error *error)
{
    size_t length = strlen(path);
    bool gif = length > 4 && strcmp(path + length - 4, ".gif") == 0;
    return gif ? write_gif(painted, path, error) : write_page(painted, path, overwrite, error);
}
