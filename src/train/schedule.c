/* See schedule.h. */
#include "train/schedule.h"

#include "kernel/scalar.h"

static double cosine(const ur_rate_plan *p, uint64_t step)
{
    if (p->steps <= p->warmup || step >= p->steps) return p->steps ? p->floor : 1;
    double done = (double)(step - p->warmup) / (double)(p->steps - p->warmup);
    return p->floor + (1 - p->floor) * (1 + ur_cos_turn(done / 2)) / 2;
}

static double linear(const ur_rate_plan *p, uint64_t step)
{
    if (p->steps <= p->warmup || step >= p->steps) return p->steps ? p->floor : 1;
    return 1 - (1 - p->floor) * ((double)(step - p->warmup) / (double)(p->steps - p->warmup));
}

static double drop(const ur_rate_plan *p, uint64_t times)
{
    double share = 1;
    while (times-- > 0 && share > p->floor) share *= p->factor;
    return share < p->floor ? p->floor : share;
}

double ur_rate_at(const ur_rate_plan *p, uint64_t step, uint64_t drops)
{
    if (step < p->warmup) return p->rate * (double)(step + 1) / (double)(p->warmup + 1);
    switch (p->schedule) {
    case UR_CONSTANT:
        return p->rate;
    case UR_COSINE:
        return p->rate * cosine(p, step);
    case UR_LINEAR_RATE:
        return p->rate * linear(p, step);
    case UR_STEPS:
        return p->rate * drop(p, p->every ? step / p->every : 0);
    case UR_PLATEAU:
        return p->rate * drop(p, drops);
    }
    return p->rate;
}
