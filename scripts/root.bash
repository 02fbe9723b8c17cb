# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Debian root in the user's cache, for systems whose packages lack GIMP 3, or the one asked for:
# made once with mmdebstrap, entered with bubblewrap, by root or by any user who may use user
# namespaces.

needed_gib=4 # the root, and as much again, with the packages, while it is made

# prepare_root RELEASE SUITE: 13 trixie, 14 forky.
prepare_root() {
  release=$1 suite=$2
  cache=${XDG_CACHE_HOME:-~/.cache}/restorator
  root=$cache/debian-$release
  root_is_current || make_root
  set_enter
}

# What a root is made from: a root with another stamp is outdated.
root_stamp() {
  echo "$suite $(uname -m)"
  packages 1
}

# The stamp is written last and the root renamed into place after that: what has it is whole.
root_is_current() {
  [[ -f $root/stamp && $(<"$root/stamp") == "$(root_stamp)" ]]
}

# Only paths of the system itself are the root's; /home, /tmp, /mnt, /var and all others are the
# caller's. The root is read-only: it stays what its stamp says.
set_enter() {
  local path
  enter=(bwrap --tmpfs / --ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc
    --ro-bind /etc/passwd /etc/passwd --ro-bind /etc/group /etc/group
    --dev-bind /dev /dev --bind /proc /proc --ro-bind /sys /sys
    --tmpfs /run --bind-try "/run/user/$UID" "/run/user/$UID")
  for path in "$root"/{bin,sbin,lib*}; do
    enter+=(--symlink "$(readlink "$path")" "/${path##*/}")
  done
  for path in /*; do
    case $path in
      /bin | /sbin | /lib* | /usr | /etc | /dev | /proc | /sys | /run | /boot | /lost+found) ;;
      *)
        if [[ -L $path ]]; then
          enter+=(--symlink "$(readlink "$path")" "$path")
        elif [[ -d $path ]]; then
          enter+=(--bind "$path" "$path")
        fi
        ;;
    esac
  done
  # Nor may a package manager in the root take this system's records for its own.
  for path in /var/lib/dpkg /var/lib/apt /var/cache/apt; do
    [[ ! -d $path ]] || enter+=(--ro-bind "$root$path" "$path")
  done
  # Whatever leads programs of this system to its own libraries would mislead the root's.
  for path in LD_LIBRARY_PATH LD_PRELOAD PKG_CONFIG_PATH PYTHONPATH PYTHONHOME GI_TYPELIB_PATH \
    GIO_EXTRA_MODULES GTK_PATH XDG_DATA_DIRS; do
    enter+=(--unsetenv "$path")
  done
  enter+=(--setenv PATH /usr/bin:/bin --setenv LC_ALL C.UTF-8 --chdir "$PWD" --)
}

make_root() {
  local lock
  mkdir -p "$cache" || fail "$cache cannot be made; XDG_CACHE_HOME names another place"
  exec {lock}>"$cache/lock"
  if ! flock --nonblock "$lock"; then
    say "another dev is making a Debian root: waiting for it"
    flock "$lock"
    # shellcheck disable=SC2310
    root_is_current && return
  fi
  need_tools
  # For mmdebstrap, outside of the user's folders, since its other users have to get there.
  scratch=${TMPDIR:-/var/tmp}/restorator-root-$UID-$(cksum <<<"$cache" | cut -d ' ' -f 1)
  trap tidy EXIT
  tidy # what a killed run left
  need_space
  need_namespaces
  mkdir -m 755 "$cache/new" "$scratch"
  bootstrap
  root_stamp >"$cache/new/stamp"
  [[ -d $root ]] && mv "$root" "$cache/old"
  mv "$cache/new" "$root"
  tidy
  trap - EXIT
  exec {lock}>&-
}

# The tools of making and entering. Debian's names are the same in Ubuntu and nearly so in Fedora.
need_tools() {
  if command -v apt-get >/dev/null; then
    local names=(mmdebstrap bubblewrap debian-archive-keyring)
    is_root || names+=(uidmap)
    install_packages apt "${names[@]}"
  elif command -v dnf >/dev/null; then
    install_packages dnf mmdebstrap bubblewrap debian-keyring apt
  else
    local tool
    for tool in mmdebstrap bwrap apt-get; do
      command -v "$tool" >/dev/null ||
        fail "to use Debian $release's GIMP install mmdebstrap, bubblewrap, apt and Debian's" \
          "archive keyring"
    done
  fi
}

need_space() {
  local folder free needed
  for folder in "$cache" "${scratch%/*}"; do
    needed=$needed_gib
    # Two file systems hold a half each.
    [[ $(stat -c %d "$cache") == $(stat -c %d "${scratch%/*}") ]] || needed=$((needed_gib / 2))
    free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
    ((free >= needed * 1024 * 1024)) ||
      fail "too little space for the Debian $release root: $folder has $((free / 1024)) MiB free" \
        "of $((needed * 1024)) MiB needed (XDG_CACHE_HOME and TMPDIR name other places)"
  done
}

need_namespaces() {
  local answer
  answer=$(bwrap --ro-bind / / true 2>&1) ||
    fail "bubblewrap may not work here ($answer). Debian $release's GIMP is to be used, and that" \
      "needs user namespaces: see kernel.unprivileged_userns_clone," \
      "user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns in sysctl, or run" \
      "this in a machine or container that allows them"
  is_root && return
  local name
  name=$(id -un)
  { grep -q "^$name:" /etc/subuid && grep -q "^$name:" /etc/subgid; } 2>/dev/null ||
    fail "$name has no range of user ids of its own; give one with: sudo usermod" \
      "--add-subuids 100000-165535 --add-subgids 100000-165535 $name"
}

# Debian's archive as this system's apt has it, if it has. Elsewhere mmdebstrap knows one.
mirror() {
  command -v apt-get >/dev/null || return 0
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)' \
    'Created-By: Packages' 2>/dev/null |
    awk -F '|' '$2 == "main" && $3 !~ /[-\/]/ && $4 !~ /^cdrom:/ &&
                ($1 == "Debian" || $1 == "" && $4 ~ /\/debian\/?$/) { print $4; exit }' || true
}

# run_mmdebstrap SUITE TARGET OPTION…: in its mode unshare, which keeps its mounts to itself, for root
# too. Proxies, certificates, checks of dates are as this system's own apt has them.
run_mmdebstrap() {
  local suite=$1 target=$2
  shift 2
  apt-config dump 2>/dev/null |
    grep -E '^Acquire::(https?|Check-|Retries|ForceIPv)' >"$scratch/apt.conf" || true
  # shellcheck disable=SC2046 # without a mirror there is no such word
  TMPDIR=$scratch mmdebstrap --mode=unshare --variant=apt --aptopt="$scratch/apt.conf" "$@" \
    "$suite" "$target" $(mirror)
}

# The root is unpacked from a tar file, not made in place: so all files are the caller's, whoever
# calls, and mmdebstrap's other users need no access to the cache. The lock is not for these
# programs: they may outlive this one.
bootstrap() {
  local errors tee made=true
  say "making a Debian $release root in $root (once; some minutes)"
  exec {errors}> >(tee "$scratch/log" >&2 {lock}>&-)
  tee=$!
  run_mmdebstrap "$suite" - --include="$(packages 1 | paste -sd ,)" 2>&"$errors" {lock}>&- |
    tar -x -C "$cache/new" --no-same-owner --exclude='./dev/*' \
      --exclude=./etc/apt/apt.conf.d/99mmdebstrap {lock}>&- || made=false
  exec {errors}>&-
  wait "$tee"
  $made && return
  ! grep -qE 'Temporary failure|Could not (resolve|connect)|[Ff]ailed to fetch|unreachable' \
    "$scratch/log" ||
    fail "the Debian $release root was not made: its packages could not be fetched. Is there a" \
      "network?"
  fail "the Debian $release root was not made: the lines above say why"
}

# Ends what still works for a root that will not be, which has the scratch folder's name among its
# arguments, and erases everything that is not the finished root.
tidy() {
  local process processes
  mapfile -t processes < <(grep -lsF -- "$scratch" /proc/[0-9]*/cmdline | cut -d / -f 3)
  for process in "${processes[@]}"; do
    kill -KILL "$process" 2>/dev/null && sleep 1
  done
  rm -rf "$cache"/{new,old} "$scratch" 2>/dev/null && return
  # A normal user has mmdebstrap's other users to thank for some of the files.
  mmdebstrap --unshare-helper find "$scratch" -mindepth 2 -delete 2>/dev/null || true
  rm -rf "$scratch"
}
