/* The frame of a compiled day, into which sim/engine/emit.py writes the functions of a model.

   Worlds come in strips of B; each strip is simulated through all its days while it is in cache. Nothing here is static but
   constants: a call has a Strip of its own, so calls may run in several threads at once. docs/engine.md explains the whole.

   Sources of numbers: own_exp and own_log are the polynomials of NumPy's AVX loops, ndtri is Cephes' (both BSD-3, see NOTICE),
   the inverse error function is Giles' (2010), Philox4x32-10 is Salmon, Moraes, Dror and Shaw's (2011). */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifndef B
#define B 64
#endif
#ifdef UNIT  /* the same file is compiled as units 1 to 4 side by side: effects, clocks, clocks, the rest */
#define IN(k) (UNIT == (k))
#define SHARED __attribute__((visibility("hidden")))
#else
#define IN(k) 1
#define SHARED static
#endif
#define TOLD (1 << 22)  /* bytes of bins that are kept before they are counted, at most, if they are of more than one strip */
#define INLINE static inline __attribute__((always_inline))
#define ALONE __attribute__((noinline))
#define FAR __attribute__((noinline, cold))
//@@HEAD@@

/* ---- what Python and the kernel share (kernel.py, class Job) ---- */
typedef struct { int32_t day, event, world, because; } Entry;
typedef struct { int32_t is_float, row; float left, per_width; double scale; } Recorded;
typedef struct {
  int64_t n, from, to;              /* worlds of the model; which of them this call simulates */
  int32_t day, until, horizon, every, parts, keep, recorded, days_recorded;
  void *const *fields_f, *const *fields_i; const int32_t *kinds_i;   /* a pointer a row; int16 0, bool 1 */
  float *left; int32_t *used; int32_t *const *drawn;                 /* [NC][n], [NC][n], a pointer a stream */
  const float *const *fixed; const int32_t *spread;                  /* a pointer a recipe; 1 if it is one number a world */
  const uint32_t *numbers;                                           /* luck numbers */
  const uint32_t *streams;                                           /* of draws, then of clocks */
  uint32_t seed[2], tag;
  const float *push, *open;                                          /* [NC][n] or NULL */
  const Recorded *variables; int32_t *bins; int64_t *sums; float *least, *most;
  Entry *log; int64_t logged, room; int32_t full;                    /* full: no memory for more entries */
  int32_t wrong, wrong_day; int64_t wrong_world;                     /* which variable + 1 was first recorded as not finite */
} Job;

typedef struct {
  float F[NF][B]; int I[NI][B]; float left[NC][B]; int used[NC][B]; int drawn[NS][B];
  float fixed[NP][B];
#define P(k) z->fixed[k][w]
  float rate[B], zero[B], one[B]; uint32_t number[B]; float dense[ND][B];
  float pushes[NC][B], opens[NC][B];
//@@SCRATCH@@
  short hits[B][NC]; float hit_rates[B][NC]; int crossed[B], touched[B], touched_count;
  const float *push, *open; int bent;
  unsigned char *told; int64_t told_from, told_to; int together, kept;   /* [days_recorded * recorded][together * B] bins */
  int64_t first; int lanes; Job *job;
} __attribute__((aligned(64))) Strip;

