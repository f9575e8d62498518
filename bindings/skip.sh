#!/usr/bin/env bash
# Says that a package was not tested, and why: `skip.sh PACKAGE REASON`. It is a failure unless
# `allowed-to-skip.txt` lists the package.
printf '\nskipped: %s (%s)\n' "$1" "$2"
grep -qxF "$1" "$(dirname "$0")/allowed-to-skip.txt" && exit 0
printf 'bindings/allowed-to-skip.txt does not list it\n' >&2
exit 1
