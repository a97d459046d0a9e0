/* A tape of scalar operations as data, run forward and in reverse: what a C programmer writes for the workload tenk.

   Each operation has a kind, the slots of up to four operands, and the slot of its first result. */

#include <math.h>
#include <string.h>

enum { SOFTPLUS, SUM, PRODUCT, SOFTMAX };

typedef struct {
    int kind, out, operands[4];
} Operation;

static void forward(const Operation *tape, int operations, double *v) {
    for (int k = 0; k < operations; k++) {
        const int *x = tape[k].operands;
        double *z = v + tape[k].out;
        switch (tape[k].kind) {
        case SOFTPLUS:
            *z = fmax(v[x[0]], 0) + log1p(exp(-fabs(v[x[0]])));
            break;
        case SUM:
            *z = v[x[0]] + v[x[1]] + v[x[2]] + v[x[3]];
            break;
        case PRODUCT:
            *z = v[x[0]] * v[x[1]];
            break;
        case SOFTMAX: {
            double largest = fmax(fmax(v[x[0]], v[x[1]]), fmax(v[x[2]], v[x[3]])), total = 0;
            for (int i = 0; i < 4; i++)
                total += z[i] = exp(v[x[i]] - largest);
            for (int i = 0; i < 4; i++)
                z[i] /= total;
            break;
        }
        }
    }
}

static void reverse(const Operation *tape, int operations, const double *v, double *bar) {
    for (int k = operations - 1; k >= 0; k--) {
        const int *x = tape[k].operands;
        const double *z = v + tape[k].out, *d = bar + tape[k].out;
        switch (tape[k].kind) {
        case SOFTPLUS:
            bar[x[0]] += *d / (1 + exp(-v[x[0]]));
            break;
        case SUM:
            for (int i = 0; i < 4; i++)
                bar[x[i]] += *d;
            break;
        case PRODUCT:
            bar[x[0]] += *d * v[x[1]];
            bar[x[1]] += *d * v[x[0]];
            break;
        case SOFTMAX: {
            double mean = 0;
            for (int i = 0; i < 4; i++)
                mean += d[i] * z[i];
            for (int i = 0; i < 4; i++)
                bar[x[i]] += z[i] * (d[i] - mean);
            break;
        }
        }
    }
}

/* Returns the sum of the last `outputs` slots; the adjoints of the inputs are the first of `bar`. */
double run(const Operation *tape, int operations, double *v, double *bar, int slots, int outputs) {
    double total = 0;
    forward(tape, operations, v);
    memset(bar, 0, slots * sizeof *bar);
    for (int i = slots - outputs; i < slots; i++) {
        total += v[i];
        bar[i] = 1;
    }
    reverse(tape, operations, v, bar);
    return total;
}
