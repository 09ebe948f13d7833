/* unroll train speech: learns to transcribe recordings. */
#include "cli/train/train.h"

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    UR_TRY(ur_cli_expect(arguments, 1, SIZE_MAX,
                         "which recordings? give a table of files and transcripts, or a folder of WAV files", error));
    return ur_cli_train(settings, arguments, NULL, error);
}

const ur_cli_verb ur_cli_train_speech = {
    .name = "train speech",
    .takes = "DATA... [-o RUN] [option...]",
    .summary = "train a network to write down what is said",
    .text =
        "Trains a network that writes down what is said in a recording. The data are tables with a line for each "
        "recording: its file (WAV) and what is said in it, in columns called file and transcript, or else the first "
        "two; paths begin at the folder of the table. Or they are folders of WAV files whose names hold the "
        "transcript (--transcript-from).\n\n"
        "Nobody says when each character is spoken: the network finds out (connectionist temporal classification, the "
        "word ctc in a network line). With --decoder attention a second part of the network writes the text token by "
        "token, and for each it looks at the whole recording; in a --net of your own it is the last line. "
        "It spells characters or words (--token). --join 3-7 puts recordings of one "
        "speaker together, with pauses of random length between them: so recordings of single words become sentences. "
        "The strings to learn from are new ones in each epoch, those to judge by are always the same.\n\n"
        "A network that looks both ways is better; one that looks back alone (--look back) spells while it listens. "
        "unroll eval gives the share of wrong characters and words, unroll predict writes down recordings and "
        "streams. The run folder holds what that of unroll train lm holds, and --resume goes on with it in the same "
        "way.",
    .examples = "unroll train speech clips.tsv  # a table of files and transcripts\n"
                "unroll train speech digits/ --transcript-from '{transcript}_*.wav' --speaker-from '*_{speaker}_*.wav' "
                "--join 3-7  # strings of digits\n"
                "unroll train speech clips.tsv --look back  # one that spells while it listens\n"
                "unroll train speech clips.tsv --decoder attention  # one that hears all of it and then writes\n",
    .task = "speech",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