/* ---- arithmetic ---- */
INLINE float own_exp(float x) {
  float c = x > 88.0f ? 88.0f : x; c = c < -87.0f ? -87.0f : c;
  float q = (c * 1.442695040888963407359924681001892137f + 0x1.8p23f) - 0x1.8p23f;
  float r = __builtin_fmaf(q, -6.93145752e-1f, c); r = __builtin_fmaf(q, -1.42860677e-6f, r);
  float n = __builtin_fmaf(5.082762527590693718096e-04f, r, 6.757896990527504603057e-03f);
  n = __builtin_fmaf(n, r, 5.114512081637298353406e-02f); n = __builtin_fmaf(n, r, 2.473615434895520810817e-01f);
  n = __builtin_fmaf(n, r, 7.257664613233124478488e-01f); n = __builtin_fmaf(n, r, 9.999999999980870924916e-01f);
  float d = __builtin_fmaf(2.159509375685829852307e-02f, r, -2.742335390411667452936e-01f); d = __builtin_fmaf(d, r, 1.0f);
  union { float f; int i; } u; u.f = n / d; u.i += ((int)q) << 23; return u.f;
}
INLINE float own_log(float x) {
  union { float f; int i; } u; u.f = x; int e = ((u.i >> 23) & 255) - 127; u.i = (u.i & 0x7fffff) | 0x3f800000; float m = u.f;
  int big = m > 1.41421356237f; m = big ? m * 0.5f : m; e = big ? e + 1 : e; float f = m - 1.0f;
  float n = __builtin_fmaf(2.589979117907922693523e-02f, f, 3.808837741388407920751e-01f);
  n = __builtin_fmaf(n, f, 1.480000633576506585156e+00f); n = __builtin_fmaf(n, f, 2.112677543073053063722e+00f);
  n = __builtin_fmaf(n, f, 9.999999999999998702752e-01f); n = __builtin_fmaf(n, f, 0.0f);
  float d = __builtin_fmaf(5.875095403124574342950e-03f, f, 1.546476374983906719538e-01f);
  d = __builtin_fmaf(d, f, 9.864942958518418397826e-01f); d = __builtin_fmaf(d, f, 2.453006071784736363091e+00f);
  d = __builtin_fmaf(d, f, 2.612677543073109236779e+00f); d = __builtin_fmaf(d, f, 1.0f);
  return __builtin_fmaf((float)e, 0.693147180559945309417232121458176568f, n / d);
}
#define RATE(tempo, x) ((tempo) / (own_exp(x) + 1.0f))

/* ---- luck ---- */
INLINE uint32_t philox(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t k, uint32_t l) {
  for (int i = 0; i < 10; i++) {
    uint64_t p = (uint64_t)0xD2511F53u * a, q = (uint64_t)0xCD9E8D57u * c;
    a = (uint32_t)(q >> 32) ^ b ^ k; c = (uint32_t)(p >> 32) ^ d ^ l; b = (uint32_t)q; d = (uint32_t)p;
    k += 0x9E3779B9u; l += 0xBB67AE85u;
  }
  return a;
}
INLINE float inside(uint32_t r) { return ((float)(int)(r >> 9) + 0.5f) * (1.0f / 8388608.0f); }  /* (0, 1), both ends out */
INLINE float normal_of(uint32_t r) {  /* quantile by a single-precision inverse error function (Giles 2010) */
  float x = 2.0f * inside(r) - 1.0f, w = -own_log((1.0f - x) * (1.0f + x)), a = w - 2.5f, b = __builtin_sqrtf(w) - 3.0f;
  float p = 2.81022636e-08f; p = 3.43273939e-07f + p * a; p = -3.5233877e-06f + p * a; p = -4.39150654e-06f + p * a;
  p = 0.00021858087f + p * a; p = -0.00125372503f + p * a; p = -0.00417768164f + p * a; p = 0.246640727f + p * a;
  p = 1.50140941f + p * a;
  float q = -0.000200214257f; q = 0.000100950558f + q * b; q = 0.00134934322f + q * b; q = -0.00367342844f + q * b;
  q = 0.00573950773f + q * b; q = -0.0076224613f + q * b; q = 0.00943887047f + q * b; q = 1.00167406f + q * b;
  q = 2.83297682f + q * b;
  return 1.41421356f * x * (w >= 5.0f ? q : p);
}
INLINE float exponential_of(uint32_t r) { return -own_log(inside(r)); }
INLINE float uniform_of(uint32_t r) { return (float)(int)(r >> 8) * (1.0f / 16777216.0f); }
INLINE uint32_t word(Strip *z, int stream, int k, int w) {
  const Job *j = z->job; return philox(z->number[w], k, j->streams[stream], j->tag, j->seed[0], j->seed[1]);
}

SHARED FAR double ndtri(double given);
SHARED float draw(Strip *z, int stream, int k, int w);
SHARED ALONE const float *dense(Strip *z, int stream, int k, int place);
SHARED void note(Strip *z, int day, int event, int w, int because);
SHARED ALONE void crossed(Strip *z, int row);
SHARED ALONE int run_clock(Strip *z, float *restrict left, float tempo, const float *against, const float *possible,
                           const float *open, const float *pace);
SHARED void fire(Strip *z, int day);
SHARED void rules(Strip *z, int day);

