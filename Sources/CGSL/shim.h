#ifndef LACUNA_CGSL_SHIM_H
#define LACUNA_CGSL_SHIM_H

// Inline element access without range checks: NumericalMethods checks indices once, at its edges.
#define HAVE_INLINE
#define GSL_RANGE_CHECK_OFF

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf.h>
#include <gsl/gsl_spline.h>
#include <gsl/gsl_statistics.h>
#include <gsl/gsl_version.h>

// Swift 6 refuses mutable C globals, so each one is returned by a function.
static inline const gsl_qrng_type *lacuna_qrng_sobol(void) { return gsl_qrng_sobol; }
static inline const gsl_interp_type *lacuna_interp_steffen(void) { return gsl_interp_steffen; }
static inline const gsl_interp_type *lacuna_interp_linear(void) { return gsl_interp_linear; }
static inline const gsl_multifit_nlinear_type *lacuna_multifit_trust(void) {
  return gsl_multifit_nlinear_trust;
}
static inline const gsl_root_fsolver_type *lacuna_root_brent(void) {
  return gsl_root_fsolver_brent;
}
static inline const gsl_min_fminimizer_type *lacuna_min_brent(void) {
  return gsl_min_fminimizer_brent;
}
static inline const char *lacuna_gsl_version(void) { return gsl_version; }

#endif
