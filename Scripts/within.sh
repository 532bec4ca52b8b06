#!/usr/bin/env bash
# within.sh MINUTES COMMAND...: runs a command; one that takes longer is ended, after saying what was running and where.
set -uo pipefail
minutes=$1
shift
"$@" &
command=$!
(
    exec >&2
    sleep "$((minutes * 60))" || exit
    echo "$0: not done after $minutes minutes: $*"
    ps -eo pid,ppid,stat,etime,time,args --forest | grep -v ' \[' | cut -c1-160
    debugger=$(command -v gdb || true)
    for process in $(pgrep -f 'PackageTests\.xctest' || true); do
        if [ -n "$debugger" ]; then
            echo "stacks of $process:"
            "$debugger" -p "$process" -batch -ex 'thread apply all backtrace 25' 2>/dev/null | cut -c1-200
        fi
    done
    pkill -TERM -P "$command"
    kill -TERM "$command"
) &
watch=$!
wait "$command"
status=$?
pkill -P "$watch" 2>/dev/null
kill "$watch" 2>/dev/null
exit "$status"
