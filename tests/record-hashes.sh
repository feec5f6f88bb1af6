#!/usr/bin/env bash
# Prints a SHA-256 of the weights and texts of many small runs: every architecture, objective, tokenizer, optimizer and
# sampling method. Run it before and after a change that must not change results, and compare the two outputs:
#
#   tests/record-hashes.sh path/to/aphorist > before.txt
#
# Only the tensors of a model file are hashed, not its metadata. Hashes differ between instruction sets.
set -euo pipefail
aphorist=$(realpath "${1:-src/Aphorist.Cli/bin/Release/net10.0/aphorist}")
corpora=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../corpora")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
head -c 20000 "$corpora/aphorisms-en.txt" > text.txt
head -n 120 "$corpora/aphorisms-zh.txt" > chinese.txt
tail -c 3000 "$corpora/aphorisms-en.txt" > other.txt
head -c 6000 "$corpora/names.txt" > names.txt

# The file's first 8 bytes are the length of its JSON header; the tensors follow.
tensors() { tail -c +$((9 + $(od -An -t u8 -N 8 "$1"))) "$1" | sha256sum | cut -c 1-32; }
print() { printf '%-28s %s\n' "$1" "$2"; }
train() {
  local name=$1; shift
  "$aphorist" train "$@" --run "runs/$name" --quiet > "$name.out" 2> "$name.err" || { cat "$name.err" >&2; exit 1; }
  print "$name" "$(tensors "runs/$name/last.safetensors")"
  print "$name model" "$(tensors "runs/$name/model.safetensors")"
  print "$name samples" "$(cat "runs/$name"/samples/* 2>/dev/null | sha256sum | cut -c 1-32)"
}
text() {
  local name=$1; shift
  print "$name" "$("$aphorist" "$@" 2> /dev/null | sha256sum | cut -c 1-32)"
}

small=(--epochs 2 --hidden 40 --batch 32 --threads 2)
stream=(--objective stream --sequence 16 --epochs 2 --hidden 48 --batch 8 --threads 2)
train notebook text.txt "${small[@]}" --preset notebook --window 20
train quick text.txt --preset quick --epochs 2 --hidden 64 --threads 1 --validation 0.1
train best text.txt --preset best --epochs 1 --hidden 64 --threads 2
train char-rnn text.txt --preset char-rnn --epochs 1 --hidden 32 --threads 2
train stream-adam text.txt "${stream[@]}" --preset notebook --optimizer adam --learning-rate 0.005 --lowercase false
train stream-words text.txt "${stream[@]}" --preset notebook --tokenizer words --optimizer adamw --weight-decay 0.01 --learning-rate 0.005 --dropout 0.2
train stream-bytes chinese.txt "${stream[@]}" --preset notebook --tokenizer bytes --optimizer sgd --learning-rate 0.2 --clip-norm 1
train chinese chinese.txt "${stream[@]}" --preset notebook --optimizer adam --learning-rate 0.005 --embedding 24
train gru-after text.txt "${small[@]}" --preset notebook --architecture gru --optimizer adam --learning-rate 0.003 --schedule cosine
train gru-before text.txt "${stream[@]}" --preset notebook --architecture gru --reset before --layers 2 --residual true --layer-normalization true --optimizer adam --learning-rate 0.003
train gru-hard text.txt "${stream[@]}" --preset notebook --architecture gru --gates hard-sigmoid --warm-up 10 --average 0.9 --optimizer adam --learning-rate 0.003
train convolution text.txt "${stream[@]}" --preset notebook --architecture convolution --layers 3 --optimizer adam --learning-rate 0.003
train convolution-windows text.txt --preset notebook --epochs 1 --hidden 24 --batch 32 --architecture convolution --layers 4 --embedding 16 --window 20
train rnn text.txt "${small[@]}" --preset notebook --window 20 --architecture rnn --optimizer adam --learning-rate 0.003
train rnn-relu text.txt "${stream[@]}" --preset notebook --architecture rnn --activation relu --layers 2 --residual true --dropout 0.2 --optimizer adam --learning-rate 0.003
train lstm-tied text.txt "${stream[@]}" --preset notebook --layers 3 --embedding 48 --tied true --layer-normalization true --gates sigmoid --optimizer rmsprop --schedule plateau --clip-value 0.5
train lstm-512 text.txt --objective stream --preset notebook --epochs 1 --hidden 264 --batch 20 --sequence 32 --optimizer adam --learning-rate 0.002
train names names.txt --preset quick --architecture gru --hidden 64 --dropout 0.5 --epochs 3 --samples notebook
train validation-text text.txt "${stream[@]}" --preset notebook --validation-text other.txt --patience 1 --optimizer adam --learning-rate 0.003 --lowercase true
train continued other.txt --from runs/notebook/model.safetensors --epochs 1 --batch 16
train resumed text.txt --preset notebook --hidden 40 --batch 32 --window 20 --epochs 1
"$aphorist" train --resume runs/resumed --epochs 3 --quiet > /dev/null
print "resumed again" "$(tensors runs/resumed/last.safetensors)"

