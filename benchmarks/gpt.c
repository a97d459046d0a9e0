/* The workload gpt written by hand for arrays: forward, backward and Adam on the name of one step.

   The parameters are one array, matrix after matrix in the order of SHAPES in gpt.py. */

#include <math.h>
#include <string.h>

enum { EMBEDDINGS = 16, HEADS = 4, SIZE = EMBEDDINGS / HEADS, CONTEXT = 16, VOCABULARY = 27, WIDE = 4 * EMBEDDINGS };
#define E EMBEDDINGS

typedef struct {
    double token[VOCABULARY][E], position[CONTEXT][E];
    double query[E][E], key[E][E], value[E][E], attended[E][E];
    double widen[WIDE][E], narrow[E][WIDE], logits[VOCABULARY][E];
} Model;

typedef struct { /* what the reverse sweep needs of one position */
    double embedded[E], residual[E], normed[E], query[E], key[E], value[E];
    double weights[HEADS][CONTEXT], mixed[E], middle[E], normed_middle[E], wide[WIDE], last[E];
    double probabilities[VOCABULARY];
    double scales[3];
} Position;

/* z += W x */
static void multiply(const double *W, const double *x, double *z, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
        double total = z[i];
        for (int j = 0; j < columns; j++)
            total += W[i * columns + j] * x[j];
        z[i] = total;
    }
}

/* dW += dz x', dx += W' dz */
static void multiply_back(const double *W, const double *x, const double *dz, double *restrict dW,
                          double *restrict dx, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
        const double d = dz[i];
        for (int j = 0; j < columns; j++) {
            dW[i * columns + j] += d * x[j];
            dx[j] += d * W[i * columns + j];
        }
    }
}

static double norm(const double *x, double *z) {
    double squares = 0;
    for (int j = 0; j < E; j++)
        squares += x[j] * x[j];
    const double scale = 1 / sqrt(squares / E + 1e-5);
    for (int j = 0; j < E; j++)
        z[j] = x[j] * scale;
    return scale;
}

static void norm_back(const double *x, double scale, const double *dz, double *dx) {
    double along = 0;
    for (int j = 0; j < E; j++)
        along += dz[j] * x[j];
    along *= scale * scale * scale / E;
    for (int j = 0; j < E; j++)
        dx[j] += scale * dz[j] - along * x[j];
}

static void softmax(double *x, int n) {
    double largest = x[0], total = 0;
    for (int i = 1; i < n; i++)
        largest = x[i] > largest ? x[i] : largest;
    for (int i = 0; i < n; i++)
        total += x[i] = exp(x[i] - largest);
    for (int i = 0; i < n; i++)
        x[i] /= total;
}

static void attend(Position *all, int t) {
    Position *at = all + t;
    for (int h = 0; h < HEADS; h++) {
        for (int s = 0; s <= t; s++) {
            double score = 0;
            for (int j = h * SIZE; j < (h + 1) * SIZE; j++)
                score += at->query[j] * all[s].key[j];
            at->weights[h][s] = score / sqrt(SIZE);
        }
        softmax(at->weights[h], t + 1);
        for (int s = 0; s <= t; s++)
            for (int j = h * SIZE; j < (h + 1) * SIZE; j++)
                at->mixed[j] += at->weights[h][s] * all[s].value[j];
    }
}

static void attend_back(const Position *all, int t, const double *dmixed, double *dquery, double (*dkey)[E],
                        double (*dvalue)[E]) {
    const Position *at = all + t;
    for (int h = 0; h < HEADS; h++) {
        double dweights[CONTEXT], mean = 0;
        for (int s = 0; s <= t; s++) {
            dweights[s] = 0;
            for (int j = h * SIZE; j < (h + 1) * SIZE; j++) {
                dweights[s] += dmixed[j] * all[s].value[j];
                dvalue[s][j] += dmixed[j] * at->weights[h][s];
            }
            mean += dweights[s] * at->weights[h][s];
        }
        for (int s = 0; s <= t; s++) {
            const double d = at->weights[h][s] * (dweights[s] - mean) / sqrt(SIZE);
            for (int j = h * SIZE; j < (h + 1) * SIZE; j++) {
                dquery[j] += d * all[s].key[j];
                dkey[s][j] += d * at->query[j];
            }
        }
    }
}

