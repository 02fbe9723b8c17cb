# SPDX-License-Identifier: GPL-3.0-or-later
#
# `dev install` and `dev uninstall`: the plug-in, the programs, models and presets for this user
# alone. What was put where is written down, so that uninstalling takes that and nothing else.
# Uses `top`, `build`, `enter` and the functions of dev.
# shellcheck disable=SC2154

# absolute PATH DEFAULT: the first if it is absolute; others are to be ignored, the XDG
# specification says.
absolute() {
  if [[ $1 == /* ]]; then echo "$1"; else echo "$2"; fi
}

install_places() {
  [[ ${HOME-} == /* && $HOME != *$'\n'* ]] || fail "HOME names no folder"
  local_folder=$HOME/.local
  data=$(absolute "${XDG_DATA_HOME-}" "$local_folder/share")
  config=$(absolute "${XDG_CONFIG_HOME-}" "$HOME/.config")
  sandbox=$HOME/.var/app/org.gimp.GIMP
  # A line a file, as of sha256sum, and `folder  PATH` for each folder that was made.
  manifest=$data/restorator/installed
}

has_flatpak_gimp() {
  [[ -d $sandbox ]] || flatpak info org.gimp.GIMP &>/dev/null
}

# gimp_folders: GIMP 3's folders of this user, one a line. A Flatpak GIMP has the first ones mounted
# over its own, and its own only where its user took the permission away.
gimp_folders() {
  local folder
  if [[ -n ${GIMP3_DIRECTORY-} ]]; then
    absolute "$GIMP3_DIRECTORY" "$HOME/$GIMP3_DIRECTORY"
  fi
  for folder in "$config"/GIMP/3.*/ "$sandbox"/config/GIMP/3.*/; do
    if [[ -d $folder && (-z ${GIMP3_DIRECTORY-} || $folder == "$sandbox"/*) ]]; then
      echo "${folder%/}"
    fi
  done
}

# A GIMP that was never started has no folder yet; only GIMP knows what belongs into a new one, and
# what it takes over from an older version's.
start_gimp_once() {
  local program version
  [[ $system != root && -z ${GIMP3_DIRECTORY-} ]] || return 0
  while read -r program; do
    version=${program##*-}
    [[ ! -d $config/GIMP/$version ]] || continue
    say "starting GIMP $version once, for it to make its folder"
    "$program" --no-interface --no-data --no-fonts --quit &>/dev/null </dev/null || true
    mkdir -p "$config/GIMP/$version"
  done < <(compgen -c gimp-console-3. | sort -u)
}

# Whether a program that was built finds its libraries in this system, outside of the Debian 13 root.
# The plug-in has no more to say than that GIMP should run it.
loads() {
  local status=0
  LD_BIND_NOW=1 "$1" --version &>/dev/null </dev/null || status=$?
  ((status != 127 && status != 126))
}

# Builds for these places and installs into the folder $stage, as for packagers.
build_for_user() {
  local self_contained=$1 folder=$build/install options place
  options=(--prefix="$local_folder" --datadir="$data" -Dauto_features=enabled
    -Dtests=false "-Dself-contained=$self_contained")
  stage=$build/install-files
  # shellcheck disable=SC2016 # for the shell there
  place=$("${enter[@]}" sh -c '. /etc/os-release && echo "$PRETTY_NAME"')\ $folder\ $top
  mkdir -p "$build"
  if [[ -f $folder/build.ninja && $(cat "$folder/.made-in" 2>/dev/null) == "$place" ]]; then
    "${enter[@]}" meson configure "${options[@]}" "$folder" >/dev/null
  else
    rm -rf "$folder"
    "${enter[@]}" meson setup "${options[@]}" "$folder" "$top" >&2
    echo "$place" >"$folder/.made-in"
  fi
  "${enter[@]}" ninja -C "$folder" --quiet >&2
  rm -rf "$stage"
  "${enter[@]}" meson install -C "$folder" --no-rebuild --quiet --destdir "$stage" >&2
  plug_in=$(cd "$stage" && find . -path '*/plug-ins/restorator' -type d)
  plug_in=$stage/${plug_in#./}
  [[ ! -L $plug_in/locale ]] || rm "$plug_in/locale"
  mkdir -p "$plug_in/locale"
  [[ ! -d $stage$local_folder/share/locale ]] ||
    cp -R "$stage$local_folder/share/locale/." "$plug_in/locale"
  [[ $self_contained == false ]] || take_libraries
}

# What the sandbox of a Flatpak GIMP lacks and could not be linked in lies beside the plug-in. All
# else that the plug-in needs is GIMP's own, which GIMP brings along.
take_libraries() {
  mkdir "$plug_in/lib"
  # shellcheck disable=SC2016 # for the shell there
  "${enter[@]}" sh -c 'ldd "$1" | awk "/libyyjson/ { print \$3 }" |
    xargs -r cp -L -t "$2"' sh "$plug_in/restorator" "$plug_in/lib"
  rmdir --ignore-fail-on-non-empty "$plug_in/lib"
}

# add FILE TARGET: into the lists of what is to be copied.
add() {
  sources+=("$1")
  targets+=("$2")
}

# add_plug_in GIMP_FOLDER: with its scripts.
add_plug_in() {
  local file
  while IFS= read -r -d '' file; do
    add "$file" "$1/plug-ins/restorator/${file#"$plug_in/"}"
  done < <(find "$plug_in" -type f -print0 | sort -z)
  while IFS= read -r -d '' file; do
    add "$file" "$1/scripts/${file##*/}"
  done < <(find "$stage" -path '*/gimp/*/scripts/*' -type f -print0 | sort -z)
  folders+=("$1/plug-ins/restorator/locale")
}

# add_rest PROGRAMS: models and presets; where PROGRAMS is true all else but the developers' files.
add_rest() {
  local file target
  while IFS= read -r -d '' file; do
    target=${file#"$stage"}
    case $target in
      */plug-ins/restorator/* | */gimp/*/scripts/*) ;;
      "$local_folder"/include/* | "$local_folder"/lib*/*) ;;
      "$data"/restorator/*) add "$file" "$target" ;;
      *) ! $1 || add "$file" "$target" ;;
    esac
  done < <(find "$stage" \( -type f -o -type l \) -print0 | sort -z)
}

sum() {
  sha256sum <"$1" | cut -d ' ' -f 1
}

# Reads the manifest into `known`: path → its sums, and the word "folder" for folders.
read_manifest() {
  local line
  declare -gA known=()
  [[ -f $manifest ]] || return 0
  while IFS= read -r line; do
    known[${line#*  }]+=" ${line%%  *}"
  done <"$manifest"
}

write_manifest() {
  local path word
  mkdir -p "${manifest%/*}" || fail "${manifest%/*} cannot be made"
  for path in "${!known[@]}"; do
    for word in ${known[$path]}; do
      printf '%s  %s\n' "$word" "$path"
    done
  done | sort -u >"$manifest.new"
  mv "$manifest.new" "$manifest"
}

# Refuses what would cost a user's file; what is there already, the same and not ours, stays so.
check_targets() {
  local i
  for i in "${!targets[@]}"; do
    [[ (-e ${targets[i]} || -L ${targets[i]}) && -z ${known[${targets[i]}]-} ]] || continue
    cmp -s "${sources[i]}" "${targets[i]}" ||
      fail "${targets[i]} is there already, and not by ./dev install: move it away first"
    unset "sources[i]" "targets[i]"
  done
}

# Notes a folder and its parents that are not there yet.
note_folder() {
  local folder=$1
  while [[ ! -d $folder ]]; do
    known[$folder]=folder
    folder=$(dirname "$folder")
  done
}

# remove PATH: a file that is still the one that was put there.
remove_file() {
  [[ -e $1 || -L $1 ]] || return 0
  if [[ " ${known[$1]} " == *" $(sum "$1" 2>/dev/null) "* ]]; then
    rm "$1"
  else
    say "$1 has changed since: left as it is"
  fi
}

# The manifest comes first, with all that may be there from now on: a run that is stopped leaves
# nothing that nobody knows of.
copy_all() {
  local i path
  local -A new=()
  for i in "${!targets[@]}"; do
    new[${targets[i]}]=$(sum "${sources[i]}")
    known[${targets[i]}]+=" ${new[${targets[i]}]}"
    note_folder "$(dirname "${targets[i]}")"
  done
  for path in "${folders[@]}" "${manifest%/*}"; do
    note_folder "$path"
  done
  write_manifest
  mkdir -p "${folders[@]}"
  for i in "${!targets[@]}"; do
    path=${targets[i]}
    mkdir -p "$(dirname "$path")"
    cp "${sources[i]}" "$path.restorator-new"
    mv -T "$path.restorator-new" "$path" || fail "$path could not be written"
  done
  # What an earlier version had and this one has not.
  for path in "${!known[@]}"; do
    [[ ${known[$path]} != *folder && -z ${new[$path]-} ]] || continue
    remove_file "$path"
    unset "known[$path]"
  done
  for path in "${!new[@]}"; do
    known[$path]=${new[$path]}
  done
  write_manifest
}

install_for_user() {
  local self_contained=false gimps=() gimp program=true sources=() targets=() folders=() stage plug_in
  install_places
  prepare_system
  ! has_flatpak_gimp || self_contained=true
  start_gimp_once
  mapfile -t gimps < <(gimp_folders)
  build_for_user "$self_contained"
  loads "$stage$local_folder/bin/restorator" || program=false
  if ! $self_contained && ! loads "$plug_in/restorator"; then
    ((${#gimps[@]} == 0)) || say "this system lacks the libraries of a GIMP 3 as Debian 13 has it," \
      "which the plug-in was built with: not installed into ${gimps[*]}"
    gimps=()
  fi
  ((${#gimps[@]} > 0)) || $program ||
    fail "nothing that could be installed would run in this system: it has no GIMP 3, and not the" \
      "libraries of Debian 13 that the program needs. ./dev gimp and ./dev run work from here"
  for gimp in "${gimps[@]}"; do
    add_plug_in "$gimp"
  done
  add_rest "$program"
  read_manifest
  check_targets
  copy_all

  if ((${#gimps[@]} > 0)); then
    printf 'plug-in: %s/plug-ins/restorator\n' "${gimps[@]}"
  else
    say "the plug-in is not installed: GIMP 3 has no folder here. Start it once and do this again"
  fi
  if ! $program; then
    say "the program is not installed: this system lacks Debian 13's libraries, which it was built" \
      "with. ./dev run restorator works from here"
  else
    echo "program: $local_folder/bin/restorator"
    [[ :$PATH: == *:"$local_folder/bin":* ]] || say "$local_folder/bin is not in PATH"
  fi
  echo "models and presets: $data/restorator"
}

uninstall_for_user() {
  local path folders=()
  install_places
  read_manifest
  if ((${#known[@]} == 0)); then
    say "nothing is installed by ./dev install"
    return
  fi
  for path in "${!known[@]}"; do
    if [[ ${known[$path]} == *folder ]]; then
      folders+=("$path")
    else
      remove_file "$path"
    fi
  done
  rm "$manifest"
  # Those inside come first. What someone else put something into stays.
  while IFS= read -r path; do
    rmdir --ignore-fail-on-non-empty "$path" 2>/dev/null || true
  done < <(printf '%s\n' "${folders[@]}" | sort -r)
}
