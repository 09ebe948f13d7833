"""terminal.py ROWS COLUMNS SIGNALS WORD COMMAND…: runs a command whose standard error is a terminal of this size.
Writes what the terminal receives into the file `sent` and standard output into `out`, and ends with the command's
status. As soon as WORD was sent, the SIGNALS ("INT,TERM", or "-" for none) arrive all at once. TSTP comes alone: the
script waits until the command is suspended, lets it go on, and then asks it to end."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

rows, columns, signals, word = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4].encode()
ours, theirs = pty.openpty()
fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
child = os.fork()
if child == 0:
    os.setpgid(0, 0)  # a group that a shell could continue: only a member of such a group can be suspended
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.dup2(theirs, 2)
    os.execv(sys.argv[5], sys.argv[5:])
os.close(theirs)


def read_until_stopped():
    """Reads until the command is suspended: if nobody read the terminal, the command would wait before that."""
    read = b""
    while True:
        if select.select([ours], [], [], 0.05)[0]:
            read += os.read(ours, 65536)
        pid, status = os.waitpid(child, os.WUNTRACED | os.WNOHANG)
        if pid:
            assert os.WIFSTOPPED(status), f"ended with {status} where it had to stand"
            return read


sent = sent_before = b""
while True:
    try:
        piece = os.read(ours, 65536)
    except OSError:  # the last process that held the terminal is gone
        break
    if not piece:
        break
    sent += piece
    if signals == "TSTP" and word in sent:
        os.kill(child, signal.SIGTSTP)
        sent += read_until_stopped()
        os.kill(child, signal.SIGCONT)
        sent_before, sent = sent, b""
        signals = "INT"  # once WORD was drawn again
    elif signals != "-" and word in sent:
        os.kill(child, signal.SIGSTOP)
        for name in signals.split(","):
            os.kill(child, getattr(signal, "SIG" + name))
        os.kill(child, signal.SIGCONT)
        signals = "-"
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
with open("sent", "wb") as file:
    file.write(sent_before + sent)
sys.exit(status if status >= 0 else 128 - status)