#if IN(4)
static double polynomial(double x, const double *c, int n, double a) { while (n--) a = a * x + *c++; return a; }
FAR double ndtri(double given) {  /* quantile of the standard normal, after Cephes */
  static const double P0[] = {-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1,
    1.39312609387279679503E1, -1.23916583867381258016E0}, Q0[] = {1.95448858338141759834E0, 4.67627912898881538453E0,
    8.63602421390890590575E1, -2.25462687854119370527E2, 2.00260212380060660359E2, -8.20372256168333339912E1,
    1.59056225126211695515E1, -1.18331621121330003142E0}, P1[] = {4.05544892305962419923E0, 3.15251094599893866154E1,
    5.71628192246421288162E1, 4.40805073893200834700E1, 1.46849561928858024014E1, 2.18663306850790267539E0,
    -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4}, Q1[] = {1.57799883256466749731E1,
    4.53907635128879210584E1, 4.13172038254672030440E1, 1.50425385692907503408E1, 2.50464946208309415979E0,
    -1.42182922854787788574E-1, -3.80806407691578277194E-2, -9.33259480895457427372E-4}, P2[] = {3.23774891776946035970E0,
    6.91522889068984211695E0, 3.93881025292474443415E0, 1.33303460815807542389E0, 2.01485389549179081538E-1,
    1.23716634817820021358E-2, 3.01581553508235416007E-4, 2.65806974686737550832E-6, 6.23974539184983293730E-9},
    Q2[] = {6.02427039364742014255E0, 3.67983563856160859403E0, 1.37702099489081330271E0, 2.16236993594496635890E-1,
    1.34204006088543189037E-2, 3.28014464682127739104E-4, 2.89247864745380683936E-6, 6.79019408009981274425E-9};
  int lower = 1; double y = given;
  if (y > 1.0 - 0.13533528323661269189) { y = 1.0 - y; lower = 0; }
  if (y > 0.13533528323661269189) {
    y -= 0.5; double s = y * y;
    return (y + y * (s * polynomial(s, P0 + 1, 4, P0[0]) / polynomial(s, Q0 + 1, 7, s + Q0[0]))) * 2.50662827463100050242;
  }
  double x = sqrt(-2.0 * log(y)), z = 1.0 / x, x0 = x - log(x) / x;
  x0 -= x < 8.0 ? z * polynomial(z, P1 + 1, 8, P1[0]) / polynomial(z, Q1 + 1, 7, z + Q1[0])
                : z * polynomial(z, P2 + 1, 8, P2[0]) / polynomial(z, Q2 + 1, 7, z + Q2[0]);
  return lower ? -x0 : x0;
}

float draw(Strip *z, int stream, int k, int w) {
  uint32_t r = word(z, stream, k, w);
  return LAW[stream] == 0 ? exponential_of(r) : LAW[stream] == 1 ? uniform_of(r) : normal_of(r);
}
ALONE const float *dense(Strip *z, int stream, int k, int place) {
  float *out = z->dense[place];
  if (LAW[stream] == 2) for (int w = 0; w < B; w++) out[w] = normal_of(word(z, stream, k, w));
  else if (LAW[stream] == 1) for (int w = 0; w < B; w++) out[w] = uniform_of(word(z, stream, k, w));
  else for (int w = 0; w < B; w++) out[w] = exponential_of(word(z, stream, k, w));
  return out;
}

/* ---- what happens ---- */
void note(Strip *z, int day, int event, int w, int because) {
  Job *j = z->job;
  if (z->first + w >= j->keep || w >= z->lanes) return;
  if (j->logged == j->room) {
    int64_t room = j->room ? 2 * j->room : 1 << 14; Entry *more = realloc(j->log, room * sizeof(Entry));
    if (!more) { j->full = 1; return; }
    j->log = more; j->room = room;
  }
  j->log[j->logged++] = (Entry){day, event, (int32_t)(z->first + w), because};
}
ALONE void crossed(Strip *z, int row) {
  unsigned char over[B];
  for (int w = 0; w < B; w++) over[w] = (z->left[row][w] <= 0.0f) & (z->rate[w] > 0.0f);
  for (int first = 0; first < z->lanes; first += 8) {
    uint64_t eight; memcpy(&eight, over + first, 8);
    for (; eight; eight &= eight - 1) {
      int w = first + (__builtin_ctzll(eight) >> 3);
      if (w >= z->lanes) return;
      if (!z->crossed[w]) z->touched[z->touched_count++] = w;
      z->hits[w][z->crossed[w]] = (short)row; z->hit_rates[w][z->crossed[w]++] = z->rate[w];
    }
  }
}
/* Log-odds in z->rate become rates, and a clock runs for a day; whether it ran out anywhere. */
ALONE int run_clock(Strip *z, float *restrict left, float tempo, const float *against, const float *possible,
                    const float *open, const float *pace) {
  int hit = 0;
  for (int w = 0; w < B; w++) {
    float q = RATE(tempo, against[w] - z->rate[w]);
    q = q * possible[w] * open[w] * pace[w];
    const float l = left[w] - q; left[w] = l; z->rate[w] = q; hit |= l <= 0.0f;
  }
  return hit;
}
#endif

