# SPDX-License-Identifier: GPL-3.0-or-later
#
# `dev demo`: restores a photograph, or an ellipse of it, in the real GIMP, without display. Writes
# before.png, selection.png (the coverage, 0…255) and after.png into build/demo/.
# Uses `top`, `build`, `enter` and the functions of dev.
# shellcheck disable=SC2154

demo() {
  local photo='' ellipse='' folder=$build/demo suffix result
  while (($#)); do
    case $1 in
      --ellipse=*) ellipse=${1#*=} ;;
      --ellipse)
        (($# > 1)) || wrong_usage "--ellipse needs X,Y,WxH"
        ellipse=$2
        shift
        ;;
      -*) wrong_usage "no such option: $1" ;;
      *)
        [[ -z $photo ]] || wrong_usage "demo takes one photo"
        photo=$1
        ;;
    esac
    shift
  done
  if [[ -z $photo ]]; then
    photo=$top/docs/demo/boys.jpg
  fi
  [[ ${ellipse:=0,0,0x0} =~ ^(-?[0-9]{1,6}),(-?[0-9]{1,6}),([0-9]{1,6})x([0-9]{1,6})$ ]] ||
    wrong_usage "--ellipse needs X,Y,WxH in whole pixels, not $ellipse"
  ellipse="${BASH_REMATCH[*]:1}"
  [[ -f $photo && -r $photo ]] || fail "$photo cannot be read"

  build_all
  rm -rf "$folder"
  mkdir "$folder"
  # A copy with a plain name: no name needs quoting in Scheme, nor has to be visible to GIMP.
  suffix=${photo##*.}
  [[ $suffix =~ ^[A-Za-z0-9]+$ ]] || suffix=photo
  cp -- "$photo" "$folder/photo.$suffix"
  "${enter[@]}" env -C "$folder" "$top/tests/gimp/run-gimp" "$build" -n -d -f \
    --batch-interpreter=plug-in-script-fu-eval -b "(script-fu-use-v3)
$(<"$top/scripts/demo.scm")
(demo \"photo.$suffix\" $ellipse)" --quit &>"$folder/gimp.log" || true
  mapfile -t result < <(cat "$folder/result" 2>/dev/null)
  case ${result[0]-} in
    done)
      local time
      printf -v time '%d.%02d' $((result[8] / 1000000)) $((result[8] / 10000 % 100))
      local region=whole
      ((result[5] == 0)) ||
        region="ellipse ${result[3]},${result[4]},${result[5]}x${result[6]}, feathered by ${result[7]},"
      echo "${photo##*/}, ${result[1]}x${result[2]}: GIMP ${result[9]} restored the $region" \
        "with the preset photo in $time s; before.png, selection.png, after.png in build/demo/"
      ;;
    outside)
      fail "the ellipse lies outside of the picture, ${result[1]}x${result[2]}"
      ;;
    *)
      fail "GIMP could not restore $photo:" \
        "$(sed -n 's/^Error: *//p' "$folder/gimp.log" | head -n 1) (more in build/demo/gimp.log)"
      ;;
  esac
}
