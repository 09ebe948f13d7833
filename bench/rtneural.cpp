/*
 * Times one step of RTNeural's layers, whose sizes are fixed at compile time. This is the job of the works step-CELL-H:
 * H numbers in and H out, one lane, one thread. How to build it: README.md. Arguments: seconds for each layer, and 1 if
 * the input shall be one number, as in audio effects. Prints one object per line with keys of `unroll bench --json`.
 */
#include <RTNeural.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace
{
enum { INPUTS = 64, BLOCK = 1024 };

using clock_type = std::chrono::steady_clock;
using matrix = std::vector<std::vector<float>>;

#if RTNEURAL_USE_EIGEN
const char *const PEER = "RTNeural, Eigen";
#elif RTNEURAL_USE_XSIMD
const char *const PEER = "RTNeural, XSIMD";
#else
const char *const PEER = "RTNeural, plain";
#endif

struct times {
    double median, least;
};

matrix random_matrix(size_t rows, size_t columns, float scale)
{
    static std::mt19937 generator(1);
    std::uniform_real_distribution<float> uniform(-scale, scale);
    matrix m(rows, std::vector<float>(columns));
    for (auto &row : m)
        for (auto &x : row) x = uniform(generator);
    return m;
}

template <size_t Gates, typename Layer> void set_weights(Layer &layer, size_t inputs, size_t hidden)
{
    layer.setWVals(random_matrix(inputs, Gates * hidden, 0.1f));
    layer.setUVals(random_matrix(hidden, Gates * hidden, 0.1f));
    if constexpr (Gates == 3)
        layer.setBVals(random_matrix(2, Gates * hidden, 0.1f)); // a GRU has b_ih and b_hh
    else
        layer.setBVals(random_matrix(1, Gates * hidden, 0.1f)[0]);
}

/* Times blocks of steps for `seconds`. Different inputs take turns, so that nothing can be computed beforehand. */
template <typename Model> times clock_steps(Model &model, size_t inputs, double seconds)
{
    const matrix random = random_matrix(INPUTS, inputs, 1);
    alignas(64) static float x[INPUTS][64];
    for (size_t i = 0; i < INPUTS; i++) std::copy(random[i].begin(), random[i].end(), x[i]);
    std::vector<double> spans;
    volatile float sink = 0;
    const auto begin = clock_type::now();
    for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds || spans.size() < 6;) {
        for (size_t i = 0; i < BLOCK; i++) sink = model.forward(x[i % INPUTS]);
        const auto after = clock_type::now();
        spans.push_back(std::chrono::duration<double>(after - now).count() / BLOCK);
        now = after;
    }
    (void)sink;
    spans.erase(spans.begin()); // the first one warms the caches
    std::sort(spans.begin(), spans.end());
    return {spans[spans.size() / 2], spans[0]};
}

template <template <int, int> class Layer, size_t Gates, int Inputs, int Hidden>
void time_layer(const char *cell, double seconds)
{
    static RTNeural::ModelT<float, Inputs, Hidden, Layer<Inputs, Hidden>> model;
    set_weights<Gates>(model.template get<0>(), Inputs, Hidden);
    model.reset();
    const times t = clock_steps(model, Inputs, seconds);
    std::printf("{\"peer\": \"%s\", \"work\": \"step-%s-%d\", \"inputs\": %d, \"threads\": 1, \"seconds\": %.5g, "
                "\"least_seconds\": %.5g}\n",
                PEER, cell, Hidden, Inputs, t.median, t.least);
}

template <int Inputs, int Hidden> using lstm = RTNeural::LSTMLayerT<float, Inputs, Hidden>;
template <int Inputs, int Hidden> using gru = RTNeural::GRULayerT<float, Inputs, Hidden>;

template <int Hidden> void time_both(bool one_input, double seconds)
{
    if (one_input) {
        time_layer<lstm, 4, 1, Hidden>("lstm", seconds);
        time_layer<gru, 3, 1, Hidden>("gru", seconds);
    } else {
        time_layer<lstm, 4, Hidden, Hidden>("lstm", seconds);
        time_layer<gru, 3, Hidden, Hidden>("gru", seconds);
    }
}
} // namespace

int main(int count, char **words)
{
    const double seconds = count > 1 ? std::atof(words[1]) : 1;
    const bool one_input = count > 2 && std::strcmp(words[2], "1") == 0;
    time_both<16>(one_input, seconds);
    time_both<32>(one_input, seconds);
    time_both<64>(one_input, seconds);
    return 0;
}
