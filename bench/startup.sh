#!/usr/bin/env bash
# Measures the start-up of the command: bench/startup.sh APHORIST [OTHER_APHORIST]
#
# APHORIST is a built command, for example src/Aphorist.Cli/bin/Release/net10.0/aphorist. With two, the calls alternate, and the
# differences are those of the medians. RUNS=30 is the number of runs of each. Needs bash 5, awk and curl.
#
# "serve": from the start of the process to the answer of GET /health, tried every 2 ms.
# "first character": from the start of `generate` to its first byte on standard output.
# Other rows: the time of the whole process.
set -euo pipefail
runs=${RUNS:-30}
commands=("$@")
if [ ${#commands[@]} -eq 0 ]; then sed -n '2,10s/^# \?//p' "$0"; exit 2; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

now() { local time=${EPOCHREALTIME/[.,]/}; echo "$time"; }
fail() { echo "$1 failed." >&2; exit 1; }

whole() {
  local start
  start=$(now)
  "$@" >/dev/null 2>&1 || fail "$*"
  echo $(($(now) - start))
}

first_character() {
  local start end
  start=$(now)
  exec 3< <("$1" generate "$work/model" --length 5000 --seed 1 2>/dev/null)
  IFS= read -r -n 1 -u 3 _ || fail generate
  end=$(now)
  cat <&3 >/dev/null
  exec 3<&-
  echo $((end - start))
}

serve() {
  local start end process port=$((20000 + RANDOM % 10000))
  start=$(now)
  "$1" serve "$work/model" --port "$port" >/dev/null 2>"$work/serve.log" &
  process=$!
  until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health"; do
    kill -0 "$process" 2>/dev/null || { cat "$work/serve.log" >&2; fail serve; }
    sleep 0.002
  done
  end=$(now)
  kill "$process"
  wait "$process"
  echo $((end - start))
}

measure() {
  case $1 in
    "--version") whole "$2" --version ;;
    "generate --help") whole "$2" generate --help ;;
    "info") whole "$2" info "$work/model" ;;
    "first character") first_character "$2" ;;
    "serve") serve "$2" ;;
  esac
}

median() { sort -n "$1" | awk '{ value[NR] = $1 } END { printf "%.1f", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2000 }'; }

"${commands[0]}" train names --preset notebook --hidden 128 --epochs 1 --samples false --run "$work/model" --quiet >/dev/null
printf '%-18s' "median of $runs, ms"
for ((i = 0; i < ${#commands[@]}; i++)); do printf '%12s' "command $((i + 1))"; done
echo
for what in "--version" "generate --help" "info" "first character" "serve"; do
  for ((run = 0; run <= runs; run++)); do
    for ((i = 0; i < ${#commands[@]}; i++)); do
      if [ "$what" = serve ] && ! "${commands[i]}" --help | grep -q '^  serve '; then continue; fi
      time=$(measure "$what" "${commands[i]}")
      # The first run reads the files from the disk.
      if [ "$run" -gt 0 ]; then echo "$time" >>"time $what $i"; fi
    done
  done
  printf '%-18s' "$what"
  for ((i = 0; i < ${#commands[@]}; i++)); do
    if [ -f "time $what $i" ]; then printf '%12s' "$(median "time $what $i")"; else printf '%12s' "-"; fi
  done
  echo
done