//@@BODY@@

#if IN(1)
/* Of a group's actions in one world the earliest crossing fires and the others are wound back to that moment; ties by row. */
static int exclude(Strip *z, int w, short *hits, const float *rates, int n) {
  char out[NC + 1] = {0};
  for (int a = 0; a < n; a++) {
    if (GROUP[hits[a]] < 0 || out[a]) continue;
    int best = a; float moment = 1 + z->left[hits[a]][w] / rates[a];
    for (int b = a + 1; b < n; b++) if (!out[b] && GROUP[hits[b]] == GROUP[hits[a]]) {
      float m = 1 + z->left[hits[b]][w] / rates[b];
      if (m < moment || (m == moment && hits[b] < hits[best])) { moment = m; best = b; }
    }
    for (int b = a; b < n; b++) if (b != best && !out[b] && GROUP[hits[b]] == GROUP[hits[a]]) {
      out[b] = 1; z->left[hits[b]][w] += rates[b] * (1 - moment);
    }
  }
  int kept = 0;
  for (int a = 0; a < n; a++) if (!out[a]) hits[kept++] = hits[a];
  return kept;
}
/* New thresholds of so many clocks that fired, side by side. */
static void redraw(Strip *z, int fired, const short *rows, const int *worlds) {
  const Job *j = z->job; uint32_t stream[B], k[B], number[B]; float made[B];
  for (int a = 0; a < B; a++) {
    int row = rows[a < fired ? a : 0], w = worlds[a < fired ? a : 0];
    stream[a] = j->streams[NS + row]; k[a] = z->used[row][w] + (a < fired); number[a] = z->number[w];
  }
  for (int a = 0; a < B; a++) made[a] = exponential_of(philox(number[a], k[a], stream[a], j->tag, j->seed[0], j->seed[1]));
  for (int a = 0; a < fired; a++) { z->left[rows[a]][worlds[a]] = made[a]; z->used[rows[a]][worlds[a]]++; }
}
void fire(Strip *z, int day) {
  short rows[B]; int worlds[B], fired = 0;
  for (int t = 0; t < z->touched_count; t++) {
    int w = z->touched[t], n = z->crossed[w]; short *hits = z->hits[w];
    if (n > 1) {
      n = exclude(z, w, hits, z->hit_rates[w], n);
      for (int a = 1; a < n; a++) {  /* in the order of declaration */
        short row = hits[a]; int b = a;
        while (b && EVENT[hits[b - 1]] > EVENT[row]) { hits[b] = hits[b - 1]; b--; }
        hits[b] = row;
      }
      z->crossed[w] = n;
    }
    for (int a = 0; a < n; a++) {
      rows[fired] = hits[a]; worlds[fired++] = w;
      if (fired == B) { redraw(z, fired, rows, worlds); fired = 0; }
    }
  }
  if (fired) redraw(z, fired, rows, worlds);
  for (int t = 0; t < z->touched_count; t++) {
    int w = z->touched[t], n = z->crossed[w]; z->crossed[w] = 0;
    for (int a = 0; a < n; a++) { int i = EVENT[z->hits[w][a]]; if (!a || still(z, i, w, day)) happen(z, i, w, day); }
  }
  z->touched_count = 0;
}

#endif

#if IN(4)
/* ---- recording: histograms, and sums of whole multiples of 1 / scale, which come out the same in any order ----
   The bins of all recorded days do not fit into cache beside a strip. So a strip leaves only the number of each world's bin,
   and the bins of several strips are counted together. */
