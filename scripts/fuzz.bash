# SPDX-License-Identifier: GPL-3.0-or-later
#
# ./dev fuzz: builds the targets of tests/fuzz with clang's libFuzzer and runs them.
# shellcheck disable=SC2154

# fuzz [TARGET] [MINUTES]
fuzz() {
  local targets=() programs=() target minutes=1 folder=$build/fuzz status=0
  local found=$folder-found
  for target in "$top"/tests/fuzz/*.c; do
    target=$(basename "$target" .c)
    [[ $target == replay ]] || targets+=("$target")
  done
  if [[ ${1-} =~ ^[a-z] ]]; then
    [[ " ${targets[*]} " == *" $1 "* ]] || wrong_usage "fuzz knows ${targets[*]}"
    targets=("$1")
    shift
  fi
  if (($# > 0)); then
    [[ $# == 1 && $1 =~ ^[1-9][0-9]*$ ]] || wrong_usage "fuzz takes a target and whole minutes"
    minutes=$1
  fi
  prepare_system
  mkdir -p "$found"
  [[ -f $folder/build.ninja ]] ||
    CC=clang "${enter[@]}" meson setup -Dui=disabled -Dplugin=disabled \
      "$folder" "$top" >&2
  "${enter[@]}" ninja -C "$folder" --quiet build.ninja >&2 # a target may be new
  for target in "${targets[@]}"; do
    programs+=("$("${enter[@]}" ninja -C "$folder" --quiet -t targets all |
      sed -n "s|^\(tests/[a-z]*/fuzz-$target\):.*|\1|p")")
  done
  "${enter[@]}" ninja -C "$folder" --quiet "${programs[@]}" >&2
  for target in "${targets[@]}"; do
    mkdir -p "$found/$target"
    say "$target: $minutes min"
    "${enter[@]}" "$folder"/tests/*/fuzz-"$target" -max_total_time=$((60 * minutes)) \
      -max_len=20000 -timeout=20 -print_final_stats=1 -artifact_prefix="$found/crash-$target-" \
      "$found/$target" "$top/tests/fuzz/corpus/$target" >"$found/$target.log" 2>&1 || status=1
    grep -E 'ERROR|SUMMARY|number_of_executed_units' "$found/$target.log" || true
  done
  return "$status"
}
