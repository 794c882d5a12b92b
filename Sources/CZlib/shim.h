#ifndef LACUNA_CZLIB_SHIM_H
#define LACUNA_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro that takes the size of its own struct, which Swift cannot import.
static inline int lacuna_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 15 + 32);
}

#endif
