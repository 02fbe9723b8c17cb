# SPDX-License-Identifier: GPL-3.0-or-later
#
# `dev package [--try]`: the Debian packages, source and binary, in build/package/. Tests are run
# where DEB_BUILD_OPTIONS does not say nocheck. Where the system's own packages have no GIMP 3, the
# packages are made in a Debian 13 that lasts as long as that; --try installs, uses and purges them
# in another one. Uses `top`, `build` and the functions of dev.
# shellcheck disable=SC2154,SC2016

make_packages() {
  local folder=$build/package source=$build/package/source.tar
  rm -rf "$folder"
  mkdir -p "$folder"
  tar -cf "$source" -C "$top" --exclude=./.git --exclude=./build --exclude='__pycache__' \
    --exclude=./subprojects/packagecache --exclude='./subprojects/*-[0-9]*' .
  if [[ $(kind_of_system) == apt ]]; then
    build_packages
  else
    build_packages_elsewhere
  fi
  [[ ${1-} != --try ]] || try_packages
  rm "$source"
  printf '%s\n' "$folder"/*.deb "$folder"/*.dsc
}

# Debug symbols are for those who publish packages, and would be installed with them.
build_packages() {
  local version tree
  prepare_system
  install_packages apt build-essential debhelper dpkg-dev
  version=$(sed -nE '1s/^restorator \(([^-]+)-.*/\1/p' "$top/packaging/debian/changelog")
  tree=$folder/restorator-$version
  mkdir "$tree"
  tar -xf "$source" -C "$tree"
  tar -cJf "$folder/restorator_$version.orig.tar.xz" -C "$folder" --owner=0 --group=0 \
    "restorator-$version"
  cp -R "$tree/packaging/debian" "$tree/debian"
  (cd "$tree" && DEB_BUILD_OPTIONS="noautodbgsym ${DEB_BUILD_OPTIONS-}" \
    dpkg-buildpackage -us -uc >&2)
}

# The way of a command into what mmdebstrap made, within its hooks.
inside='env -u TMPDIR -u RESTORATOR_BUILD chroot "$1"'

# in_new_debian PACKAGES HOOK…: does in a new Debian 13, which has these packages, separated by
# commas, what mmdebstrap's hooks say, and throws it away.
in_new_debian() {
  local include=$1 hook hooks=() status=0
  . "$top/scripts/root.bash"
  release=13
  shift
  for hook; do
    hooks+=("--customize-hook=$hook")
  done
  need_tools
  need_namespaces
  # For mmdebstrap's other users too, whom a user's own folders may be closed to.
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  chmod 755 "$scratch"
  run_mmdebstrap trixie /dev/null "--include=$include" "${hooks[@]}" >&2 || status=$?
  rm -rf "$scratch"
  trap - EXIT
  return "$status"
}

build_packages_elsewhere() {
  say "making the packages in a Debian 13 of their own"
  in_new_debian ca-certificates 'mkdir "$1/src"' "tar-in ${source@Q} /src" \
    "$inside sh -c 'cd /src && ./dev package && rm -r build/package/*/'" \
    "sync-out /src/build/package ${folder@Q}" ||
    fail "the packages were not made: the lines above say why"
}

try_packages() {
  say "trying the packages in a Debian 13 of their own"
  in_new_debian ca-certificates,bash-completion,gcc,libc6-dev,lintian,man-db,pkgconf,xauth,xvfb \
    'mkdir "$1/src" "$1/packages"' "tar-in ${source@Q} /src" "sync-in ${folder@Q} /packages" \
    "$inside /src/tests/install/packages /src /packages" ||
    fail "the packages do not do what they should: the lines above say what"
}
