# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where to build: in the system itself where its packages have GIMP 3, else in a Debian 13 root.
# Where `gimp` names a version of GIMP, in the root of the Debian release that has it.
# `prepare_system` sees to it that everything needed is there and sets
#   system  apt, dnf or other: the system itself; root: a Debian root
#   enter   the words to put before a command so that it runs there, in the caller's folder
# shellcheck disable=SC2154 # top: the source tree, set by dev

say() {
  echo "dev: $*" >&2
}

fail() {
  say "$@"
  exit 1
}

is_root() {
  ((EUID == 0))
}

# packages COLUMN [WITHOUT]: the names in that column of the table, one a line, but for those of the
# parts in WITHOUT.
packages() {
  awk -v column="$1" -v without=" ${2-} " \
    '!/^#/ && NF && $column != "-" && !(NF > 2 && index(without, " " $3 " ")) { print $column }' \
    "$top/scripts/packages"
}

at_least() {
  [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

# Prints which kind of system this is; see the head of this file.
kind_of_system() {
  local ID='' VERSION_ID=''
  if [[ -n ${gimp-} ]]; then
    echo root
    return
  fi
  # shellcheck source=/dev/null
  [[ -r /etc/os-release ]] && . /etc/os-release
  case $ID in
    # Debian testing and unstable have no version.
    debian) if at_least 13 "${VERSION_ID:-13}"; then echo apt; else echo root; fi ;;
    ubuntu) if at_least 25.04 "$VERSION_ID"; then echo apt; else echo root; fi ;;
    fedora) if at_least 42 "$VERSION_ID"; then echo dnf; else echo root; fi ;;
    *)
      if command -v apt-cache >/dev/null && apt-cache show libgimp-3.0-dev &>/dev/null; then
        echo apt
      elif command -v meson ninja >/dev/null &&
        pkg-config --exists gimp-3.0 gimpui-3.0 vips yyjson &>/dev/null; then
        echo other
      else
        echo root
      fi
      ;;
  esac
}

# missing_packages apt|dnf NAME…: those of the packages that are not installed, one a line.
missing_packages() {
  local manager=$1
  shift
  case $manager in
    apt) dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
      awk '$1 == "installed" { print $2 }' | sort -u | comm -13 - <(printf '%s\n' "$@" | sort -u) ;;
    dnf)
      local name
      for name; do
        rpm --quiet -q --whatprovides "$name" || echo "$name"
      done
      ;;
  esac
}

# install_packages apt|dnf NAME…: installs what is missing, or names the command for it and fails.
install_packages() {
  local manager=$1 missing
  shift
  mapfile -t missing < <(missing_packages "$manager" "$@")
  ((${#missing[@]})) || return 0
  if ! is_root; then
    case $manager in
      apt) fail "missing packages; install them with: sudo apt-get install ${missing[*]}" ;;
      dnf) fail "missing packages; install them with: sudo dnf install ${missing[*]}" ;;
    esac
  fi
  say "installing ${missing[*]}"
  case $manager in
    apt)
      # An older list of packages would name files that the mirror no longer has.
      apt-get -q update >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
          "${missing[@]}" </dev/null >&2
      ;;
    dnf) dnf install -y "${missing[@]}" </dev/null >&2 ;;
  esac || fail "the packages could not be installed: the lines above say why"
}

prepare_system() {
  local names=()
  enter=()
  system=$(kind_of_system)
  case $system in
    apt) mapfile -t names < <(packages 1 "${RESTORATOR_WITHOUT-}") ;;
    dnf) mapfile -t names < <(packages 2 "${RESTORATOR_WITHOUT-}") ;;
    root)
      . "$top/scripts/root.bash"
      case ${gimp:-3.0} in
        3.0) prepare_root 13 trixie ;;
        3.2) prepare_root 14 forky ;;
      esac
      return
      ;;
  esac
  install_packages "$system" "${names[@]}"
  # Without it file names outside of ASCII could not be given to any program.
  [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
}
