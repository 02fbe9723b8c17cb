# SPDX-License-Identifier: GPL-3.0-or-later
#
# TAP for the tests of what is installed. A check is a command; what it prints is shown if it fails.

count=0
failed=false

# check NAME COMMAND…
check() {
  local name=$1 output
  shift
  count=$((count + 1))
  if output=$("$@" 2>&1); then
    echo "ok $count $name"
  else
    [[ -z $output ]] || printf '# %s\n' "${output//$'\n'/$'\n'# }"
    echo "not ok $count $name"
    failed=true
  fi
}

# skip NAME WHY
skip() {
  count=$((count + 1))
  echo "ok $count $1 # SKIP $2"
}

# equal EXPECTED ACTUAL: fails with the difference.
equal() {
  diff -u --label expected --label actual <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# Whether all went well.
finish() {
  echo "1..$count"
  ! $failed
}
