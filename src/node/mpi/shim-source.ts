/**
 * @file The C source of the shim between Node and the MPI of a site, which its own `mpicc` compiles: all that differs from one MPI to the next is in the header that it is
 * compiled with. Node's side is declared here, since its C interface is stable and its headers may be missing.
 */

/** Floats of one call: above 32 MB the C library maps and unmaps the temporary memory of MPI anew each time. */
const chunk = 4 * 2 ** 20;

/** The source. */
export const shimSource = `#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_info__ *napi_info;
typedef napi_value (*napi_callback)(napi_env, napi_info);
extern int napi_get_cb_info(napi_env, napi_info, size_t *, napi_value *, napi_value *, void **);
extern int napi_get_typedarray_info(napi_env, napi_value, int *, size_t *, void **, napi_value *, size_t *);
extern int napi_get_value_int32(napi_env, napi_value, int32_t *);
extern int napi_create_int32(napi_env, int32_t, napi_value *);
extern int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
extern int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
extern int napi_create_object(napi_env, napi_value *);
extern int napi_throw_error(napi_env, const char *, const char *);

static const int chunk = ${chunk};
static const int float32 = 7; /* napi_float32_array */

static napi_value check(napi_env env, int code, const char *what) {
  if (code != MPI_SUCCESS) napi_throw_error(env, NULL, what);
  return NULL;
}

/* The numbers of the first argument, and the second argument. */
static float *numbers(napi_env env, napi_info info, size_t *length, int32_t *more) {
  size_t count = 2;
  napi_value given[2];
  int type = -1;
  void *data = NULL;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  if (count < 1 || napi_get_typedarray_info(env, given[0], &type, length, &data, NULL, NULL) || type != float32) {
    napi_throw_error(env, NULL, "MPI: expected a Float32Array");
    return NULL;
  }
  if (count > 1) napi_get_value_int32(env, given[1], more);
  return data ? data : (float *)more;
}

static napi_value begin(napi_env env, napi_info info) {
  (void)info;
  int provided, rank, size, length;
  char version[MPI_MAX_LIBRARY_VERSION_STRING];
  napi_value result, value;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided)) return check(env, 1, "MPI_Init failed");
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Get_library_version(version, &length);
  napi_create_object(env, &result);
  napi_create_int32(env, rank, &value);
  napi_set_named_property(env, result, "rank", value);
  napi_create_int32(env, size, &value);
  napi_set_named_property(env, result, "size", value);
  napi_create_string_utf8(env, version, (size_t)length, &value);
  napi_set_named_property(env, result, "version", value);
  return result;
}

/*
 * The sum over all ranks in their order, which has the same bits with every MPI and any number of hosts: each rank adds up one piece of all vectors,
 * and has the others' pieces from them. Of two ranks the order does not matter.
 */
static int sum_in_order(float *x, int count) {
  static float *pieces = NULL;
  static int *counts = NULL, *begins = NULL, *owns = NULL, *slots = NULL;
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size < 3) return MPI_Allreduce(MPI_IN_PLACE, x, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
  if (!pieces) {
    pieces = malloc(((size_t)chunk + 2 * (size_t)size) * sizeof *pieces);
    counts = malloc(4 * (size_t)size * sizeof *counts);
    if (!pieces || !counts) return MPI_ERR_NO_MEM;
    begins = counts + size;
    owns = begins + size;
    slots = owns + size;
  }
  for (int i = 0; i < size; i++) {
    begins[i] = (int)((long long)count * i / size);
    counts[i] = (int)((long long)count * (i + 1) / size) - begins[i];
  }
  int own = counts[rank];
  for (int i = 0; i < size; i++) {
    owns[i] = own;
    slots[i] = own * i;
  }
  int code = MPI_Alltoallv(x, counts, begins, MPI_FLOAT, pieces, owns, slots, MPI_FLOAT, MPI_COMM_WORLD);
  if (code != MPI_SUCCESS) return code;
  float *total = x + begins[rank];
  for (int i = 0; i < own; i++) total[i] = pieces[i];
  for (int other = 1; other < size; other++) {
    const float *piece = pieces + slots[other];
    for (int i = 0; i < own; i++) total[i] += piece[i];
  }
  return MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_FLOAT, x, counts, begins, MPI_FLOAT, MPI_COMM_WORLD);
}

static napi_value sum(napi_env env, napi_info info) {
  size_t length = 0;
  int32_t none = 0;
  float *x = numbers(env, info, &length, &none);
  if (!x) return NULL;
  for (size_t at = 0; at < length; at += (size_t)chunk) {
    int count = length - at < (size_t)chunk ? (int)(length - at) : chunk;
    if (sum_in_order(x + at, count)) return check(env, 1, "MPI cannot add up");
  }
  return NULL;
}

static napi_value broadcast(napi_env env, napi_info info) {
  size_t length = 0;
  int32_t root = 0;
  float *x = numbers(env, info, &length, &root);
  if (!x) return NULL;
  for (size_t at = 0; at < length; at += (size_t)chunk) {
    int count = length - at < (size_t)chunk ? (int)(length - at) : chunk;
    if (MPI_Bcast(x + at, count, MPI_FLOAT, root, MPI_COMM_WORLD)) return check(env, 1, "MPI_Bcast failed");
  }
  return NULL;
}

static napi_value barrier(napi_env env, napi_info info) {
  (void)info;
  return check(env, MPI_Barrier(MPI_COMM_WORLD), "MPI_Barrier failed");
}

static napi_value finalize(napi_env env, napi_info info) {
  (void)info;
  return check(env, MPI_Finalize(), "MPI_Finalize failed");
}

static napi_value abort_all(napi_env env, napi_info info) {
  size_t count = 1;
  napi_value given[1];
  int32_t code = 1;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_int32(env, given[0], &code);
  MPI_Abort(MPI_COMM_WORLD, code);
  return NULL;
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct {
    const char *name;
    napi_callback call;
  } all[] = {{"begin", begin}, {"sum", sum}, {"broadcast", broadcast}, {"barrier", barrier}, {"finalize", finalize}, {"abort", abort_all}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    napi_value own;
    napi_create_function(env, all[i].name, (size_t)-1, all[i].call, NULL, &own);
    napi_set_named_property(env, exports, all[i].name, own);
  }
  return exports;
}
`;
