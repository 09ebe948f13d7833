/* unroll --version: prints the version, the compiler, the number type, the instruction sets and what can be trained. */
#include "cli/version.h"

#include "cli/inspect/cells.h"
#include "cli/support/isa.h"
#include "cli/support/npz.h"

#include "unroll_train.h"

#include "base/program.h"

static const char *compiler(void)
{
#if defined(__clang__)
    return __VERSION__; /* begins with the compiler's name */
#elif defined(__GNUC__)
    return "GCC " __VERSION__;
#else
    return "unknown";
#endif
}

void ur_cli_print_version(FILE *out)
{
    fprintf(out, "unroll %s\n", ur_version());
    fprintf(out, "compiler          %s\n", compiler());
    fprintf(out, "numbers           f%zu\n", 8 * sizeof(ur_real));
    fprintf(out, "instruction sets ");
    for (unsigned i = 0; ur_cli_isa_name(i); i++)
        if (ur_cli_isa_works(ur_cli_isa_name(i))) fprintf(out, " %s", ur_cli_isa_name(i));
    fprintf(out, "\ntasks            ");
    for (size_t i = 0; ur_task_name(i); i++) fprintf(out, " %s", ur_task_name(i));
    fprintf(out, "\ncells            ");
    for (size_t i = 0; ur_cell_name(i); i++) fprintf(out, " %s", ur_cell_name(i));
    putc('\n', out);
    fprintf(out, "model files       safetensors\n");
    fprintf(out, "pictures          idx, PGM, PPM%s%s%s%s\n", ur_reads_png() ? ", PNG" : "",
            ur_reads_jpeg() ? ", JPEG" : "", ur_reads_png() ? "" : " (PNG: libpng was not there)",
            ur_reads_jpeg() ? "" : " (JPEG: libjpeg was not there)");
    fprintf(out, "normal form C     %s\n", ur_makes_normal_form() ? "utf8proc" : "none (libutf8proc was not there)");
    fprintf(out, "videos            %s\n",
            ur_program_is_there("ffmpeg", "-version") ? "through ffmpeg" : "none (there is no program ffmpeg)");
    fprintf(out, "arrays            %s\n", ur_cli_npz_built() ? "npz" : "none (libminizip was not there)");
    fprintf(out, "expressions       %s\n", ur_cli_where_built() ? "PCRE2" : "none (libpcre2 was not there)");
}
