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
    .text = "Trains a network that transcribes recordings. The data are tables with a row for each recording: its WAV "
            "file and its transcript, in columns called file and transcript, or else the first two. Paths are relative "
            "to the folder of the table. Or the data are folders of WAV files whose names hold the transcript "
            "(--transcript-from).\n\n"
            "The transcript does not say when each token is spoken. The network finds out by connectionist temporal "
            "classification ('ctc' in the network line). With --decoder attention, a decoder writes the text token by "
            "token instead and attends to the whole recording; in a --net of your own it is the last line. Tokens are "
            "characters or words (--token).\n\n"
            "--join 3-7 joins recordings of one speaker, with pauses of random length between them, so that recordings "
            "of single words become sentences. Training joins them anew in each epoch; evaluation always joins them in "
            "the same way.\n\n"
            "A network that reads in both directions makes fewer errors. One that reads forwards (--look back) can "
            "write while it listens. unroll eval gives the character and word error rates. unroll predict transcribes "
            "files and streams. The run folder and --resume are as in unroll train lm.",
    .examples = "unroll train speech clips.tsv  # a table of files and transcripts\n"
                "unroll train speech digits/ --transcript-from '{transcript}_*.wav' --join 3-7  # strings of digits\n"
                "unroll train speech clips.tsv --look back  # writes while it listens\n"
                "unroll train speech clips.tsv --decoder attention  # hears everything, then writes\n",
    .task = "speech",
    .table = &ur_cli_train_options,
    .settings_size = sizeof(ur_cli_train_settings),
    .defaults = ur_cli_train_defaults,
    .run = run,
};
