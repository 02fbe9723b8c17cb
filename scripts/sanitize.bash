# SPDX-License-Identifier: GPL-3.0-or-later
#
# ./dev test --sanitize: everything once more under the compiler's sanitizers, and its tests.
# shellcheck disable=SC2154

# run_tests FOLDER ARGUMENT…: meson's, which builds what they need, and what they come to.
run_tests() {
  local folder=$1 log=$1/meson-logs/testlog status=0
  shift
  rm -f "$log".* "$log"-*
  "${enter[@]}" meson test -C "$folder" --print-errorlogs "$@" || status=1
  "${enter[@]}" python3 "$top/tests/count-results" "$log"*.json || status=1
  return "$status"
}

# test_sanitized [SUITE…]: all parts under the sanitizers for addresses and undefined behaviour; and
# what has threads of its own under the one for these, as the plain tests have it too.
test_sanitized() {
  local suite suites=() threaded status=0 plain=$build
  # The plain folder first: where it is made anew, all that was in it goes.
  prepare_system
  configure
  local build=$plain/sanitized
  (($# > 0)) || set -- engine cli ui plugin
  for suite; do
    suites+=(--suite "$suite")
  done
  if [[ -f $build/build.ninja ]]; then
    build_all loud
  else
    build_all loud -Db_sanitize=address,undefined -Dbuildtype=debugoptimized -Doptimization=1
  fi
  run_tests "$build" --setup sanitized "${suites[@]}" || status=1
  build=$plain
  mapfile -t threaded < <("${enter[@]}" meson test -C "$build" --list "${suites[@]}" 2>/dev/null |
    sed -n 's|.* / \(.* under thread\)$|\1|p')
  ((${#threaded[@]} == 0)) || run_tests "$build" "${threaded[@]}" || status=1
  exit "$status"
}
