// Loops that do one thing: read in order, read at random, multiply and add in registers.

#ifndef KERNEL_LEVEL

#include "lacuna_measure.h"

// Ten chains hide the latency of a multiply-add on two pipes; a round takes every chain this often.
enum { CHAINS = 10, TURNS = 64, MOST_PARTS = 1024, LINE = 8 };

#define KERNEL_FILE "measure/loops.c"
#include "levels.h"

typedef struct job {
  const float *memory;
  int64_t floats, count, run;
  uint64_t seed;
  float sums[MOST_PARTS];
} job;

static uint64_t mixed(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void stream_part(void *context, int64_t part, int32_t worker) {
  (void)worker;
  job *j = context;
  j->sums[part] = AT_LEVEL(read_passes)(j->memory + part * j->floats, j->floats, j->count);
}

static void random_part(void *context, int64_t part, int32_t worker) {
  (void)worker;
  job *j = context;
  j->sums[part] = AT_LEVEL(read_runs)(j->memory, j->floats / j->run, j->run, j->count,
                                      j->seed + (uint64_t)part);
}

static void arithmetic_part(void *context, int64_t part, int32_t worker) {
  (void)worker;
  job *j = context;
  j->sums[part] = AT_LEVEL(multiply_adds)(j->count);
}

static float total(lacuna_pool *pool, job *j, lacuna_task task, int32_t parts) {
  const int32_t most = parts < MOST_PARTS ? parts : MOST_PARTS;
  lacuna_pool_run(pool, most, task, j);
  float sum_of_parts = 0;
  for (int32_t part = 0; part < most; part += 1) sum_of_parts += j->sums[part];
  return sum_of_parts;
}

float lacuna_measure_stream(lacuna_pool *pool, const float *memory, int64_t floats, int64_t passes,
                            int32_t parts) {
  job j = {.memory = memory, .floats = floats, .count = passes};
  return total(pool, &j, stream_part, parts);
}

float lacuna_measure_random(lacuna_pool *pool, const float *memory, int64_t floats, int64_t run,
                            int64_t reads, int32_t parts, uint64_t seed) {
  job j = {.memory = memory, .floats = floats, .count = reads, .run = run, .seed = mixed(seed)};
  return total(pool, &j, random_part, parts);
}

float lacuna_measure_arithmetic(lacuna_pool *pool, int64_t rounds, int32_t parts) {
  job j = {.count = rounds};
  return total(pool, &j, arithmetic_part, parts);
}

int64_t lacuna_arithmetic_flops(void) {
#if defined(__x86_64__)
  const int32_t level = lacuna_cpu_level();
  const int64_t lanes = level >= 4 ? 16 : level >= 3 ? 8 : 4;
#else
  const int64_t lanes = 4;
#endif
  return 2 * lanes * CHAINS * TURNS;
}

void lacuna_measure_chain(int64_t *chain, int64_t lines, uint64_t seed) {
  for (int64_t line = 0; line < lines; line += 1) chain[line * LINE] = line;
  // Sattolo's shuffle leaves one cycle.
  for (int64_t line = lines - 1; line > 0; line -= 1) {
    const int64_t other = (int64_t)(mixed(seed + (uint64_t)line) % (uint64_t)line);
    const int64_t kept = chain[line * LINE];
    chain[line * LINE] = chain[other * LINE];
    chain[other * LINE] = kept;
  }
}

int64_t lacuna_measure_latency(const int64_t *chain, int64_t steps) {
  int64_t at = 0;
  for (int64_t step = 0; step < steps; step += 1) at = chain[at * LINE];
  return at;
}

static void nothing(void *context, int64_t task, int32_t worker) {
  (void)context;
  (void)task;
  (void)worker;
}

void lacuna_measure_wake(lacuna_pool *pool, int64_t tasks, int64_t times) {
  for (int64_t time = 0; time < times; time += 1) lacuna_pool_run(pool, tasks, nothing, 0);
}

#else

static float LEVEL(read_passes)(const float *from, int64_t n, int64_t passes) {
  vf s[8] = {{0}};
  // Four streams side by side: a core fetches more of several than of one.
  const int64_t part = n / 4 / (2 * LANES) * (2 * LANES);
  for (int64_t pass = 0; pass < passes; pass += 1) {
    // The compiler must not know that the next pass reads the same.
    __asm__ volatile("" : "+r"(from) : : "memory");
    for (int64_t at = 0; at < part; at += 2 * LANES)
      for (int k = 0; k < 4; k += 1) {
        s[2 * k] += load(from + k * part + at);
        s[2 * k + 1] += load(from + k * part + at + LANES);
      }
  }
  return sum(((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])));
}

static float LEVEL(read_runs)(const float *from, int64_t places, int64_t run, int64_t reads,
                              uint64_t seed) {
  vf s[4] = {{0}};
  uint64_t state = seed * 0x9e3779b97f4a7c15u;
  for (int64_t read = 0; read < reads; read += 1) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    // The high half times the places, over 2^32: uniform without a division.
    const float *at = from + (int64_t)(((state >> 32) * (uint64_t)places) >> 32) * run;
    for (int64_t i = 0; i < run; i += 16)
      for (int k = 0; k < 16 / LANES; k += 1) s[k % 4] += load(at + i + k * LANES);
  }
  return sum((s[0] + s[1]) + (s[2] + s[3]));
}

static float LEVEL(multiply_adds)(int64_t rounds) {
  vf s[CHAINS];
  for (int k = 0; k < CHAINS; k += 1) s[k] = (vf){0} + (float)k;
  vf a = (vf){0} + 0.999f, b = (vf){0} + 0.001f;
  for (int64_t round = 0; round < rounds; round += 1) {
    __asm__ volatile("" : : : "memory");
    for (int turn = 0; turn < TURNS; turn += 1)
      for (int k = 0; k < CHAINS; k += 1) s[k] = s[k] * a + b;
  }
  vf all = {0};
  for (int k = 0; k < CHAINS; k += 1) all += s[k];
  return sum(all);
}

#endif
