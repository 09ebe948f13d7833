/* Functions of one number in double precision that give the same bits on every machine (no log or cos of the C
 * library). */
#ifndef UR_BASE_SCALAR_H
#define UR_BASE_SCALAR_H

#include <stddef.h>

double ur_log(double x); /* natural logarithm; −infinity for 0, NaN below; relative error ≤ 4 ulp */
double ur_exp(double x); /* e^x; relative error ≤ 4 ulp; 0 below −700, saturates above 700 */
void ur_exp_all(double *x, size_t count); /* ur_exp of each number: the same bits in a third of the time */
double ur_tanh(double x);                 /* absolute error ≤ 1e-15 */
double ur_cos_turn(double turns);         /* cos(2π·turns) for 0 ≤ turns < 1; absolute error ≤ 1e-15 */

#endif
