// Where the kept values of a byte of a bitmap go: for each of eight channels the place of its value
// among the kept, or -1.

#ifndef LACUNA_EXPAND_H
#define LACUNA_EXPAND_H

#include <stdint.h>

#define BIT(n, l) ((n) >> (l) & 1)
#define BELOW(n, l)                                                                          \
  ((l > 0 ? BIT(n, 0) : 0) + (l > 1 ? BIT(n, 1) : 0) + (l > 2 ? BIT(n, 2) : 0) +             \
   (l > 3 ? BIT(n, 3) : 0) + (l > 4 ? BIT(n, 4) : 0) + (l > 5 ? BIT(n, 5) : 0) +             \
   (l > 6 ? BIT(n, 6) : 0))
#define PLACE(n, l) (BIT(n, l) ? BELOW(n, l) : -1)
#define PLACES(n)                                                                            \
  {PLACE(n, 0), PLACE(n, 1), PLACE(n, 2), PLACE(n, 3),                                       \
   PLACE(n, 4), PLACE(n, 5), PLACE(n, 6), PLACE(n, 7)}
#define FOUR(n) PLACES(n), PLACES((n) + 1), PLACES((n) + 2), PLACES((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
#define SIXTY_FOUR(n) SIXTEEN(n), SIXTEEN((n) + 16), SIXTEEN((n) + 32), SIXTEEN((n) + 48)

static const int8_t expand_places[256][8] = {
  SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192),
};

#endif
