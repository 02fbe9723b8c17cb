#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of the original program become a model file, bit for bit: TAP.

    keras.py RESTORATOR [FOLDER]

RESTORATOR is the command that describes a model (restorator). FOLDER, where it is given, holds
NAME.weights.h5 and NAME.config.json, with the expected NAME.model.safetensors beside it: the golden
folder's `keras`. Without h5py and safetensors the tests are skipped.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys

missing = [name for name in ("h5py", "numpy", "safetensors")
           if importlib.util.find_spec(name) is None]
if missing:
    print(f"1..0 # SKIP Python lacks {', '.join(missing)}")
    sys.exit()

import h5py
import numpy as np
import tap
from safetensors import safe_open

IMPORT = pathlib.Path(__file__).resolve().parent.parent.parent / "engine/training/restorator-import"

CONFIG = {"model": {
    "optimizer": {"name": "adam"},
    "decoder": {"channels": 3, "name": "mlp", "residual": True, "mlp blocks": 1,
                "mlp": {"shared": False, "sizes": [6], "activation": "relu",
                        "final activation": "linear"}},
    "encoder": {"image size": 8, "channels": 1, "name": "basic", "latent dimension": 4,
                "head": {"downsample steps": [3, 5], "conv after stage": 1,
                         "global context": {"channels": 2, "kernel size": 3, "mlp": [7],
                                            "final activation": "relu"},
                         "local context": {"kernel size": 3, "conv before": 0,
                                           "final activation": "relu"}},
                "contexts mixer": {"extractor": {"name": "interpolate", "mlp": [9],
                                                 "final activation": "relu"}}},
    "restorator": {"channels": 3, "name": "single pass"},
    "renderer": {"position encoding": "learned", "time encoding": "learned", "batch_size": 1},
    "nerf": {"name": "basic", "samplesN": 256}}}

ENCODER, RENDERER = "c_encoder/c_encoder/", "renderer/while/"
COORDS = "c_coords_encoding_layer"
# The model file's name, the original's, the shape of the kernel. Keras counted eleven layers of
# other networks before these.
LAYERS = [
    ("encoder.stage0.down", "c_encoder/conv2d_9", (3, 3, 1, 3)),
    ("encoder.stage0.after0", "c_encoder/conv2d_10", (3, 3, 3, 3)),
    ("encoder.stage1.down", "c_encoder/conv2d_11", (3, 3, 3, 5)),
    ("encoder.stage1.after0", "c_encoder/conv2d_12", (3, 3, 5, 5)),
    ("encoder.stage0.local0", f"{ENCODER}EncoderHead/intermediate-0/conv-0", (3, 3, 3, 4)),
    ("encoder.stage1.local0", f"{ENCODER}EncoderHead/intermediate-1/conv-0", (3, 3, 5, 4)),
    ("encoder.global.conv", "c_encoder/CB/conv-0", (3, 3, 5, 2)),
    ("encoder.global.dense0", f"{ENCODER}EncoderHead/globalContext/globalMixer/dense-0", (8, 7)),
    ("encoder.global.dense1", "c_encoder/dense_3", (7, 4)),
    ("features.dense0", f"{ENCODER}Extractor/LocalMixer/mlp/dense-0", (8, 9)),
    ("features.dense1", f"{ENCODER}Extractor/LocalMixer/final", (9, 4)),
    ("decoder.block0.dense0", "renderer/mlp_decoder/MLP-0/mlp/dense-0", (24, 6)),
    ("decoder.block0.dense1", "renderer/dense_4", (6, 3)),
]
OTHERS = [(f"encoder.norm.{to}", f"c_encoder/batch_normalization/{name}", (1,), (1,))
          for to, name in (("gamma", "gamma"), ("beta", "beta"), ("mean", "moving_mean"),
                           ("variance", "moving_variance"))]
