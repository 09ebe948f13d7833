/* unroll inspect memory: the longest gap that each cell can learn to bridge. */
#include "cli/inspect/memory.h"

#include "cli/args/verb.h"
#include "cli/support/new_file.h"

#include "base/error.h"

#define PLACE(field) offsetof(ur_cli_memory_settings, field)
#define TEXT_OF(x)   #x
#define TEXT(number) TEXT_OF(number)

static const ur_setting OPTIONS[] = {
    {"What is tried", "task", "LIST", UR_SETTING_TEXT, PLACE(tasks), .unset = "all",
     .help = "which of copy, adding and who"},
    {NULL, "cells", "LIST", UR_SETTING_TEXT, PLACE(cells), .help = "recurrent cells; unroll --version lists them"},
    {NULL, "cell", "LIST", UR_SETTING_TEXT, PLACE(cells), .help = NULL}, /* the older name of the option, as "gap" below
                                                                          * is that of "gaps" */
    {NULL, "gap", "LOW:HIGH", UR_SETTING_TEXT, PLACE(gap), .help = NULL},
    {NULL, "gaps", "LOW:HIGH", UR_SETTING_TEXT, PLACE(gap),
     .help = "gaps to try: LOW, HIGH and those of 10, 20, 50, 100, 200, 500 ... between them; or a list"},
    {NULL, "windows", "LIST", UR_SETTING_TEXT, PLACE(windows),
     .help = "steps of truncated backpropagation through time; full: no truncation"},
    {NULL, "clip", "LIST", UR_SETTING_TEXT, PLACE(clips),
     .help = "norms to which the gradient is clipped; off: no clipping"},
    {NULL, "seeds", "N", UR_SETTING_SIZE, PLACE(seeds), .least = 1, .most = 1000,
     .help = "number of seeds; a gap is mastered if more than half of them master it"},
    {NULL, "seed", "N", UR_SETTING_COUNT, PLACE(seed), .help = "the first seed"},

    {"How", "hidden", "N", UR_SETTING_SIZE, PLACE(hidden), .least = 1, .most = 4096, .help = "neurons"},
    {NULL, "batch", "B", UR_SETTING_SIZE, PLACE(batch), .least = 1, .most = 4096, .help = "examples per batch"},
    {NULL, "updates", "N", UR_SETTING_SIZE, PLACE(updates), .least = 1, .most = 1e9,
     .help = "largest number of updates per gap; training stops when the gap is mastered"},
    {NULL, "optimizer", UR_OPTIMIZERS, UR_SETTING_CHOICE, PLACE(optimizer), .help = "optimizer"},
    {NULL, "lr", "X", UR_SETTING_NUMBER, PLACE(rate), .above = true,
     .unset = TEXT(UR_RECALL_RATE_PLAIN) " for rnn, " TEXT(UR_RECALL_RATE_GATED) " for the others",
     .help = "learning rate; falls linearly to a tenth"},
    {NULL, "remember", "STEPS", UR_SETTING_NUMBER, PLACE(remember), .least = 0, .unset = "the gap",
     .help = "initialise the gates of LSTMs and GRUs so that neurons remember for 1 to STEPS steps; 0: usual biases"},
    {NULL, "minutes", "X", UR_SETTING_NUMBER, PLACE(minutes), .above = true, .unset = "no limit",
     .help = "stop after this time and report what was left out"},
    {NULL, "threads", "N", UR_SETTING_SIZE, PLACE(threads), .least = 1, .most = 256,
     .unset = "the machine's cores, at most 16",
     .help = "number of trainings at the same time; the result does not depend on it"},

    {"Output", "html", "FILE", UR_SETTING_TEXT, PLACE(html), .unset = "none",
     .help = "write bars, and curves of the score for each gap, as one page"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, PLACE(overwrite), .help = "replace an existing file"},
    {NULL, "quiet", NULL, UR_SETTING_FLAG, PLACE(quiet), .help = "print no line for each training"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object with every training"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings)
{
    const ur_recall recall = ur_recall_default(UR_RECALL_COPY, "lstm", 100);
    *(ur_cli_memory_settings *)settings = (ur_cli_memory_settings){.cells = "rnn,lstm,gru",
                                                                   .gap = "10:100",
                                                                   .windows = "full,50,10",
                                                                   .clips = "1,off",
                                                                   .hidden = recall.hidden,
                                                                   .batch = recall.lanes,
                                                                   .updates = recall.updates,
                                                                   .optimizer = (int)recall.optimizer,
                                                                   .seeds = 3,
                                                                   .seed = recall.seed,
                                                                   .remember = -1};
}

/* Prints the result before it writes the page: the result took minutes, and a page that cannot be written must not lose
 * it. */
static ur_status report(const ur_cli_memory *memory, ur_error *error)
{
    const ur_cli_memory_settings *s = memory->settings;
    if (s->json) UR_TRY(ur_cli_memory_print_json(memory, error));
    if (!s->json) ur_cli_memory_print(memory);
    return s->html ? ur_cli_memory_page(memory, s->html, s->overwrite, error) : UR_OK;
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    const ur_cli_memory_settings *s = settings;
    ur_cli_memory memory;
    UR_TRY(ur_cli_expect(arguments, 0, 0, "", error));
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    ur_status status = ur_cli_memory_open(&memory, s, error);
    if (status == UR_OK) status = ur_cli_memory_run(&memory, error);
    if (status == UR_OK) status = report(&memory, error);
    ur_cli_memory_close(&memory);
    return status;
}

const ur_cli_verb ur_cli_inspect_memory = {
    .name = "inspect memory",
    .takes = "[option...]",
    .summary = "measure the longest gap that a cell learns to bridge",
    .text = "Trains small networks on tasks in which the answer is due a fixed number of steps, the gap, after what it "
            "depends on. It reports which gaps each cell masters, with and without gradient clipping, and with "
            "backpropagation truncated to a window of steps.\n\n"
            "copy: two letters are read, and are to be repeated after a sign. adding: two of many numbers are marked, "
            "and their sum is the answer. who: 'Tom was watching TV in his room . Mary came into the room . Mary said "
            "hi to', with sentences about other things in between; the name is the answer.\n\n"
            "A gap is mastered when the best score on 256 other examples is at least 95 % right answers (adding: a "
            "mean squared error below 0.01). Each cell starts anew at each gap, and tries longer gaps until it fails. "
            "The defaults take three to five minutes of processor time. A training over a gap of 500 takes five times "
            "as long as one over 100, so limit --gaps 10:500 with --minutes.",
    .examples = "unroll inspect memory  # rnn, lstm and gru, gaps up to 100\n"
                "unroll inspect memory --task who --clip 1 --html memory.html  # one task, and a page\n"
                "unroll inspect memory --cells rnn --windows full --optimizer sgd --lr 0.5  # what clipping does\n"
                "unroll inspect memory --gaps 10:500 --minutes 10 --json  # as far as ten minutes allow\n",
    .table = &TABLE,
    .settings_size = sizeof(ur_cli_memory_settings),
    .defaults = defaults,
    .run = run,
};
