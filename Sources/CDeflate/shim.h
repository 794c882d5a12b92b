#ifndef LACUNA_CDEFLATE_SHIM_H
#define LACUNA_CDEFLATE_SHIM_H

#include <libdeflate.h>

#endif
