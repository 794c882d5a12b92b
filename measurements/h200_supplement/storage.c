// Random O_DIRECT reads in groups: T threads share one atomic queue and meet at a barrier after each group.
// cc -O2 -pthread -o storage storage.c -lm ; ./storage FILE FILE_BYTES SECONDS_BUDGET > storage.csv
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define MAXG 512
static int fd, T, n, groups; static long chunk; static uint64_t *offs; static atomic_int q[MAXG]; static double stamp[MAXG + 1];
static pthread_barrier_t bar;
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e6 + t.tv_nsec / 1e3; }
static uint64_t S = 88172645463325252ull;
static uint64_t rnd(void) { S ^= S << 13; S ^= S >> 7; S ^= S << 17; return S; }
static void *work(void *a) {
  long id = (long)a; void *b; if (posix_memalign(&b, 4096, chunk)) exit(1); memset(b, 1, chunk);
  pthread_barrier_wait(&bar); if (!id) stamp[0] = now();
  for (int g = 0; g < groups; g++) {
    int i; while ((i = atomic_fetch_add(&q[g], 1)) < n)
      if (pread(fd, b, chunk, offs[(long)g * n + i]) != chunk) { perror("pread"); exit(1); }
    pthread_barrier_wait(&bar); if (!id) stamp[g + 1] = now();
  }
  free(b); return 0;
}
static int cmp(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return (x > y) - (x < y); }
static int cu(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return (x > y) - (x < y); }
int main(int c, char **v) {
  long size = atol(v[2]); double budget = atof(v[3]) * 1e6, begin = now();
  fd = open(v[1], O_RDWR | O_CREAT | O_DIRECT, 0644); if (fd < 0) { perror("open"); return 1; }
  if (lseek(fd, 0, SEEK_END) < size) {
    uint64_t *b; if (posix_memalign((void **)&b, 4096, 4 << 20)) return 1;
    for (long o = 0; o < size; o += 4 << 20) { for (int i = 0; i < (4 << 20) / 8; i++) b[i] = rnd(); if (pwrite(fd, b, 4 << 20, o) != 4 << 20) { perror("pwrite"); return 1; } }
    fsync(fd); free(b); fprintf(stderr, "file written in %.1f s\n", (now() - begin) / 1e6); begin = now();
  }
  printf("pattern,chunk,threads,reads,groups,us,p20_us,p80_us,mean_us\n");
  long chunks[] = {16384, 8192, 32768}; int Ts[] = {32, 1, 8, 16, 2, 4}, ns[] = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  for (int pass = 0; pass < 2; pass++)  // the second pass repeats everything, to show drift
    for (int ci = 0; ci < 3; ci++) for (int ti = 0; ti < 6; ti++) for (int asc = 0; asc < 2; asc++) {
      if (asc && (chunks[ci] != 16384 || (Ts[ti] != 32 && Ts[ti] != 8 && Ts[ti] != 1))) continue;
      for (int ni = 0; ni < 11; ni++) {
        chunk = chunks[ci]; T = Ts[ti]; n = ns[ni];
        groups = n ? 4000 / n : 200; if (groups > 100) groups = 100; if (groups < 15) groups = 15;
        offs = malloc(sizeof *offs * ((long)groups * n + 1));
        long slots = size / chunk;
        for (int g = 0; g < groups; g++) {
          long base = asc ? (long)(rnd() % (slots - 3072)) : 0;  // ascending: n of a layer's 3072 neighbouring slots, in order
          for (int i = 0; i < n; i++) offs[(long)g * n + i] = (asc ? base + rnd() % 3072 : rnd() % slots) * chunk;
          if (asc) qsort(offs + (long)g * n, n, 8, cu);
          q[g] = 0;
        }
        pthread_barrier_init(&bar, 0, T); pthread_t th[64];
        for (long i = 1; i < T; i++) pthread_create(&th[i], 0, work, (void *)i);
        work(0); for (int i = 1; i < T; i++) pthread_join(th[i], 0);
        pthread_barrier_destroy(&bar);
        double d[MAXG], s = 0; int m = groups - 2;  // the first two groups warm up
        for (int g = 0; g < m; g++) { d[g] = stamp[g + 3] - stamp[g + 2]; s += d[g]; }
        qsort(d, m, sizeof *d, cmp);
        printf("%s,%ld,%d,%d,%d,%.1f,%.1f,%.1f,%.1f\n", asc ? "ascending" : "random", chunk, T, n, m, d[m / 2], d[m / 5], d[m * 4 / 5], s / m); fflush(stdout);
        free(offs); if (now() - begin > budget) return 0;
      }
    }
  return 0;
}
