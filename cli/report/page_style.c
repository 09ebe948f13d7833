/*
 * The style sheet of the reports. Colours are variables, for light and for dark mode. Series differ in lightness, have
 * colours that colour-blind readers can tell apart (after Okabe and Ito), and also differ in dashes and markers.
 */
#include "cli/report/page.h"

static const char LIGHT[] = "--paper:#fff;--ink:#1d1f21;--soft:#62676d;--rule:#d4d7da;--grid:#eceeef;"
                            "--neg:66,146,210;--pos:236,117,32;"
                            "--s0:#00539c;--s1:#d9650a;--s2:#13805a;--s3:#b5479b;--s4:#8a6a00;--s5:#2b2e31;"
                            "--s6:#3a8fd0;--s7:#7a3b1d;";

static const char DARK[] = "--paper:#16181a;--ink:#e6e7e8;--soft:#a0a5ab;--rule:#3d4146;--grid:#26292c;"
                           "--neg:74,144,217;--pos:224,108,30;"
                           "--s0:#7cc4ff;--s1:#ff8a3d;--s2:#2fa87f;--s3:#e79fd0;--s4:#e2c044;--s5:#c3c8cd;"
                           "--s6:#8f9bff;--s7:#d9a58c;";

static const char PAGE[] =
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,\"Segoe UI\","
    "\"Noto Sans\",\"Noto Sans KR\",\"Noto Sans CJK KR\",\"Apple SD Gothic Neo\",\"Malgun Gothic\",sans-serif;"
    "font-variant-numeric:tabular-nums}\n"
    "main{max-width:47rem;margin:0 auto;padding:3rem 1.5rem 5rem}\n"
    "h1{font-size:1.6rem;font-weight:600;line-height:1.25;margin:0 0 1.5rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.1rem;font-weight:600;margin:2.75rem 0 .5rem;overflow-wrap:anywhere}\n"
    "h3{font-size:.9rem;font-weight:600;margin:1.25rem 0 .25rem}\n"
    "p{margin:.6rem 0;max-width:42rem;overflow-wrap:anywhere}\n"
    "table{border-collapse:collapse;margin:1rem 0;font-size:.875rem}\n"
    "th{font-weight:600;text-align:left;border-bottom:1px solid var(--rule)}\n"
    "th,td{padding:.2rem 1.2rem .2rem 0;vertical-align:baseline;overflow-wrap:anywhere}\n"
    "td.n,th.n{text-align:right;white-space:nowrap}\n"
    "code,pre{font-family:ui-monospace,\"SF Mono\",Menlo,Consolas,\"Noto Sans Mono\",\"Noto Sans Mono CJK KR\","
    "D2Coding,monospace;font-size:.875rem}\n"
    "svg{display:block;width:100%;height:auto;margin:1.25rem 0 1.75rem}\n"
    "pre.shade{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.7;margin:.75rem 0 1.5rem}\n"
    "pre.shade b,p.key b{font-weight:inherit}\n"
    "p.key{font-size:.8rem;color:var(--soft)}\n"
    "p.key b{padding:.1rem .35rem;color:var(--ink)}\n"
    "b[title^=\"-\"]{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em}\n"
    "@media print{main{max-width:none;padding:0}svg,table{break-inside:avoid}}\n";

static const char FIGURE[] =
    "svg text{fill:var(--ink);font-size:12px;font-family:inherit}\n"
    "svg .title{font-size:14px;font-weight:600}\n"
    "svg .soft{fill:var(--soft)}\n"
    "svg .end{text-anchor:end}svg .mid{text-anchor:middle}\n"
    "svg .axis{stroke:var(--rule);stroke-width:1;fill:none}svg .grid{stroke:var(--grid);stroke-width:1}\n"
    "svg .halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}\n"
    "svg .line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}\n"
    "svg .area{fill-opacity:.2}\n"
    "svg .dash{stroke-dasharray:5 4}svg .lead{stroke:var(--rule);fill:none}\n"
    "svg .mark{stroke:var(--paper);stroke-width:1}\n"
    "svg .pos{fill:rgb(var(--pos))}svg .neg{fill:rgb(var(--neg))}\n"
    "svg .control{stroke:var(--ink);stroke-width:2}svg .under{stroke:var(--paper);stroke-width:5}\n"
    "svg .dots{stroke:var(--soft);stroke-opacity:.45;stroke-linecap:round}\n";

/* Series i is drawn in class s_i (strokes) or f_i (marks). Text with values −1 … 1 is coloured by its title, which
 * holds the value's first decimal. */
static void write_classes(FILE *file)
{
    for (int i = 0; i < 8; i++)
        fprintf(file, "svg .s%d{stroke:var(--s%d)}svg .f%d,svg .n%d{fill:var(--s%d)}\n", i, i, i, i, i);
    for (int i = 1; i <= 10; i++) {
        const char *zero = i < 10 ? "." : "";
        int digit = i < 10 ? i : 1;
        fprintf(file, "b[title=\"%s%d\"]{background:rgba(var(--pos),%.2f)}", zero, digit, 0.07 + 0.075 * i);
        fprintf(file, "b[title=\"-%s%d\"]{background:rgba(var(--neg),%.2f)}\n", zero, digit, 0.07 + 0.075 * i);
    }
}

void ur_cli_page_style(FILE *file)
{
    fprintf(file, ":root{color-scheme:light dark;%s}\n", LIGHT);
    fprintf(file, "@media(prefers-color-scheme:dark){:root{%s}}\n", DARK);
    fputs(PAGE, file);
    fputs(FIGURE, file);
    write_classes(file);
}