static void record(Strip *z, int day) {
  Job *j = z->job;
  int64_t at = day % j->every ? j->days_recorded - 1 : day / j->every;
  if (z->told_to <= at) z->told_to = at + 1;
  if (z->told_from > at) z->told_from = at;
  for (int v = 0; v < j->recorded; v++) {
    const Recorded r = j->variables[v]; const int lanes = z->lanes; int64_t cell = at * j->recorded + v;
    unsigned char *bin = z->told + cell * z->together * B + z->kept * B;
    float x[B], least[16], most[16]; double y[B], part[8] = {0}, sum = 0; int bad = 0;
    if (r.is_float) memcpy(x, z->F[r.row], sizeof x); else for (int w = 0; w < B; w++) x[w] = (float)z->I[r.row][w];
    for (int w = lanes; w < B; w++) x[w] = x[lanes - 1];
    for (int w = 0; w < B; w++) {
      float b = (x[w] - r.left) * r.per_width; b = b > 0 ? b : 0; b = b < 255 ? b : 255; bin[w] = (unsigned char)(int)b;
      bad |= !(x[w] - x[w] == 0.0f);
    }
    for (int w = 0; w < B; w++) {
      double whole = x[w] * r.scale; whole = whole < 0x1p44 ? whole : 0x1p44; whole = whole > -0x1p44 ? whole : -0x1p44;
      y[w] = (whole + 0x1.8p52) - 0x1.8p52;  /* to the nearest whole number */
    }
    memcpy(least, x, sizeof least); memcpy(most, x, sizeof most);
    for (int w = 16; w < B; w += 16) for (int i = 0; i < 16; i++) {  /* side by side, as compilers do not reorder floats */
      least[i] = x[w + i] < least[i] ? x[w + i] : least[i]; most[i] = x[w + i] > most[i] ? x[w + i] : most[i];
    }
    if (bad && !j->wrong) {
      j->wrong = v + 1; j->wrong_day = day;
      for (int w = lanes - 1; w >= 0; w--) if (!(x[w] - x[w] == 0.0f)) j->wrong_world = z->first + w;
    }
    for (int w = lanes; w < B; w++) y[w] = 0;
    for (int w = 0; w < B; w += 8) for (int i = 0; i < 8; i++) part[i] += y[w + i];
    for (int i = 0; i < 8; i++) sum += part[i];
    j->sums[cell] += (int64_t)sum;
    for (int i = 0; i < 16; i++) {
      if (least[i] < j->least[cell]) j->least[cell] = least[i];
      if (most[i] > j->most[cell]) j->most[cell] = most[i];
    }
  }
}
/* Count the bins of the strips kept so far; of the last one so many worlds. */
static void count(Strip *z) {
  Job *j = z->job; const int worlds = (z->kept - 1) * B + z->lanes;
  if (!z->kept) return;
  for (int64_t cell = z->told_from * j->recorded; cell < z->told_to * j->recorded; cell++) {
    const unsigned char *bin = z->told + cell * z->together * B; int32_t *bins = j->bins + cell * 256, beside[3][256] = {0};
    int w = 0;
    for (; w + 4 <= worlds; w += 4) {  /* four at a time, as equal ones in a row would wait for each other */
      bins[bin[w]]++; beside[0][bin[w + 1]]++; beside[1][bin[w + 2]]++; beside[2][bin[w + 3]]++;
    }
    for (; w < worlds; w++) bins[bin[w]]++;
    for (int i = 0; i < 256; i++) bins[i] += beside[0][i] + beside[1][i] + beside[2][i];
  }
  z->kept = 0;
}

/* ---- a strip in and out: rows are the model's own arrays; lanes beyond its last world repeat that world, unseen ---- */
#define EACH for (int w = 0; w < B; w++)
#define FILL(place, from) { \
  for (int w = 0; w < m; w++) (place)[w] = (from)[w]; \
  for (int w = m; w < B; w++) (place)[w] = (from)[m - 1]; }
