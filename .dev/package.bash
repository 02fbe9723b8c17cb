# SPDX-License-Identifier: GPL-3.0-or-later
#
# `dev package`: the Debian packages, source and binary, in build/package/. Tests are run where
# DEB_BUILD_OPTIONS does not say nocheck. Uses `top`, `build` and the functions of dev.
# shellcheck disable=SC2154

make_packages() {
  local folder=$build/package version tree
  prepare_system
  [[ $system == apt ]] || fail "Debian packages are made in Debian 13, Ubuntu 25.04 and later"
  install_packages apt debhelper dpkg-dev
  version=$(sed -nE '1s/^restorator \(([^-]+)-.*/\1/p' "$top/packaging/debian/changelog")
  tree=$folder/restorator-$version
  rm -rf "$folder"
  mkdir -p "$tree"
  tar -c -C "$top" --exclude=./.git --exclude=./build --exclude='__pycache__' . | tar -x -C "$tree"
  tar -cJf "$folder/restorator_$version.orig.tar.xz" -C "$folder" --owner=0 --group=0 \
    "restorator-$version"
  cp -R "$tree/packaging/debian" "$tree/debian"
  (cd "$tree" && dpkg-buildpackage -us -uc >&2)
  printf '%s\n' "$folder"/*.deb "$folder"/*.dsc
}