for mode in stateful window; do
  m=(generate runs/notebook --length 300 --seed 7 --mode "$mode" --prompt "the truth is ")
  text "$mode plain" "${m[@]}"
  text "$mode greedy" "${m[@]}" --temperature 0
  text "$mode temperatures" "${m[@]}" --temperature 0.2,0.5,1.0,1.2
  text "$mode top-k" "${m[@]}" --top-k 5
  text "$mode top-p" "${m[@]}" --top-p 0.8
  text "$mode min-p" "${m[@]}" --min-p 0.05
  text "$mode typical" "${m[@]}" --typical 0.7
  text "$mode repetition" "${m[@]}" --repetition-penalty 1.3 --penalty-window 20
  text "$mode frequency" "${m[@]}" --frequency-penalty 0.4 --presence-penalty 0.3
  text "$mode bans" "${m[@]}" --ban e --bias "a=1.5" --bias "t=-1"
  text "$mode cycle" "${m[@]}" --cycle 0.2,1.4
  text "$mode ramp" "${m[@]}" --ramp 0.1,1.5
  text "$mode everything" "${m[@]}" --temperature 0.8 --top-k 20 --top-p 0.95 --min-p 0.01 --typical 0.97 --repetition-penalty 1.1 --frequency-penalty 0.1 --ban z
  text "$mode stop" "${m[@]}" --stop-at line --minimum-length 50
  text "$mode stop text" "${m[@]}" --stop "th" --stop " a" --minimum-length 20
done
for run in quick stream-words stream-bytes chinese gru-before gru-hard convolution lstm-tied convolution-windows; do
  text "generate $run" generate "runs/$run" --length 200 --seed 3 --temperature 0.9
  text "generate $run window" generate "runs/$run" --length 60 --seed 3 --mode window
  text "generate $run passage" generate "runs/$run" --length 60 --seed 3 --passage "$(case $run in chinese | stream-bytes) echo chinese.txt ;; *) echo text.txt ;; esac)"
done
text "beams" generate runs/notebook --prompt "truth " --beams 6 --best 4 --length 40
text "beams stop" generate runs/gru-before --prompt "truth " --beams 4 --best 2 --length 60 --stop " " --length-penalty 1
text "many" generate runs/notebook --mode stateful --prompt "the " --count 300 --length 40 --seed 5
text "many unique" generate runs/names --prompt $'\n' --stop-at line --count 200 --unique --seed 1 --temperature 0.8
text "explain" generate runs/notebook --mode stateful --prompt "the " --length 60 --seed 2 --explain --json
text "evaluate" evaluate runs/notebook text.txt --json
text "evaluate stream" evaluate runs/stream-words text.txt --json
text "score" score runs/quick other.txt --json
