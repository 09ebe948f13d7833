/* Bounds and ticks of axes; see axis.h. */
#include "cli/report/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The smallest round number (1, 2 or 5 times a power of ten) that is not below `rough`. */
static double round_step(double rough)
{
    double power = pow(10, floor(log10(rough))), share = rough / power;
    return (share <= 1.001 ? 1 : share <= 2.001 ? 2 : share <= 5.001 ? 5 : 10) * power;
}

/* Whether a logarithmic axis is so short that its ticks are at 1, 2 and 5 times powers of ten. On longer ones they are
 * at powers of ten. */
static bool is_short(const ur_cli_axis *axis) { return axis->log && axis->most - axis->least < 2; }

static void take_in_zero(double *least, double *most)
{
    if (*least > 0 && *least < 0.25 * *most) *least = 0;
    if (*most < 0 && *most > 0.25 * *least) *most = 0;
}

static void make_room(double *least, double *most, bool log)
{
    double size = fmax(fabs(*least), fabs(*most));
    if (*most - *least > fmax(1e-9 * size, 1e-280)) return;
    double room = log ? 0.5 : size > 1e-270 ? 0.1 * size : 1;
    *least -= room;
    *most += room;
}

static const double PARTS[] = {1, 2, 5, 10}; /* ticks of a short logarithmic axis, as multiples of a power of ten */

/* The nearest tick at or below a place, or at or above it. Places and ticks are logarithms. */
static double tick_below(double place)
{
    double power = floor(place + 1e-9), best = power;
    for (size_t i = 1; i < 3; i++)
        if (power + log10(PARTS[i]) <= place + 1e-9) best = power + log10(PARTS[i]);
    return best;
}

static double tick_above(double place)
{
    double power = floor(place + 1e-9), best = power + 1;
    for (size_t i = 3; i-- > 0;)
        if (power + log10(PARTS[i]) >= place - 1e-9) best = power + log10(PARTS[i]);
    return best;
}

ur_cli_axis ur_cli_axis_make(double least, double most, bool log, bool round, size_t wanted)
{
    if (log) least = log10(least), most = log10(most);
    if (round && !log) take_in_zero(&least, &most);
    make_room(&least, &most, log);
    double step = round_step((most - least) / (double)wanted);
    if (log && step < 1) step = 1;
    ur_cli_axis axis = {.least = least, .most = most, .step = step, .log = log};
    if (!round) return axis;
    if (is_short(&axis)) {
        axis.least = tick_below(least);
        axis.most = tick_above(most);
        return axis;
    }
    double grain = log ? 1 : step; /* moving a bound to a tick would add too much space if ticks are decades apart */
    axis.least = floor(least / grain + 1e-6) * grain;
    axis.most = ceil(most / grain - 1e-6) * grain;
    return axis;
}

bool ur_cli_axis_has(bool log, double value) { return fabs(value) < 1e300 && (!log || value > 1e-300); }

double ur_cli_axis_place(const ur_cli_axis *axis, double value)
{
    if (!ur_cli_axis_has(axis->log, value)) return NAN;
    double place = ((axis->log ? log10(value) : value) - axis->least) / (axis->most - axis->least);
    return isfinite(place) ? place : NAN;
}

static size_t short_log_ticks(const ur_cli_axis *axis, double *ticks)
{
    size_t count = 0;
    for (double power = floor(axis->least); power <= axis->most; power++) {
        for (size_t i = 0; i < 3 && count < UR_CLI_TICKS_MAX; i++) {
            double place = power + log10(PARTS[i]);
            if (place > axis->least - 1e-9 && place < axis->most + 1e-9) ticks[count++] = PARTS[i] * pow(10, power);
        }
    }
    return count;
}

size_t ur_cli_axis_ticks(const ur_cli_axis *axis, double ticks[UR_CLI_TICKS_MAX])
{
    if (is_short(axis)) return short_log_ticks(axis, ticks);
    size_t count = 0;
    double first = ceil(axis->least / axis->step - 1e-6);
    for (; count < UR_CLI_TICKS_MAX; count++) {
        double at = (first + (double)count) * axis->step;
        if (at > axis->most + 1e-6 * axis->step) break;
        ticks[count] = axis->log ? pow(10, at) : at;
    }
    return count;
}

static void raise_number(int number, char *text, size_t room)
{
    static const char *const DIGITS[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char plain[16];
    size_t used = 0;
    snprintf(plain, sizeof plain, "%d", number);
    for (const char *c = plain; *c; c++) {
        const char *raised = *c == '-' ? "⁻" : DIGITS[*c - '0'];
        used += (size_t)snprintf(text + used, used < room ? room - used : 0, "%s", raised);
    }
}

/* Writes a number with a power of ten: 2·10⁻⁷. */
static void power_text(double value, char text[UR_CLI_TICK_TEXT])
{
    char raised[16];
    int power = (int)floor(log10(fabs(value)) + 1e-9);
    double lead = value / pow(10, power);
    raise_number(power, raised, sizeof raised);
    if (fabs(lead - 1) < 1e-6)
        snprintf(text, UR_CLI_TICK_TEXT, "10%s", raised);
    else
        snprintf(text, UR_CLI_TICK_TEXT, "%.2g·10%s", lead, raised);
}

/* Writes 20000 as 20k and 3000000 as 3M. */
static void plain_text(double value, double step, char text[UR_CLI_TICK_TEXT])
{
    double size = fabs(value);
    if (size >= 1e6 && fmod(size, 1e5) == 0)
        snprintf(text, UR_CLI_TICK_TEXT, "%gM", value / 1e6);
    else if (size >= 1e4 && fmod(size, 100) == 0)
        snprintf(text, UR_CLI_TICK_TEXT, "%gk", value / 1e3);
    else
        snprintf(text, UR_CLI_TICK_TEXT, "%.*f", step < 1 ? (int)ceil(-log10(step) - 1e-6) : 0, value);
}

/* Replaces the hyphen by a minus sign, which is wider and at which no line is broken. */
static void put_minus(char text[UR_CLI_TICK_TEXT])
{
    if (text[0] != '-') return;
    char rest[UR_CLI_TICK_TEXT];
    memcpy(rest, text + 1, sizeof rest - 1);
    snprintf(text, UR_CLI_TICK_TEXT, "−%.20s", rest);
}

void ur_cli_axis_text(const ur_cli_axis *axis, double tick, char text[UR_CLI_TICK_TEXT])
{
    double size = fabs(tick);
    if (size < 1e-6 * axis->step && !axis->log)
        snprintf(text, UR_CLI_TICK_TEXT, "0");
    else if (size >= 1e9 || size < 1e-4 || (!axis->log && axis->step < 1e-4))
        power_text(tick, text);
    else if (axis->log)
        plain_text(tick, size, text);
    else
        plain_text(tick, axis->step, text);
    put_minus(text);
}
