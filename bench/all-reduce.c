/* The time of one MPI_Allreduce in place, as bench/all-reduce.ts compares it: all-reduce FLOATS REPEATS. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int less(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 4450000, repeats = argc > 2 ? atoi(argv[2]) : 15, rank;
  float *x = malloc((size_t)count * sizeof *x);
  double *seconds = malloc((size_t)repeats * sizeof *seconds);
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (int i = 0; i < count; i++) x[i] = 1e-3f;
  for (int i = -2; i < repeats; i++) {
    MPI_Barrier(MPI_COMM_WORLD);
    double from = MPI_Wtime();
    MPI_Allreduce(MPI_IN_PLACE, x, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    if (i >= 0) seconds[i] = MPI_Wtime() - from;
  }
  qsort(seconds, (size_t)repeats, sizeof *seconds, less);
  if (rank == 0) printf("{\"least\": %g, \"median\": %g}\n", 1e3 * seconds[0], 1e3 * seconds[repeats / 2]);
  MPI_Finalize();
  return 0;
}