static double forward(const Model *model, const int *tokens, int positions, Position *all) {
    double loss = 0;
    memset(all, 0, positions * sizeof *all);
    for (int t = 0; t < positions; t++) {
        Position *at = all + t;
        for (int j = 0; j < E; j++)
            at->embedded[j] = model->token[tokens[t]][j] + model->position[t][j];
        at->scales[0] = norm(at->embedded, at->residual);
        at->scales[1] = norm(at->residual, at->normed);
        multiply(*model->query, at->normed, at->query, E, E);
        multiply(*model->key, at->normed, at->key, E, E);
        multiply(*model->value, at->normed, at->value, E, E);
        attend(all, t);
        memcpy(at->middle, at->residual, sizeof at->middle);
        multiply(*model->attended, at->mixed, at->middle, E, E);
        at->scales[2] = norm(at->middle, at->normed_middle);
        multiply(*model->widen, at->normed_middle, at->wide, WIDE, E);
        for (int i = 0; i < WIDE; i++)
            at->wide[i] = at->wide[i] > 0 ? at->wide[i] : 0;
        memcpy(at->last, at->middle, sizeof at->last);
        multiply(*model->narrow, at->wide, at->last, E, WIDE);
        multiply(*model->logits, at->last, at->probabilities, VOCABULARY, E);
        softmax(at->probabilities, VOCABULARY);
        loss -= log(at->probabilities[tokens[t + 1]]);
    }
    return loss / positions;
}

static void reverse(const Model *model, const int *tokens, int positions, const Position *all, Model *bar) {
    double dkey[CONTEXT][E] = {{0}}, dvalue[CONTEXT][E] = {{0}};
    for (int t = positions - 1; t >= 0; t--) {
        const Position *at = all + t;
        double dlogits[VOCABULARY], dlast[E] = {0}, dwide[WIDE] = {0}, dnormed_middle[E] = {0}, dmixed[E] = {0};
        double dquery[E] = {0}, dnormed[E] = {0}, dembedded[E] = {0}, dresidual[E];
        for (int i = 0; i < VOCABULARY; i++)
            dlogits[i] = (at->probabilities[i] - (i == tokens[t + 1])) / positions;
        multiply_back(*model->logits, at->last, dlogits, *bar->logits, dlast, VOCABULARY, E);
        multiply_back(*model->narrow, at->wide, dlast, *bar->narrow, dwide, E, WIDE);
        for (int i = 0; i < WIDE; i++)
            dwide[i] = at->wide[i] > 0 ? dwide[i] : 0;
        multiply_back(*model->widen, at->normed_middle, dwide, *bar->widen, dnormed_middle, WIDE, E);
        norm_back(at->middle, at->scales[2], dnormed_middle, dlast);
        memcpy(dresidual, dlast, sizeof dresidual);
        multiply_back(*model->attended, at->mixed, dlast, *bar->attended, dmixed, E, E);
        attend_back(all, t, dmixed, dquery, dkey, dvalue);
        multiply_back(*model->query, at->normed, dquery, *bar->query, dnormed, E, E);
        multiply_back(*model->key, at->normed, dkey[t], *bar->key, dnormed, E, E);
        multiply_back(*model->value, at->normed, dvalue[t], *bar->value, dnormed, E, E);
        norm_back(at->residual, at->scales[1], dnormed, dresidual);
        norm_back(at->embedded, at->scales[0], dresidual, dembedded);
        for (int j = 0; j < E; j++) {
            bar->token[tokens[t]][j] += dembedded[j];
            bar->position[t][j] += dembedded[j];
        }
    }
}

/* Puts the derivatives into `bar` and returns the loss; `tokens` has one entry more than positions. */
double backward(const double *parameters, double *bar, const int *tokens, int positions) {
    Position all[CONTEXT];
    const Model *model = (const Model *)parameters;
    const double loss = forward(model, tokens, positions, all);
    memset(bar, 0, sizeof(Model));
    reverse(model, tokens, positions, all, (Model *)bar);
    return loss;
}

/* One step of Adam: `moments` holds the mean of the derivatives and, behind it, that of their squares. */
double train(double *parameters, double *bar, double *moments, const int *tokens, int positions, int step,
             double rate, double beta, double beta2) {
    const double loss = backward(parameters, bar, tokens, positions);
    const int n = sizeof(Model) / sizeof(double);
    const double correction = 1 - pow(beta, step), correction2 = 1 - pow(beta2, step);
    double *squares = moments + n;
    for (int i = 0; i < n; i++) {
        moments[i] = beta * moments[i] + (1 - beta) * bar[i];
        squares[i] = beta2 * squares[i] + (1 - beta2) * bar[i] * bar[i];
        parameters[i] -= rate * (moments[i] / correction) / (sqrt(squares[i] / correction2) + 1e-8);
    }
    return loss;
}
