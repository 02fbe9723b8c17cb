# SPDX-License-Identifier: GPL-3.0-or-later
#
# `dev train`, and the Python that it needs: the system's own where that has everything, else an
# environment made once in the user's cache. Outside of the Debian 13 root, whose programs could not
# use an accelerator's driver.
# shellcheck disable=SC2154 # top: the source tree, set by dev

modules='torch, numpy, PIL, safetensors, scipy, cv2, h5py'

# Sets `python`.
prepare_python() {
  local folder=${XDG_CACHE_HOME:-~/.cache}/restorator/training
  for python in python3 "$folder/bin/python"; do
    ! "$python" -c "import $modules" &>/dev/null || return 0
  done
  command -v python3 >/dev/null || fail "training needs Python 3"
  say "making an environment with PyTorch in $folder (once; some gigabytes)"
  # One that lacks what a newer version needs is completed.
  if ! "$python" -m pip --version &>/dev/null && ! python3 -m venv --clear "$folder" >&2; then
    rm -rf "$folder"
    fail "no environment could be made: install python3-venv, or Python's packages torch, numpy," \
      "pillow, safetensors, scipy, opencv-python-headless and h5py"
  fi
  "$python" -m pip install --quiet --disable-pip-version-check \
    -r "$top/engine/training/requirements.txt" >&2 ||
    fail "Python's packages could not be installed: the lines above say why"
}

train() {
  local recipe='' name='' data=${XDG_DATA_HOME:-~/.local/share}/restorator pictures=pictures
  local out='' own=false arguments=()
  while (($#)); do
    case $1 in
      --pictures | --out | --name | --minutes | --initial | --threads)
        (($# > 1)) || wrong_usage "$1 needs a value"
        case $1 in
          --pictures) pictures=$2 ;;
          --out) out=$2 ;;
          --name)
            name=$2
            own=true
            arguments+=("$1" "$2")
            ;;
          *) arguments+=("$1" "$2") ;;
        esac
        shift
        ;;
      -*) wrong_usage "train has no option $1" ;;
      *)
        [[ -z $recipe ]] || wrong_usage "train takes one recipe"
        recipe=$1
        ;;
    esac
    shift
  done
  [[ -n $recipe ]] ||
    wrong_usage "train needs a recipe: $(cd "$top/engine/training/restorator_training/recipes" && echo *.json)"
  [[ -d $pictures ]] || fail "the folder $pictures is not there: --pictures names another"
  $own || name=$(basename "$recipe" .json)
  out=${out:-$data/training/$name}
  prepare_python
  PYTHONPATH=$top/engine/training nice -n 19 "$python" -m restorator_training.train "$recipe" \
    --pictures "$pictures" --out "$out" "${arguments[@]}" || exit
  # A model with an id of its own joins those that GIMP offers. One with the id of a model that
  # ships would take that one's place: its owner may copy it.
  if $own; then
    mkdir -p "$data/models"
    cp "$out/$name.safetensors" "$data/models/"
    say "$name is among the models now ($data/models)"
  fi
}

test_training() {
  prepare_python
  local status=0
  "$python" "$top/tests/training/keras.py" "$top/dev" run restorator || status=1
  "$python" "$top/tests/training/training.py" "$top/dev" golden || status=1
  "$python" "$top/tests/training/chains.py" || status=1
  exit "$status"
}
