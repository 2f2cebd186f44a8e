# sh end-with-parent.sh <command> [arguments…]
# Runs a command and asks it to end (SIGTERM) as soon as our standard input is closed. The kernel closes it whichever
# way the process at its other end dies, so the command cannot outlive that process, not even a SIGKILL of it.
exec 3<&0
"$@" </dev/null 3<&- &
command=$!
{
  cat <&3 >/dev/null
  kill -TERM "$command"
  # One that is stopped hears of it only when it goes on.
  kill -CONT "$command"
} 2>/dev/null &
watcher=$!
exec 3<&-
wait "$command"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
