# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bash completion for restorator and restorator-preview. What can be completed is read from the
# programs' own help and lists, in English: so it is always what they take.

# _restorator_help WORD…: the help of a program or command.
_restorator_help() {
  LC_ALL=C.UTF-8 LANGUAGE='' "$@" --help-all 2>/dev/null
}

# _restorator_ids PROGRAM Models|Presets: those that are found, one a line.
_restorator_ids() {
  LC_ALL=C.UTF-8 LANGUAGE='' "$1" list 2>/dev/null |
    awk -v wanted="$2" '/^[^ ]/ { here = $1 == wanted } here && /^  [^ ]/ { print $1 }'
}

# _restorator_values OPTION: what the help on standard input says behind it, as auto|ddpm|ddim.
_restorator_values() {
  awk -v option="$1" '
    { long = $1 ~ /^-.,$/ ? $2 : $1; equals = index(long, "=") }
    equals && ($1 == option "," || substr(long, 1, equals - 1) == option) {
      print substr(long, equals + 1)
      exit
    }'
}

# _restorator_fill PROGRAM VALUES CURRENT: completes CURRENT as one of VALUES, separated by "|":
# words in small letters stand for themselves, those in capitals for what they name.
_restorator_fill() {
  local kind kinds words=()
  IFS='|' read -ra kinds <<<"$2"
  for kind in "${kinds[@]}"; do
    case $kind in
      MODEL) mapfile -t -O "${#words[@]}" words < <(_restorator_ids "$1" Models) ;;
      ID) mapfile -t -O "${#words[@]}" words < <(_restorator_ids "$1" Presets) ;;
      WINDOW) words+=(auto picture) ;;
      [a-z]*) words+=("$kind") ;;
    esac
    case $kind in
      DIR) compopt -o dirnames ;;
      MODEL | PATH | PICTURE* | FILE* | IN* | OUT) compopt -o default ;;
    esac
  done
  mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$3")
}

# _restorator_rest PROGRAM USAGE CURRENT: completes an argument that is no option. USAGE is such as
# "IN OUT | --output-dir DIR IN…" or "check FILE… | show ID".
_restorator_rest() {
  local way ways word words values=''
  mapfile -t ways <<<"${2// | /$'\n'}"
  for way in "${ways[@]}"; do
    read -ra words <<<"$way"
    if [[ ${words[0]} == [a-z]* ]]; then
      if ((COMP_CWORD == 2)); then
        words=("${words[0]}")
      elif [[ ${COMP_WORDS[2]} == "${words[0]}" ]]; then
        words=("${words[@]:1}")
      else
        continue
      fi
    fi
    for word in "${words[@]}"; do
      word=${word#[}
      values+=${word%]}\|
    done
  done
  _restorator_fill "$1" "$values" "$3"
}

_restorator() {
  local program=${COMP_WORDS[0]/#\~/$HOME} command=() current=${COMP_WORDS[COMP_CWORD]}
  local option='' values help
  COMPREPLY=()
  # Bash takes --option=value apart.
  if [[ $current == = ]]; then
    current='' option=${COMP_WORDS[COMP_CWORD - 1]}
  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == -* ]]; then
    option=${COMP_WORDS[COMP_CWORD - 1]}
  fi
  if [[ $program != *-preview && $COMP_CWORD -gt 1 ]]; then
    command=("${COMP_WORDS[1]}")
  fi
  help=$(_restorator_help "$program" "${command[@]}")

  values=$(_restorator_values "$option" <<<"$help")
  # The preview's help has defaults where the other program's has the values.
  if [[ $program == *-preview && -n $values && $option != --save ]]; then
    program=${program%-preview}
    values=$(_restorator_help "$program" restore | _restorator_values "$option")
    values=${values:-true|false}
  fi
  if [[ -n $values ]]; then
    _restorator_fill "$program" "$values" "$current"
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(
      sed -nE 's/^  (-., )?(--[a-z-]+=?).*/\2/p' <<<"$help")" -- "$current")
    [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
  elif [[ $program != *-preview && $COMP_CWORD == 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(
      awk '/^[^ ]/ { here = 0 } here && NF { print $1 } $0 == "Commands:" { here = 1 }' \
        <<<"$help")" -- "$current")
  else
    _restorator_rest "$program" "$(
      sed -n '2s/.*\[OPTION…\] *//p' <<<"$help")" "$current"
  fi
}

complete -F _restorator restorator restorator-preview