static void take(Strip *z) {
  const Job *j = z->job; const int64_t f = z->first; const int m = z->lanes;
  for (int r = 0; r < NF; r++) { const float *a = (const float *)j->fields_f[r] + f; FILL(z->F[r], a) }
  for (int r = 0; r < NI; r++)
    if (j->kinds_i[r] == 0) { const int16_t *a = (const int16_t *)j->fields_i[r] + f; FILL(z->I[r], a) }
    else { const uint8_t *a = (const uint8_t *)j->fields_i[r] + f; FILL(z->I[r], a) }
  for (int r = 0; r < NC; r++) { FILL(z->left[r], j->left + r * j->n + f) FILL(z->used[r], j->used + r * j->n + f) }
  for (int r = 0; r < NS; r++) FILL(z->drawn[r], j->drawn[r] + f)
  for (int r = 0; r < NP; r++)
    if (j->spread[r]) FILL(z->fixed[r], j->fixed[r] + f)
    else if (f == j->from) { const float one = j->fixed[r][0]; EACH z->fixed[r][w] = one; }
  FILL(z->number, j->numbers + f)
  z->push = z->zero; z->open = z->one; z->bent = 0;
  if (j->push) {
    for (int r = 0; r < NC; r++) { FILL(z->pushes[r], j->push + r * j->n + f) FILL(z->opens[r], j->open + r * j->n + f) }
    z->push = z->pushes[0]; z->open = z->opens[0]; z->bent = B;
  }
}
static void give(Strip *z) {
  Job *j = z->job; int64_t f = z->first; int m = z->lanes;
  for (int r = 0; r < NF; r++) memcpy((float *)j->fields_f[r] + f, z->F[r], 4 * m);
  for (int r = 0; r < NI; r++)
    if (j->kinds_i[r] == 0) { int16_t *a = j->fields_i[r]; for (int w = 0; w < m; w++) a[f + w] = (int16_t)z->I[r][w]; }
    else { uint8_t *a = j->fields_i[r]; for (int w = 0; w < m; w++) a[f + w] = (uint8_t)z->I[r][w]; }
  for (int r = 0; r < NC; r++) {
    memcpy(j->left + r * j->n + f, z->left[r], 4 * m); memcpy(j->used + r * j->n + f, z->used[r], 4 * m);
  }
  for (int r = 0; r < NS; r++) memcpy(j->drawn[r] + f, z->drawn[r], 4 * m);
}

/* Simulate worlds `from` to `to` from `day` until the morning of `until`. parts: 1 what comes before the clocks, 2 from them on.
   Gives 1 if there is no memory. */
int simulate(Job *j) {
  void *room = calloc(1, sizeof(Strip) + 64);
  if (!room) return 1;
  Strip *z = (Strip *)(((uintptr_t)room + 63) & ~(uintptr_t)63); z->job = j;
  EACH { z->zero[w] = 0.0f; z->one[w] = 1.0f; }
  int64_t cells = (int64_t)j->days_recorded * j->recorded, strips = (j->to - j->from + B - 1) / B;
  int64_t most = cells ? TOLD / (cells * B) : strips, together = most < strips ? most : strips;
  z->together = together < 1 ? 1 : together < 16 ? (int)together : 16;
  z->told_from = cells;
  if (cells && !(z->told = malloc(cells * z->together * B))) { free(room); return 1; }
  for (int64_t first = j->from; first < j->to && !j->full && !j->wrong; first += B) {
    z->first = first; z->lanes = j->to - first < B ? (int)(j->to - first) : B;
    take(z);
    for (int day = j->day; day < j->until; day++) {
      int weekly = day % 7 == 0;
      if (j->parts & 1) {
        if (j->recorded && day % j->every == 0) record(z, day);
        if (weekly) before_1(z, day); else before_0(z, day);
      }
      if (j->parts & 2) {
        rules(z, day); fire(z, day);
        if (weekly) after_1(z, day); else after_0(z, day);
      }
    }
    if (j->recorded && j->until == j->horizon && j->parts & 2) record(z, j->horizon);
    give(z);
    if (++z->kept == z->together) count(z);
  }
  count(z);
  free(z->told); free(room);
  return j->full;
}
/* What the kernel's own arithmetic gives, for the check that it has the bits of this machine's NumPy. */
void probe(const float *x, const float *large, const float *shares, float *exps, float *logs, float *quantiles, int n) {
  for (int i = 0; i < n; i++) { exps[i] = own_exp(x[i]); logs[i] = own_log(large[i]); quantiles[i] = (float)ndtri(shares[i]); }
}
void let_go(Job *j) { free(j->log); j->log = NULL; j->logged = j->room = 0; }
#endif