for to, number in (("position.x", ""), ("time", "_1")):
    layer = COORDS + number
    deep = f"{RENDERER}c_flat_coords_encoding_layer{number}/{layer}/{layer}"
    OTHERS += [(f"{to}.frequency", f"renderer/{layer}/_freqDeltas", (4,), (4,)),
               (f"{to}.weight", f"{deep}/_fussionW", (1, 4, 2), (4, 2)),
               (f"{to}.bias", f"{deep}/_fussionB", (1, 4), (4,)),
               (f"{to}.gate", f"{deep}/_gates", (1, 1, 4), (4,))]


def write_weights(path, without=(), extra=None, rows=None):
    """A file as the original program writes one; returns what its model file has to hold."""
    rng, wanted = np.random.default_rng(4), {}
    with h5py.File(path, "w") as file:
        for to, source, shape in LAYERS:
            if rows is not None and to == "decoder.block0.dense0":
                shape = (rows, 6)
            for part, size in (("kernel", shape), ("bias", shape[-1:])):
                wanted[f"{to}.{part}"] = values = rng.standard_normal(size, dtype=np.float32)
                file[f"{source}/{part}:0"] = values
        for to, source, stored, shape in OTHERS:
            if to.startswith(without or ("none",)):
                continue
            values = rng.uniform(0.5, 1, stored).astype(np.float32)
            wanted[to] = values.reshape(shape)
            file[f"{source}:0"] = values
        for name, values in (extra or {}).items():
            if name in file:
                del file[name]
            file[name] = values
    return wanted


def run(folder, config, name="made"):
    """Imports; returns the messages, empty where all went well."""
    (folder / "config.json").write_text(json.dumps(config))
    done = subprocess.run([sys.executable, IMPORT, folder / "weights.h5", folder / "config.json",
                           folder / f"{name}.safetensors"], capture_output=True, text=True)
    assert (done.returncode == 0) == (done.stderr == ""), done.stderr
    return done.stderr


def changed(path, value):
    """CONFIG with another value at a path of keys; without it where it is None."""
    config = json.loads(json.dumps(CONFIG))
    *parents, last = path.split(" › ")
    at = config["model"]
    for key in parents:
        at = at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return config


def same(path, wanted):
    with safe_open(path, "np") as file:
        assert set(file.keys()) == set(wanted), set(file.keys()) ^ set(wanted)
        for name, values in wanted.items():
            got = file.get_tensor(name)
            assert got.shape == values.shape, name
            assert np.array_equal(got.view(np.uint32), values.view(np.uint32)), name
        return json.loads(file.metadata()["restorator"])


