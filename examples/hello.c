/*
 * hello.c: the smallest language model, with four symbols, three hidden units and one word.
 *
 * The network reads h, e, l, l and must answer e, l, l, o: h → e, he → l, hel → l, hell → o. The two l's need
 * different answers, so the network must remember what came before. Its memory is h, three numbers:
 *
 *     h(t) = tanh(W x(t) + b + U h(t−1) + c)          x(t): (4), a single 1 at the symbol read; h(t): (3)
 *     y(t) = V h(t) + d                               logits: (4)
 *     loss = mean over t of −log softmax(y(t))[target symbol]
 */
#include <unroll_train.h>

#include <stdio.h>

enum { H, E, L, O, SYMBOLS };
enum { STEPS = 4 };

static const char letters[] = "helo";

static int fail(const ur_error *error)
{
    fprintf(stderr, "%s\n", error->text);
    return 1;
}

/* Full backpropagation through time: the window is the whole word, so the gradient at the last o reaches the first
 * h. */
static ur_status learn(ur_learner *learner, const ur_batch *word, ur_error *error)
{
    for (int update = 0; update <= 300; update++) {
        double loss;
        if (ur_learn(learner, word, &loss, error)) return error->status;
        if (update % 50 == 0) printf("update %3d   loss %.4f\n", update, loss);
    }
    return UR_OK;
}

/* Shows the network's predictions after each letter, computed for all steps at once. */
static ur_status show(ur_learner *learner, const ur_batch *word, ur_error *error)
{
    const ur_sampling plain = ur_sampling_default();
    ur_real y[STEPS][SYMBOLS]; /* (T, B, outputs) with B = 1 */
    if (ur_predict(learner, word, &y[0][0], error)) return error->status;

    printf("\nread      h      e      l      o\n");
    for (int t = 0; t < STEPS; t++) {
        ur_probabilities(y[t], SYMBOLS, &plain); /* softmax, in place */
        printf("%-4.*s ", t + 1, "hell");
        for (int s = 0; s < SYMBOLS; s++) printf("  %.3f", (double)y[t][s]);
        printf("   next: %c\n", letters[word->target[0].ids[t]]);
    }
    return UR_OK;
}

/* Lets the network run alone: it gets the first letter, then reads its own answers. The state carries h from one step
 * to the next; without the state the two l's could not be told apart. */
static ur_status spell(const ur_model *model, ur_error *error)
{
    ur_sampling likeliest = ur_sampling_default();
    likeliest.temperature = 0;
    ur_state *state;
    if (ur_state_create(&state, model, 1, error)) return error->status;

    printf("\nand on its own: ");
    int32_t id = H;
    for (uint64_t t = 0; t < STEPS; t++) {
        ur_real y[SYMBOLS];
        putchar(letters[id]);
        ur_step(model, state, &id, y);
        id = ur_sample(y, SYMBOLS, &likeliest, t);
    }
    printf("%c\n", letters[id]);
    ur_state_free(state);
    return UR_OK;
}

int main(void)
{
    const int32_t read[STEPS] = {H, E, L, L}, answer[STEPS] = {E, L, L, O};
    const ur_batch word = {.input[0] = {.steps = STEPS, .lanes = 1, .ids = read},
                           .target[0] = {.ids = answer}, /* softmax loss, the default */
                           .target_count = 1};
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ur_learning learning = ur_learning_default(); /* Adam, the default */
    learning.rate = 0.03;                         /* a small network can take large steps */
    ur_error error;
    ur_model *model;
    ur_learner *learner;

    if (ur_model_create(&model, "onehot > rnn 3 > dense", &sizes, 1, 0, NULL, &error)) return fail(&error);
    if (ur_learner_create(&learner, model, &learning, &error)) return fail(&error);
    printf("%s: %zu weights\n\n", ur_model_net(model), ur_model_parameters(model));
    if (learn(learner, &word, &error)) return fail(&error);
    if (show(learner, &word, &error)) return fail(&error);
    if (spell(model, &error)) return fail(&error);
    ur_learner_free(learner);
    ur_model_free(model);
    return 0;
}
