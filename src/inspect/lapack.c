/* See lapack.h. Fortran passes everything by address, and the lengths of strings after all other arguments. */
#include "inspect/lapack.h"

#include "base/memory.h"

#include <dlfcn.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* Singular values of a (m, n) stored column by column. The singular vectors are not computed here. */
typedef void ur_dgesdd(const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
                       const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork,
                       int *info, size_t job_length);
/* Eigenvalues re + i·im of a (n, n). The eigenvectors are not computed here. */
typedef void ur_dgeev(const char *left, const char *right, const int *n, double *a, const int *lda, double *re,
                      double *im, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,
                      const int *lwork, int *info, size_t left_length, size_t right_length);

struct ur_lapack {
    void *library;
    ur_dgesdd *dgesdd;
    ur_dgeev *dgeev;
};

#ifdef __APPLE__
static const char *const NAMES[] = {"/System/Library/Frameworks/Accelerate.framework/Accelerate"};
#else
static const char *const NAMES[] = {"liblapack.so.3", "libopenblas.so.0"};
#endif

static void *open_library(void)
{
    void *library = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0] && !library; i++)
        library = dlopen(NAMES[i], RTLD_NOW | RTLD_LOCAL);
    return library;
}

ur_lapack *ur_lapack_open(void)
{
    ur_lapack *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->library = open_library();
    /* POSIX allows a function's address in a pointer to data, C does not, so it is stored through a pointer to the
     * function pointer. */
    if (l->library) *(void **)(void *)&l->dgesdd = dlsym(l->library, "dgesdd_");
    if (l->library) *(void **)(void *)&l->dgeev = dlsym(l->library, "dgeev_");
    if (l->dgesdd && l->dgeev) return l;
    ur_lapack_close(l);
    return NULL;
}

void ur_lapack_close(ur_lapack *l)
{
    if (!l) return;
    if (l->library) dlclose(l->library);
    free(l);
}

static ur_status judge(int info, const char *what, ur_error *error)
{
    if (info == 0) return UR_OK;
    return ur_fail(error, UR_ERR_NUMERIC, "LAPACK's %s failed on the matrix (%d)", what, info);
}

/* A workspace of the size for which the routine asked (as a double); NULL if memory is lacking. A size that does not
 * fit becomes 1, and LAPACK then reports an error. */
static double *workspace(double size, int *count)
{
    *count = size >= 1 && size < INT_MAX ? (int)size : 1;
    return calloc((size_t)*count, sizeof(double));
}

/* A matrix stored row by row is its transpose stored column by column, which has the same singular values. */
ur_status ur_lapack_singular(const ur_lapack *l, double *a, size_t rows, size_t columns, double *values,
                             ur_error *error)
{
    if (rows > INT_MAX / 64 || columns > INT_MAX / 64)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "a matrix of %zu rows is too large for LAPACK", rows);
    int m = (int)columns, n = (int)rows, least = m < n ? m : n, one = 1, ask = -1, count, info = 0;
    double asked = 0, none = 0;
    int *integers = calloc(8 * (size_t)least + 1, sizeof *integers);
    if (!integers) return ur_fail_memory(error, "the singular values");
    l->dgesdd("N", &m, &n, a, &m, values, &none, &one, &none, &one, &asked, &ask, integers, &info, 1);
    double *work = workspace(asked, &count);
    if (work) l->dgesdd("N", &m, &n, a, &m, values, &none, &one, &none, &one, work, &count, integers, &info, 1);
    ur_status status = work ? judge(info, "dgesdd", error) : ur_fail_memory(error, "the singular values");
    free(work);
    free(integers);
    return status;
}

ur_status ur_lapack_radius(const ur_lapack *l, double *a, size_t size, double *radius, ur_error *error)
{
    if (size > INT_MAX / 64)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "a matrix of %zu rows is too large for LAPACK", size);
    int n = (int)size, one = 1, ask = -1, count, info = 0;
    double asked = 0, none = 0, *re = calloc(2 * size + 1, sizeof *re), *im = re + size;
    if (!re) return ur_fail_memory(error, "the eigenvalues");
    l->dgeev("N", "N", &n, a, &n, re, im, &none, &one, &none, &one, &asked, &ask, &info, 1, 1);
    double *work = workspace(asked, &count);
    if (work) l->dgeev("N", "N", &n, a, &n, re, im, &none, &one, &none, &one, work, &count, &info, 1, 1);
    ur_status status = work ? judge(info, "dgeev", error) : ur_fail_memory(error, "the eigenvalues");
    *radius = 0;
    for (size_t i = 0; i < size && status == UR_OK; i++) *radius = fmax(*radius, hypot(re[i], im[i]));
    free(work);
    free(re);
    return status;
}