def described(path):
    """What the engine reads of it."""
    done = subprocess.run([*command, "info", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tensors_are_copied_bit_for_bit(folder):
    wanted = write_weights(folder / "weights.h5")
    assert run(folder, CONFIG) == ""
    description = same(folder / "made.safetensors", wanted)
    assert description["colour"] == "bgr", "the oldest configurations have no format"
    assert description["position"] == {"kind": "learned", "bands": 4, "axes": "x"}
    assert "single pass" in described(folder / "made.safetensors")


def diffusion_keeps_its_schedule(folder):
    wanted = write_weights(folder / "weights.h5")
    config = changed("restorator", {
        "channels": 3, "name": "diffusion", "kind": "DDPM",
        "source distribution": {"name": "normal", "stddev": 1.0, "mean": 0.0},
        "schedule": {"name": "discrete", "beta schedule": "sigmoid", "timesteps": 40}})
    config["model"]["nerf"]["format"] = "rgb"
    assert run(folder, config) == ""
    description = same(folder / "made.safetensors", wanted)
    assert description["process"] == {"kind": "diffusion", "predicts": "noise",
                                      "schedule": "sigmoid", "steps": 40}
    assert description["colour"] == "rgb"
    assert "sigmoid schedule of 40 steps" in described(folder / "made.safetensors")


def fixed_encodings_have_no_tensors(folder):
    wanted = write_weights(folder / "weights.h5", without=("position", "time"), rows=14 + 3 * 6)
    config = changed("renderer", {"position encoding": "fixed", "time encoding": "fixed"})
    assert run(folder, config) == ""
    description = same(folder / "made.safetensors", wanted)
    assert description["position"] == {"kind": "fixed", "bands": 6, "axes": "xy"}
    assert description["time"] == {"kind": "fixed", "bands": 6}
    described(folder / "made.safetensors")


def blocks_may_take_the_running_results_place(folder):
    wanted = write_weights(folder / "weights.h5")
    assert run(folder, changed("decoder › residual", False)) == ""
    assert same(folder / "made.safetensors", wanted)["decoder"]["residual"] is False
    described(folder / "made.safetensors")


def what_is_not_known_is_refused_by_name(folder):
    write_weights(folder / "weights.h5")
    for path, value, message in (
            ("encoder › name", "resnet", "encoder › name is “resnet”; known are basic"),
            ("decoder › mlp › shared", True, "decoder › mlp › shared is true"),
            ("decoder › residual", "no", "decoder › residual is 'no'"),
            ("decoder › mlp › activation", "gelu", "decoder › mlp › activation is “gelu”"),
            ("encoder › head › local context › dropout", 0.5, "dropout is not known"),
            ("encoder › latent dimension", None, "lacks model › encoder › latent dimension"),
            ("encoder › image size", "big", "image size is 'big'"),
            ("renderer › time encoding", "fourier", "known are learned, fixed"),
            ("restorator › name", "flow", "known are single pass, diffusion"),
            ("teacher", {}, "model › teacher is not known"),
            ("encoder › head › downsample steps", [3, 5, 5], "the weights lack"),
            ("encoder › head › downsample steps", [3], "belongs to nothing in the configuration"),
            ("renderer › time encoding", "fixed", "belongs to nothing in the configuration")):
        errors = run(folder, changed(path, value), "refused")
        assert message in errors, f"{path}: {errors}"
        assert errors.count("\n") == 1, errors
        assert not (folder / "refused.safetensors").exists()


def bad_weights_are_refused_by_name(folder):
    kernel = "c_encoder/dense_3/kernel:0"
    for extra, message in (
            ({kernel: np.full((7, 4), np.nan, np.float32)}, "not finite"),
            ({kernel: np.zeros((7, 4))}, "is float64"),
            ({"renderer/dense_5/kernel:0": np.zeros((2, 2), np.float32)}, "renderer/dense_5/kernel"),
            ({"renderer/dense_4/bias:0": np.zeros(2, np.float32)}, None)):
        write_weights(folder / "weights.h5", extra=extra)
        errors = run(folder, CONFIG, "bad")
        if message is None:
            # Shapes are the engine's to check.
            done = subprocess.run([*command, "info", str(folder / "bad.safetensors")],
                                  capture_output=True, text=True)
            assert done.returncode == 1 and "decoder.block0.dense1.bias" in done.stderr, done.stderr
        else:
            assert message in errors, errors
    (folder / "weights.h5").write_bytes(b"no file of Keras")
    assert "is no HDF5 file" in run(folder, CONFIG, "none")


def the_originals_own_weights_are_the_golden_models(folder):
    for config in sorted(golden.glob("*.config.json")):
        name = config.name.removesuffix(".config.json")
        (folder / "weights.h5").write_bytes((golden / f"{name}.weights.h5").read_bytes())
        assert run(folder, json.loads(config.read_text()), name) == ""
        with safe_open(golden.parent / f"{name}.model.safetensors", "np") as file:
            wanted = {key: file.get_tensor(key) for key in file.keys()}
            other = json.loads(file.metadata()["restorator"])
        assert same(folder / f"{name}.safetensors", wanted) == {**other, "name": name}


TESTS = [tensors_are_copied_bit_for_bit, diffusion_keeps_its_schedule,
         fixed_encodings_have_no_tensors, blocks_may_take_the_running_results_place,
         what_is_not_known_is_refused_by_name,
         bad_weights_are_refused_by_name]

*command, last = sys.argv[1:]
golden = pathlib.Path(last)
if golden.is_dir():
    TESTS.append(the_originals_own_weights_are_the_golden_models)
else:
    command.append(last)

tap.run(TESTS)
