#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains a tiny recipe for seconds and compares it with the engine: TAP.

    training.py GOLDEN [ARGUMENT...]

GOLDEN is the command that compares a folder of cases with the engine (restorator-golden). Needs
what engine/training needs, and skips without it.
"""

import importlib.util
import json
import math
import pathlib
import subprocess
import sys

NEEDED = ("numpy", "PIL", "safetensors", "cv2", "scipy", "torch")
HERE = pathlib.Path(__file__).resolve().parent
TRAINING = HERE.parent.parent / "engine/training"

missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
if missing:
    print(f"1..0 # SKIP Python lacks {', '.join(missing)}")
    sys.exit()
sys.path.insert(0, str(TRAINING))
sys.dont_write_bytecode = True

import cv2
import numpy as np
import tap
import torch
from PIL import Image
from safetensors.numpy import save_file

from restorator_training import (
    colour,
    diffusion,
    guided,
    losses,
    model_file,
    network,
    schema,
    train,
)
from restorator_training import recipe as recipes
from restorator_training import run as runs
from restorator_training.colour import LUMA
from restorator_training.data import (
    augmentation,
    backdrop,
    balance,
    dataset,
    filling,
    masking,
    seam,
    white_hair,
)
from restorator_training.data import photographs as drawn
from restorator_training.measure import kinds, old_photographs

# Sharma, Wu, Dalal 2005, table 1: rows 1, 4, 7, 9, 17, 25, 34.
SHARMA = [((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
          ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
          ((50, 0, 0), (50, -1, 2), 2.3669),
          ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
          ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
          ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
          ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082)]


def make_pictures(folder, count, seed):
    """Blots of a few colours: brighter is redder, so that there is something to learn."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((96, 96)) / 96
    for i in range(count):
        light = np.full((96, 96), rng.uniform(0.1, 0.4))
        for _ in range(4):
            x, y, reach = *rng.uniform(0, 1, 2), rng.uniform(0.1, 0.3)
            light += 0.5 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / reach ** 2)
        light = light.clip(0, 1)[..., None]
        made = light * [1.0, 0.8, 0.5] + (1 - light) * [0.0, 0.1, 0.4]
        Image.fromarray(np.rint(made * 255).astype(np.uint8)).save(folder / f"{i:02}.png")


def tiny(change=None):
    """The tiny recipe with the keys of a change."""
    return recipes.whole(schema.merged(json.loads((HERE / "tiny.json").read_text()), change or {}))


def single_pass(change=None):
    one = {"network": {"name": "tiny-single", "process": {"kind": "single pass", "predicts": None,
                                                          "schedule": None, "steps": None}},
           "stages": [{}]}
    return tiny(schema.merged(one, change or {}))


def start(scratch, name, recipe=None, tensors=None):
    out = scratch / name
    out.mkdir(exist_ok=True)
    return train.Training(recipe or tiny(), scratch / "pictures", out, tensors, lambda line: None)


def refusal(call, *arguments):
    """What a call is refused with."""
    try:
        call(*arguments)
    except recipes.Refused as refused:
        return str(refused)
    return ""


def stages_change_the_recipe(scratch):
    first, _, last = tiny().stages
    assert first.masking is None and last.masking.grid == (4, 8)
    assert (first.training.iterations, last.training.iterations) == (100, 30)
    assert last.training.batch == first.training.batch == 8


def a_larger_reach_changes_nothing_at_first(scratch):
    small, large, _ = tiny().stages
    large = large.changed({"network": {"luma": {"enlarger": None}}})
    torch.manual_seed(3)
    before, after = network.Network(small.network), network.Network(large.network)
    after.load_state_dict(network.grown(before.state_dict(), after))
    picture, points = torch.rand(2, 16, 16, 1) * 2 - 1, torch.rand(2, 30, 2)
    time, value = torch.zeros(1), torch.randn(2, 30, 3)
    with torch.no_grad():
        results = [one.decoder(one.prepare(picture, points)[0], one.time(time), value)
                   for one in (before, after)]
        assert torch.allclose(*results, atol=1e-6)
        after.decoder.block0.dense0.kernel += 0.1  # it does see more than before
        assert not torch.allclose(results[0], after.decoder(
            after.prepare(picture, points)[0], after.time(time), value), atol=1e-3)
    for offset in (0, 1):
        moved = points + torch.tensor([offset / 16, 0])
        inside = moved[..., 0] < 1
        assert torch.allclose(after.luma(picture, points)[..., 4 + offset][inside],
                              before.luma(picture, moved)[..., 0][inside], atol=1e-5)


def the_pixels_own_luma_counts_where_it_is_known(scratch):
    for small in tiny().stages[:2]:
        large = small.changed({"network": {"luma": {"pixel": True}}})
        torch.manual_seed(3)
        before, after = network.Network(small.network), network.Network(large.network)
        after.load_state_dict(network.grown(before.state_dict(), after))
        picture, points = torch.rand(2, 16, 16, 1) * 2 - 1, torch.rand(2, 30, 2)
        pixel = torch.rand(2, 30) * 2 - 1
        pixel[:, ::3] = torch.nan
        known = pixel.isfinite()
        with torch.no_grad():
            (old, base), (new, own) = (one.prepare(picture, points, pixel=pixel)
                                       for one in (before, after))
            # Nothing at first, but that the result is the difference to it.
            assert all(torch.allclose(*pair, atol=1e-6) for pair in zip(old, new))
            assert torch.allclose(own[..., 0][known], pixel[known], atol=1e-6)
            assert torch.equal(own[~known], base[~known])
            row = 2 * 8 + len(after.luma_offsets)  # behind both vectors and ℓ
            after.decoder.block0.dense0.kernel[row] += 1
            moved = (after.prepare(picture, points, pixel=pixel)[0][0] - old[0])[..., 0]
            assert torch.allclose(moved, torch.where(known, pixel - base[..., 0], 0), atol=1e-5)
        again = network.Network(large.network)
        again.load_state_dict(network.grown(after.state_dict(), again))
        assert torch.equal(again.decoder.block0.dense0.kernel, after.decoder.block0.dense0.kernel)


def a_model_without_the_pixels_luma_may_be_begun_with(scratch):
    recipe = single_pass()
    model = scratch / "without.safetensors"
    model_file.save(model, network.Network(recipe.stages[0].network), {})
    own = single_pass({"network": {"luma": {"pixel": True}}})
    assert train.initial(model, own)
    model_file.save(model, network.Network(own.stages[0].network), {})
    assert train.initial(model, own)
    assert "another one than the recipe's" in refusal(train.initial, model, recipe)


def holes_are_filled(scratch):
    picture = torch.full((1, 1, 13, 13), 0.25)
    picture[..., 6:] = 0.75
    weight = torch.ones_like(picture)
    weight[..., 4:9, 5:8] = 0
    whole = network.filled(torch.where(weight > 0, picture, torch.tensor(9.0)), weight)
    assert torch.equal(whole[weight > 0], picture[weight > 0])
    inside = whole[..., 4:9, 5:8]
    assert (inside > 0.25).all() and (inside < 0.75).all()
    assert (inside.diff(dim=-1) > 0).all()  # from the dark side to the bright one
    assert (network.filled(picture, torch.zeros_like(weight)) == 0).all()


def more_channels_change_nothing_at_first(scratch):
    stage = tiny().stages[1]
    torch.manual_seed(3)
    before = network.Network(stage.network)
    after = network.Network(stage.changed({"network": {"input": {"channels": 2}}}).network)
    after.load_state_dict(network.grown(before.state_dict(), after))
    picture, points = torch.rand(2, 16, 16, 1) * 2 - 1, torch.rand(2, 30, 2)
    with torch.no_grad():
        for one, other in zip(*(model.prepare(picture, points)[0] for model in (before, after))):
            assert torch.allclose(one, other, atol=1e-6)
        picture[:, 3:8, 5:9] = 0
        seen = after.see(picture)
        assert torch.equal(seen[:, 1], (picture[..., 0] == 0).float())
        assert not torch.allclose(before.prepare(picture, points)[1],
                                  after.prepare(picture, points)[1], atol=1e-3)


def ramp(side):
    rows, columns = np.indices((side, side)) / side
    return np.stack([0.1 + 0.5 * columns, 0.9 - 0.4 * rows, columns - rows], -1)


def hidden_cells_are_joined_to_their_ring(scratch):
    hidden = np.zeros((16, 16), dtype=bool)
    hidden[4:9, 0:7] = hidden[12, 12] = True  # one hole at the edge, one of a cell
    ring = np.argwhere(seam.widened(hidden) & ~hidden)
    weights = seam.spread(hidden, ring)
    assert weights.min() > -1e-12 and np.allclose(weights.sum(1), 1)
    # Both continue a slope; the membrane where it runs along the picture's edge alone.
    colours = ramp(16)
    inside = seam.plate(hidden, colours) - colours[hidden]
    assert np.abs(inside[:, 1]).max() < 1e-9 and np.abs(inside[-1]).max() < 1e-9
    assert np.allclose((weights @ colours[tuple(ring.T)])[:, 1], colours[hidden][:, 1])
    deep = seam.network_weight(hidden, ring).reshape(-1)
    assert deep.min() > 0 and deep.argmax() in range(14, 17) and deep[-1] == deep.min()


def a_constant_error_costs_nothing_inside(scratch):
    stage = single_pass({"masking": {"grid": 4, "share": 0.4, "free": 0.5},
                         "training": {"joined": 0.25, "points": 50}}).stages[0]
    run = runs.Run(stage, dataset.Pictures(scratch / "pictures", stage))
    before = [tensor.clone() for tensor in run.network.state_dict().values()]
    assert math.isfinite(run.step())
    assert not all(map(torch.equal, before, run.network.state_dict().values()))
    _, _, colours, _, fill, weight = map(
        torch.from_numpy, run.data.joined_batch(np.random.default_rng(4)))
    run.network.prepare = lambda *_, **__: (None, 0)
    run.network.single_pass = lambda _: colours + 0.5
    left = (1 - weight).unsqueeze(-1) * (fill - colours[:, :50])
    assert torch.isclose(run.loss(np.random.default_rng(4)),
                         left.square().mean() + 0.25 * 0.25, rtol=1e-4)


def a_fill_learns_what_the_plate_lacks(scratch):
    slant = ramp(filling.SIDE)[..., 0]
    hole = filling.hole(np.random.default_rng(3))
    hole[:3] = hole[-3:] = hole[:, :3] = hole[:, -3:] = False
    whole = filling.Plates().fill(slant, hole, 8)
    assert np.abs(whole - slant).max() < 1e-6 and hole.any()

    stage = single_pass({"network": {"fill": {"reach": 6, "dense": [16]}}, "training": {
        "part": "fill", "holes": 6, "batch": 8, "points": 64}}).stages[0]
    run = runs.Run(stage, dataset.Pictures(scratch / "pictures", stage))
    # Edges, which a plate does not continue.
    edges = np.zeros((filling.ROOM, filling.ROOM), dtype=np.float32)
    edges[:, ::24] = edges[:, 1::24] = edges[:, 2::24] = 1
    run.data.luma = lambda rng: edges
    whole = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}
    first = run.loss(np.random.default_rng(9)).item()
    for _ in range(200):
        run.step()
    last = run.loss(np.random.default_rng(9)).item()
    assert last < 0.8 * first, f"{last} of {first}"
    for name, tensor in run.network.state_dict().items():
        assert torch.equal(tensor, whole[name]) != name.startswith("fill."), name


def a_fill_sees_what_the_format_says(scratch):
    """docs/model-file.md: rows first, luma less the pixel's own, then the hole; what the engine's
    test has as well. Beyond the edge the luma is repeated and nothing is a hole."""
    rough = np.random.default_rng(6).random((filling.ROOM, filling.ROOM), dtype=np.float32)
    reach = 2
    holes = filling.Holes(lambda rng: rough, 1, reach, 5)
    hole, luma = (part[0][reach:-reach, reach:-reach] for part in (holes.holes, holes.filled))
    luma = luma.astype(float)
    assert np.abs(luma - holes.truth[0])[~hole].max() < 1e-3
    last = filling.SIDE - 1
    cells = np.array([(0, 0), (last, 3), (70, last), *np.argwhere(hole)[::500]])
    patches, lacking = holes.patches(0, cells)
    for (y, x), patch, lack in zip(cells, patches, lacking):
        wanted = [[], []]
        for v in range(y - reach, y + reach + 1):
            for u in range(x - reach, x + reach + 1):
                row, column = min(max(v, 0), last), min(max(u, 0), last)
                wanted[0].append(luma[row, column] - luma[y, x])
                wanted[1].append((row, column) == (v, u) and hole[row, column])
        assert np.allclose(patch, np.ravel(wanted), atol=1e-3)
        assert abs(lack - (holes.truth[0, y, x] - luma[y, x])) < 1e-3
    turned, _ = holes.patches(0, cells, 1)
    side = 2 * reach + 1
    assert np.array_equal(turned.reshape(-1, 2, side, side),
                          np.rot90(patches.reshape(-1, 2, side, side), 1, (2, 3)))


def the_enlarger_is_trained_alone(scratch):
    first, stage, _ = tiny().stages
    stage = stage.changed({"training": {"learning_rate": 0.02}})
    initial = network.Network(first.network).state_dict()
    edges = np.zeros((8, augmentation.SIDE, augmentation.SIDE, 3), dtype=np.uint8)
    for i, picture in enumerate(edges):
        picture[:, 100 + i:] = 255
        picture[90 + 2 * i:] ^= 255
    run = runs.Run(stage, dataset.Pictures(scratch / "pictures", stage), initial)
    run.data.pictures, run.data.cumulative = edges, np.arange(1, 9) / 8
    whole = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}
    protocol = train.evaluate.Protocol(edges, 16)
    before = protocol.measure_luma(run.average)
    # Nothing is added at first, and twice interpolated is nearly once.
    assert abs(before / protocol.bicubic_luma - 1) < 0.2
    for _ in range(200):
        run.step()
    after = protocol.measure_luma(run.average)
    assert after < 0.8 * before, f"{after} of {before}"
    for name, tensor in run.network.state_dict().items():
        changed = not torch.equal(tensor, whole[name])
        assert changed == name.startswith("enlarger."), name


def what_is_frozen_stays(scratch):
    first, _, stage = tiny().stages
    initial = network.Network(first.network).state_dict()
    run = runs.Run(stage, dataset.Pictures(scratch / "pictures", stage), initial)
    run.step()
    for name, tensor in network.grown(initial, run.network).items():
        changed = not torch.equal(tensor, run.network.state_dict()[name])
        if name.startswith(("encoder.stage0", "enlarger")):
            assert not changed, name
        elif name.startswith("encoder.stage1") and name.endswith("kernel"):
            assert changed, name


def turned_pictures_keep_their_middle(scratch):
    picture = np.zeros((augmentation.SIDE, augmentation.SIDE, 3), dtype=np.uint8)
    picture[96:160, 96:160] = 200
    turned = augmentation.turned(picture, 10, 1.2, np.random.default_rng(2))
    rows, columns = np.nonzero(turned[..., 0] > 100)
    assert abs(rows.mean() - 127.5) < 1 and abs(columns.mean() - 127.5) < 1
    assert abs(len(rows) / 64 ** 2 - 1) < 0.3 and not np.array_equal(turned, picture)
    assert np.array_equal(augmentation.turned(picture, 0, 1, np.random.default_rng(2)), picture)


def truths_may_be_paler(scratch):
    stage = tiny().stages[0]
    picture = np.random.default_rng(1).integers(0, 256, (augmentation.SIDE, augmentation.SIDE, 3), np.uint8)
    grey, position, colours = augmentation.sample(picture, stage, 16, np.random.default_rng(2))
    stage = stage.changed({"augmentation": {"chroma": 0.5}})
    same, where, paler = augmentation.sample(picture, stage, 16, np.random.default_rng(2))
    assert np.array_equal(grey, same) and np.array_equal(position, where)
    luma, other = (values @ LUMA for values in (colours, paler))
    assert np.allclose(luma, other, atol=1e-3)
    assert np.allclose(paler - other[:, None], 0.5 * (colours - luma[:, None]), atol=1e-3)


def drawn_portrait():
    """A head and shoulders before a blue wall with a flag, (SIDE, SIDE, 3), uint8, and where the
    person is."""
    rng = np.random.default_rng(4)
    down, across = (np.indices((augmentation.SIDE, augmentation.SIDE)) + 0.5) / augmentation.SIDE
    picture = np.broadcast_to([60, 90, 190], (*down.shape, 3)).copy()
    picture[(across < 0.1) & (down < 0.6)] = [200, 30, 40]
    head = np.hypot((across - 0.5) / 0.2, (down - 0.42) / 0.28) < 1
    head |= (np.abs(across - 0.5) < 0.1) & (down > 0.6) & (down < 0.74)
    clothes = ~head & (down > 0.72 + 0.5 * np.maximum(np.abs(across - 0.5) - 0.2, 0))
    picture[head], picture[clothes] = [210, 150, 120], [130, 40, 60]
    noise = rng.integers(-6, 7, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8), head | clothes


def the_person_is_cut_out(scratch):
    picture, person = drawn_portrait()
    matte = backdrop.matte(picture)
    assert np.array_equal(matte, backdrop.matte(picture))
    assert (np.abs(matte - 255.0 * person) > 128).mean() < 0.01
    assert np.abs(matte.astype(int) - 255 * person).mean() < 5


def a_studio_of_old_has_no_colours_but_the_persons(scratch):
    picture, person = drawn_portrait()
    view, person = picture / np.float32(255), person.astype(np.float32)
    face, dress, wall = (slice(90, 130), 128), (slice(235, 250), 128), (slice(20, 100), 20)

    def chroma(picture):
        return np.ptp(picture, axis=-1)

    def posed(seed=5, low=0, **settings):
        settings = {"kept": 0.1, "clothes": 0.5, "changed": 0, "oval": 0, **settings}
        return backdrop.posed(view[low:], person[low:], (0, low), augmentation.SIDE,
                            recipes.Studio(**settings),
                            np.random.default_rng(seed))

    seen, truth = posed()
    assert np.array_equal(seen, view)
    assert np.allclose(truth @ LUMA, view @ LUMA, atol=1e-3)
    for where, kept in ((face, 1), (dress, 0.5), (wall, 0.1)):
        assert np.allclose(chroma(truth[where]), kept * chroma(view[where]), atol=1e-5)
    # A view that is a part of the picture has its clothes where they are.
    assert np.allclose(posed(low=128)[1], truth[128:], atol=1e-6)

    tones = []
    for seed in range(8):
        seen, changed = posed(seed, changed=1)
        assert np.array_equal(seen[face], view[face]) and seen.min() >= 0 and seen.max() <= 1
        assert chroma(seen[wall]).max() < 1e-6 and np.allclose(changed[wall], seen[wall], atol=1e-3)
        assert np.array_equal(changed[face], truth[face])
        tones.append(seen[wall].mean())
        framed = posed(seed, oval=1)[1]
        assert np.allclose(framed[110, 128], truth[110, 128], atol=0.2)
        assert chroma(framed[:4, :4]).max() < 0.02
    assert np.ptp(tones) > 0.3


def views_of_a_recipe_with_a_studio_have_mattes(scratch):
    stage = tiny().stages[0]
    picture, person = drawn_portrait()
    (scratch / "studio").mkdir()
    for number in range(stage.training.batch):
        Image.fromarray(picture).save(scratch / f"studio/{number}.png")
    old = schema.as_dict(recipes.load(recipes.find("old-photo")).stages[0].ageing)
    stage = stage.changed({"pictures": [{"folder": "studio", "weight": 1}],
                           "augmentation": {"crop": [1, 1], "mirror": False, "gamma": [1, 1]},
                           "ageing": {**old, "studio": {
                               "kept": 0, "clothes": 1, "changed": 0, "oval": 0}}})
    _, position, colours = dataset.Pictures(scratch, stage).batch(np.random.default_rng(1))
    y, x = (np.minimum((position[..., k] * augmentation.SIDE).astype(int), augmentation.SIDE - 1)
            for k in (1, 0))
    inside = person[y, x]
    chroma = np.ptp(colours, axis=-1)
    assert np.median(chroma[~inside]) < 0.01 and np.median(chroma[inside]) > 0.4


def training_learns(scratch):
    training = start(scratch, "single", single_pass())
    protocol = train.evaluate.Protocol(
        dataset.validation(training.root, "val"), 16)
    trained = protocol.measure(training.run().eval())
    assert trained < 0.5 * protocol.bicubic, f"{trained} of {protocol.bicubic}"


def a_killed_run_goes_on_to_the_same_weights(scratch):
    result = start(scratch, "whole").run().state_dict()
    whole = torch.load(scratch / "whole/checkpoint.pt", weights_only=True)["run"]
    assert not torch.equal(result["encoder.norm.beta"], whole["average"]["encoder.norm.beta"]), \
        "the last stage is not mixed with the first"
    first = torch.load(scratch / "whole/checkpoint.pt", weights_only=True)["kept"][1]
    name = "features.dense0.kernel"
    assert torch.allclose(result[name], first[name].lerp(whole["average"][name], 0.75))
    for name, at in (("first stage", 25), ("last stage", 126)):
        step, seconds, count = runs.Run.step, train.CHECKPOINT_SECONDS, [0]

        def killed(run):
            count[0] += 1
            if count[0] > at:
                raise KeyboardInterrupt
            return step(run)

        runs.Run.step, train.CHECKPOINT_SECONDS = killed, -1
        try:
            start(scratch, name).run()
            raise AssertionError("it was not stopped")
        except KeyboardInterrupt:
            pass
        finally:
            runs.Run.step, train.CHECKPOINT_SECONDS = step, seconds
        resumed = start(scratch, name)
        assert resumed.resumed["iteration"] == (25 if at == 25 else 6)
        again = resumed.run().state_dict()
        assert all(torch.equal(tensor, again[key]) for key, tensor in result.items())
        state = torch.load(scratch / name / "checkpoint.pt", weights_only=True)["run"]
        for kind in ("network", "average"):
            for key, tensor in whole[kind].items():
                assert torch.equal(tensor, state[kind][key]), f"{name}: {kind} {key} differs"


def the_program_writes_a_model_with_its_card(scratch):
    for command in ([], ["--name", "mine", "--minutes", "0.001", "--initial",
                         str(scratch / "out/tiny.safetensors")]):
        out = scratch / ("out mine" if command else "out")
        subprocess.run([sys.executable, "-m", "restorator_training.train", str(HERE / "tiny.json"), "--pictures",
                        str(scratch / "pictures"), "--out", str(out), "--threads", "1", *command],
                       cwd=TRAINING, check=True, capture_output=True)
    network, card = model_file.load(scratch / "out/tiny.safetensors")
    assert card["title"] == "Tiny" and card["iterations"] == 150
    setups = {figure["setup"]: figure["ratio"] for figure in card["figures"]
              if figure["protocol"] == "reference" and "hidden" not in figure}
    assert set(setups) == {"b", "a", "ddpm", "ddim"}
    worse = {name for name, ratio in setups.items() if ratio > 1}
    assert {one["setup"] for one in card["discouraged"]} == worse
    assert sum("hidden" in figure for figure in card["figures"]) == 3
    assert sum("ciede2000" in figure for figure in card["figures"]) == 1
    network, card = model_file.load(scratch / "out mine/mine.safetensors")
    assert network.description.name == card["title"] == "mine"
    assert card["iterations"] == train.LEAST_ITERATIONS


def the_engine_computes_the_same(scratch):
    folder = scratch / "golden"
    folder.mkdir()
    # Trained by now: a finished run gives its weights again.
    average = start(scratch, "single", single_pass()).run().eval()
    model_file.save(folder / "tiny-single.safetensors", average, {})
    (folder / "tiny.safetensors").write_bytes((scratch / "out/tiny.safetensors").read_bytes())
    rng = np.random.default_rng(5)
    grey = rng.uniform(-1, 1, (16, 16, 1)).astype(np.float32)
    grey[3:9, 5:8] = grey[12, ::3] = 0  # hidden
    position = rng.random((40, 2), dtype=np.float32)

    def save(name, case, **tensors):
        save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()},
                  folder / f"{name}.case.safetensors", {"case": json.dumps(case)})

    with torch.no_grad():
        picture, points = torch.from_numpy(grey)[None], torch.from_numpy(position)[None]
        prepared, base = average.prepare(picture, points)
        output = (average.single_pass(prepared) + base)[0].numpy()
        save("single", {"kind": "single pass", "model": "tiny-single.safetensors",
                        "tolerance": 2e-5}, input=grey, position=position, output=output)
        own = network.Network(schema.changed(average.description, {
            "luma": {"pixel": True, "guided": {"radius": 2, "epsilon": 0.01}}}))
        own.load_state_dict(network.grown(average.state_dict(), own))
        own.decoder.block0.dense0.kernel[2 * 8 + len(own.luma_offsets)] += 0.2  # the pixel's own
        model_file.save(folder / "tiny-guided.safetensors", own, {})
        pixel = rng.uniform(-1.2, 1.2, 40).astype(np.float32)
        output = guided.restore(own, picture, points, torch.from_numpy(pixel)[None])[0]
        save("guided", {"kind": "guided", "model": "tiny-guided.safetensors", "tolerance": 1e-4},
             input=grey, position=position, pixel=pixel, output=2 * output.numpy() - 1)
        tiny_one, _ = model_file.load(folder / "tiny.safetensors")
        prepared, base = tiny_one.prepare(picture, points)
        first = rng.standard_normal((40, 3), dtype=np.float32)
        for name, setup, key in (
                ("b", diffusion.SETUPS["B"], {"eta": 1, "K": 8, "project": True}),
                ("ddim", diffusion.SETUPS["DDIM"], {"eta": 0, "K": 1})):
            steps = diffusion.sequence(setup, 20)
            noise = rng.standard_normal((len(steps), 40, 3), dtype=np.float32)

            def predict(x, t):
                time = tiny_one.time(torch.tensor([t / 19], dtype=torch.float64))
                return tiny_one.decoder(prepared, time, x)

            result = diffusion.sample(predict, torch.from_numpy(first)[None],
                                      lambda i: torch.from_numpy(noise[i])[None], setup,
                                      tiny_one.process)
            save(name, {"kind": "sampling", "model": "tiny.safetensors", "tolerance": 2e-3,
                        "setup": {"sampler": "ddim", "noise": "normal", **key}},
                 input=grey, position=position, start=first, noise=noise,
                 steps=np.array(steps, dtype=np.int32),
                 previous=np.array([*steps[1:], steps[-1] - 1], dtype=np.int32),
                 output=(result + base)[0].numpy())
    done = subprocess.run([*sys.argv[1:], str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def bad_pictures_and_recipes_are_refused(scratch):
    few = scratch / "few"
    make_pictures(few / "train", 5, 9)
    make_pictures(few / "val", 1, 9)
    assert "has 5 pictures; at least 8" in refusal(
        dataset.Pictures, few, tiny().stages[0])
    (few / "train/zz broken.jpg").write_bytes(b"no picture")
    assert "zz broken.jpg cannot be read" in refusal(
        dataset.Pictures, few, tiny().stages[0])
    assert "is not a folder" in refusal(dataset.load, scratch / "nowhere")
    assert "no recipe nobody; those that ship are" in refusal(recipes.find, "nobody")
    wrong = scratch / "wrong.json"
    whole = json.loads((HERE / "tiny.json").read_text())
    for change, message in (
            ({"colours": 1}, "an unknown colours; known are network, pictures"),
            ({"training": {"learnin_rate": 1}}, "an unknown training › learnin_rate"),
            ({"network": {"encoder": {"global": {"kernl": 3}}}}, "network › encoder › global › kernl"),
            ({"stages": [{"masking": {"gird": 4}}]}, "an unknown masking › gird"),
            ({"network": {"process": {"schedule": "square"}}}, "network › process › schedule"),
            ({"augmentation": {"crop": [0.5]}}, "augmentation › crop has 1 values, not 2"),
            ({"training": {"iterations": 1.5}}, "training › iterations is 1.5"),
            ({"training": {"losses": {"chroma": 1}}}, "losses are those of photographs"),
            ({"pictures": [{"folder": "train"}]}, "either a weight or a share")):
        wrong.write_text(json.dumps(schema.merged(whole, change)))
        said = refusal(recipes.load, wrong)
        assert message in said and said.startswith(str(wrong)), f"{change}: {said}"
    wrong.write_text(json.dumps({key: whole[key] for key in whole if key != "validation"}))
    assert "it lacks validation" in refusal(recipes.load, wrong)
    wrong.write_text("{")
    assert "is no recipe" in refusal(recipes.load, wrong)
    other = tiny({"training": {"learning_rate": 1}})
    assert "begun with another recipe" in refusal(start, scratch, "whole", other)
    longer = tiny({"training": {"iterations": 70}})
    assert start(scratch, "whole", longer).stages[0].training.iterations == 70


def own_pictures_need_no_folders(scratch):
    own = scratch / "own"
    make_pictures(own, 40, 3)
    recipe = recipes.for_own_pictures(tiny(), 40)
    drawn = dataset.Pictures(own, recipe.stages[0])
    aside = dataset.validation(own, recipe.stages[0].validation)
    assert len(drawn.pictures) + len(aside) == 40 and len(aside) >= 1
    assert not any((one == other).all() for one in aside for other in drawn.pictures)
    assert recipe.card["data"] == ["40 pictures of one's own"]


def every_recipe_that_ships_is_whole(scratch):
    names = sorted(path.stem for path in recipes.FOLDER.glob("*.json"))
    assert "portrait" in names
    for name in names:
        recipe = recipes.load(recipes.find(name))
        assert recipe.name == name
        for stage in recipe.stages:
            network.Network(stage.network)
            written = schema.as_dict(stage)
            assert schema.read(recipes.Stage, json.loads(json.dumps(written))) == stage
        for key in ("title", "summary", "use", "limits", "licence", "data"):
            assert recipe.card[key], f"{name} has no {key}"


def photographs(change=None):
    """The last stage of the recipe `photo` with a smaller network and the tiny pictures."""
    small = {"network": {**json.loads((HERE / "tiny.json").read_text())["network"],
                         "process": {"kind": "single pass", "predicts": None, "schedule": None,
                                     "steps": None}, "luma": {"pixel": True}},
             "pictures": [{"folder": "train", "share": 1}], "validation": ["val"],
             "photographs": {"shorter": 80},
             "training": {"iterations": 60, "batch": 8, "points": 64, "warm_up": 5}}
    stage = recipes.load(recipes.find("photo")).stages[-1]
    return stage.changed(schema.merged(small, change or {}))


def flags(height, width):
    """A picture whose colour tells where a pixel is: red across, green down, blue 1."""
    down, across = (np.indices((height, width)) + 0.5) / [[[height]], [[width]]]
    return np.rint(np.dstack([across, down, np.ones_like(down)]) * 255).astype(np.uint8)


def points_of_photographs_lie_where_their_colours_are(scratch):
    still = {"tilted": 0, "gamma": [1, 1], "aged": 0, "engraved": 0, "small": 0, "unknown": 0}
    for height, width, whole, beyond in ((90, 150, 1, 0), (150, 90, 0, 0), (100, 100, 0, 1)):
        settings = photographs({"photographs": {
            **still, "whole": whole, "beyond": beyond}}).photographs
        picture, seen = flags(height, width), set()
        for seed in range(20):
            grey, position, pixel, colours = drawn.sample(
                picture, settings, (0.5, 1), 16, 200, np.random.default_rng(seed))
            assert np.allclose(colours @ LUMA, pixel, atol=1e-3)
            assert np.abs(colours[:, 2] - 1).max() < 1e-6
            # Along each axis the colour is a straight line, mirrored or not, at the points.
            for axis in (0, 1):
                slope, _ = np.polyfit(position[:, axis], colours[:, axis], 1)
                error = np.polyval(np.polyfit(position[:, axis], colours[:, axis], 1),
                                   position[:, axis]) - colours[:, axis]
                assert np.abs(error).max() < 0.06, (height, width, axis)
                seen.add(axis if slope > 0 else f"mirrored {axis}")
            shorter = min(height, width)
            spans = np.ptp(position, axis=0)
            if whole:  # all of the picture, and nothing of what its edges repeat
                assert abs(spans[1] - height / width) < 0.05 and spans[0] > 0.9
            elif beyond:
                assert spans.max() <= 1 and shorter / 1.25 / shorter < spans.max() + 0.05
        assert seen == {0, 1, "mirrored 0"}, seen


def photographs_grow_old_with_their_pixels(scratch):
    picture = flags(120, 90)
    settings = photographs({"photographs": {
        "tilted": 0, "gamma": [1, 1], "aged": 1, "engraved": 0, "small": 0,
        "unknown": 0.5}}).photographs
    unknown, tones = 0, []
    for seed in range(40):
        grey, position, pixel, colours = drawn.sample(
            picture, settings, (1, 1), 32, 100, np.random.default_rng(seed))
        assert grey.min() >= -1 and grey.max() <= 1 and grey.dtype == np.float32
        if np.isnan(pixel).any():
            assert np.isnan(pixel).all()
            unknown += 1
            continue
        assert np.abs(pixel).max() <= 1 + 1e-6
        # The input and the pixels are of the same old print, not of the truth.
        cells = np.minimum((position * 32).astype(int), 31)
        there = grey[cells[:, 1], cells[:, 0]]
        tones.append((np.abs(there - pixel).mean(), np.abs(colours @ LUMA - pixel).mean()))
    assert 8 < unknown < 32
    own, truth = np.median(tones, axis=0)
    assert own < 0.5 * truth, f"{own} {truth}"
    spread = {}
    for share in (0, 0.5):  # of the chroma that the truth of an engraving has
        engraved = photographs({"photographs": {
            "engraved": 1, "unknown": 0, "drawn": share}}).photographs
        *_, colours = drawn.sample(picture, engraved, (1, 1), 32, 100, np.random.default_rng(1))
        spread[share] = np.ptp(colours, axis=1).mean()
    assert spread[0] < 1e-6 and spread[0.5] > 0.1


def prints_may_be_flat_or_late(scratch):
    picture = np.random.default_rng(4).random((40, 40, 3), dtype=np.float32)
    still = {"sensitivity": [1, 1], "exponent": [1, 1], "black": [0, 0], "white": [1, 1],
             "blown": 0, "blur": [0], "vignette": 0, "gradient": [0, 0], "grain": 0,
             "clumps": [0], "jpeg": 0, "halftone": 0}

    def old(change):
        settings = photographs({"photographs": {"print": {**still, **change}}}).photographs
        return [drawn.aged(picture, settings.print, np.random.default_rng(seed))
                for seed in range(30)]

    whole, band = (np.mean([np.ptp(one) for one in old({"flat": share})]) for share in (0, 1))
    assert band < 0.6 * whole and min(one.min() for one in old({"flat": 1})) > 0.2
    # What is red is darkest where an emulsion is blind to it.
    red = picture[..., 0] - picture[..., 1:].mean(-1)
    early, late = (np.mean([np.corrcoef(one.ravel(), red.ravel())[0, 1]
                            for one in old({"late": late})]) for late in (0.2, 5))
    assert early < late - 0.1


def casts_are_taken_away(scratch):
    rng = np.random.default_rng(6)
    grey = np.repeat(cv2.GaussianBlur(rng.random((90, 120)), (0, 0), 2)[..., None], 3, 2)
    grey = 0.1 + 0.6 * (grey - grey.min()) / np.ptp(grey)
    lamp = colour.from_light(colour.to_light(grey) * [1.2, 1, 0.75])
    lamp = np.rint(np.clip(lamp, 0, 1) * 255).astype(np.uint8)
    none, half, all_of_it = (np.ptp(balance.balanced(lamp, share).astype(float), axis=2).mean()
                             for share in (0, 0.5, 1))
    assert none > 15 and 0.35 * none < half < 0.65 * none and all_of_it < 4
    assert balance.balanced(lamp, 0) is lamp
    # What is of one colour without a grey beside it, such as a wood, keeps most of it.
    wood = np.rint(grey * [60, 255, 40]).astype(np.uint8)
    assert np.ptp(balance.balanced(wood, 1).astype(float), axis=2).mean() > \
        0.5 * np.ptp(wood.astype(float), axis=2).mean()
    plain = np.full((60, 60, 3), (180, 120, 90), np.uint8)
    assert np.abs(balance.balanced(plain, 1).astype(int) - plain).max() <= 1


def drawn_head(hair):
    """A person (240, 200, 3), 0…1, with hair of that tone round a face of skin, and where the head
    and the face are (240, 200); with the face's box."""
    down, across = np.indices((240, 200), dtype=np.float32)
    head = np.hypot((across - 100) / 46, (down - 96) / 62) < 1
    face = np.hypot((across - 100) / 36, (down - 116) / 42) < 1
    rng = np.random.default_rng(12)
    picture = np.full((240, 200, 3), (0.35, 0.45, 0.6), np.float32)
    picture[head] = hair * np.array([1.1, 1, 0.8])
    picture[face] = 0.85, 0.65, 0.52
    picture[down > 170] = 0.25
    picture += 0.02 * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.clip(picture, 0, 1), head & ~face & (down < 90), face, (64, 74, 72, 84)


def dark_hair_becomes_white(scratch):
    picture, hair, face, box = drawn_head(0.12)
    made = np.stack([white_hair.with_white_hair(picture, box, np.random.default_rng(seed))
                     for seed in range(6)])
    colours = made[:, hair]
    assert (colours @ LUMA).mean(1).min() > (picture[hair] @ LUMA).mean() + 0.3
    # Its colour is a breath of blue, and no tone of skin.
    assert (colours[..., 2] > colours[..., 0]).mean() > 0.9
    assert np.ptp(colours.mean(1), axis=-1).max() < 0.15
    away = (np.indices(hair.shape)[0] > 150) | (np.indices(hair.shape)[0] < 20)
    for one in made:
        assert np.allclose(one[away], picture[away])
        assert np.abs(one[face] - picture[face]).mean() < 0.03
    # What is as light as the face is no hair that could be told from it.
    assert white_hair.with_white_hair(drawn_head(0.68)[0], box, np.random.default_rng(1)) is None


def beards_grow_on_chins(scratch):
    picture, hair, face, box = drawn_head(0.12)
    rng = np.random.default_rng(3)
    across, down = white_hair.around(picture, box)
    assert np.allclose([across[116, 100], down[116, 100]], [0, 0.5])
    grown = np.stack([white_hair.with_beard(picture, box, number % 2 == 0, rng)
                      for number in range(40)])
    changed = np.abs(grown - picture).max(-1) > 0.1
    chin = (np.abs(across) < 0.2) & (down > 0.9) & (down < 1)
    eyes = (np.abs(across) < 0.4) & (down > 0.2) & (down < 0.4)
    assert changed[:, chin].mean() > 0.5 and changed[:, eyes].mean() < 0.02
    bearded = changed[:, chin].mean(1) > 0.9
    white, dark = (grown[start::2][bearded[start::2]][:, chin] @ LUMA for start in (0, 1))
    assert white.mean() > 0.5 > 0.4 > dark.mean()
    warm = white_hair.warmer(picture, box)

    def chroma(one):
        return np.ptp(one, axis=-1).mean()

    middle = (np.abs(across) < 0.2) & (np.abs(down - 0.5) < 0.2)
    assert np.isclose(chroma(warm[middle]), 1.35 * chroma(picture[middle]), rtol=0.02)
    assert np.allclose(warm[down > 1.9], picture[down > 1.9])
    assert np.allclose(warm @ LUMA, picture @ LUMA, atol=1e-4)


def whitened_folders_have_people_alone(scratch):
    folder = scratch / "whitened/a"
    make_pictures(folder, 8, 6)
    portrait = cv2.imread(str(HERE.parent.parent / "docs/demo/portrait.jpg"))
    for number in range(16):
        cv2.imwrite(str(folder / f"p{number:02}.png"), portrait[:, :400 + 5 * number])
    stage = photographs({"pictures": [{"folder": "a", "share": 1, "whitened": True}],
                         "photographs": {"shorter": 160}})
    one, again = (dataset.drawn(folder.parent, stage).pictures for _ in range(2))
    assert 4 <= len(one) <= 16 and {picture.shape[1] for picture, *_ in one} == {160}
    for (picture, *_), (other, *_) in zip(one, again, strict=True):
        assert np.array_equal(picture, other)
    plain = [picture for picture, *_ in dataset.drawn(folder.parent, stage.changed(
        {"pictures": [{"folder": "a", "share": 1}]})).pictures]
    assert not any(np.array_equal(picture, other) for picture, *_ in one for other in plain)
    small = dataset.shrunk(portrait[..., ::-1], 90)  # its face is 30 pixels wide
    assert white_hair.whitened(small, dataset.face_finder(), np.random.default_rng(0)) is None


def folders_of_photographs_have_shares(scratch):
    for name, count in (("a", 24), ("b", 8)):
        make_pictures(scratch / "shares" / name, count, 5)
    for number in range(8):
        path = scratch / f"shares/b/{number:02}.png"
        path.rename(path.with_name(f"tight {path.name}"))
    make_pictures(scratch / "more", 8, 6)
    for path in (scratch / "more").iterdir():
        path.rename(scratch / "shares/b" / path.name)
    stage = photographs({"pictures": [
        {"folder": "a", "share": 1},
        {"folder": "b", "share": 2, "only": ["tight", "none"], "crop": [0.2, 0.3], "chroma": 1.2},
        {"folder": "b", "share": 1, "without": "tight", "balance": 1}]})
    data = dataset.drawn(scratch / "shares", stage)
    assert len(data.pictures) == 40 and data.pictures[0][0].shape == (80, 80, 3)
    share = np.diff(data.cumulative, prepend=0)
    assert np.allclose([share[:24].sum(), share[24:32].sum(), share[32:].sum()], [0.25, 0.5, 0.25])
    assert {one[1:] for one in data.pictures[24:32]} == {((0.2, 0.3), 1.2)}
    assert {one[1:] for one in data.pictures[32:]} == {(stage.photographs.crop, 1)}
    plain = dataset.drawn(scratch / "shares", stage.changed({"pictures": [
        {"folder": "b", "share": 1, "without": "tight"}]})).pictures
    for one, before in zip(data.pictures[32:], plain):
        assert np.array_equal(one[0], balance.balanced(before[0], 1))
        assert not np.array_equal(one[0], before[0])
    stage = stage.changed({"pictures": [{"folder": "a", "share": 1, "chroma": 0.5}]})
    half, whole = (dataset.drawn(scratch / "shares", one).batch(np.random.default_rng(3))[3]
                   for one in (stage, stage.changed({"pictures": [{"folder": "a", "share": 1}]})))
    luma = (whole @ LUMA)[..., None]
    assert np.allclose(half - luma, 0.5 * (whole - luma), atol=1e-2)


def losses_of_photographs_are_what_they_say(scratch):
    rng = np.random.default_rng(8)
    truth = rng.uniform(0.2, 0.8, (4, 20, 3))
    result = np.clip(truth + rng.normal(0, 0.05, truth.shape), 0.1, 0.9)
    compared = losses.Compared(*(torch.tensor(one, dtype=torch.float32) for one in (result, truth)))
    lab, wanted = colour.to_lab(result), colour.to_lab(truth)
    assert np.allclose(compared.lab_error.numpy(), (lab - wanted)[..., 1:], atol=2e-2)
    error = result - truth
    luma = error @ LUMA
    assert np.isclose(losses.luma_error(compared), 4 * (luma ** 2).mean(), rtol=1e-3)
    assert np.isclose(losses.chroma_error(compared),
                      4 * ((error - luma[..., None])[..., [0, 2]] ** 2).mean(), rtol=1e-3)
    between = (lab - wanted)[:, :10, 1:] - (lab - wanted)[:, 10:, 1:]
    assert np.isclose(losses.pair_error(compared), (between ** 2).sum(-1).mean() / 2000, rtol=1e-2)
    # An error of the picture's light alone is no error of the colours' differences.
    brighter = losses.Compared(compared.truth + 0.05, compared.truth)
    assert losses.chroma_error(brighter) < 1e-9 < losses.luma_error(brighter)
    # The same error counts less where the truth has more chroma, and least along it.
    sizes = []
    for colours in ((0.5, 0.5, 0.5), (0.8, 0.3, 0.2)):
        grey = torch.tensor(colours).view(1, 1, 3)
        one = losses.Compared(grey, grey)
        one.lab_error = torch.tensor([[[3.0, 0.0]]])
        sizes.append(losses.lab_error(one).item())
    assert sizes[1] < 0.6 * sizes[0]


def averages_end_as_a_mean(scratch):
    stage = photographs({"training": {"iterations": 12, "mean_from": 4, "decay": 40}})
    run = runs.Run(stage, dataset.drawn(scratch / "pictures", stage))
    seen = []
    for _ in range(12):
        run.step()
        seen.append([one.detach().clone() for one in run.network.parameters()])
    for each, average in zip(zip(*seen[4:]), run.average.parameters()):
        assert torch.allclose(torch.stack(each).mean(0), average, atol=1e-6)
    free = runs.Run(stage.changed({"training": {"mean_from": None}}), run.data)
    assert free.kept() == 0
    free.iteration = 12
    assert free.kept() == 12 / 22


def training_on_photographs_learns_and_is_measured(scratch):
    stage = photographs()
    run = runs.Run(stage, dataset.drawn(scratch / "pictures", stage))
    validation = kinds.Validation(scratch / "pictures", stage)
    kind = validation.kinds["val"]
    before = kind.measure(run.average)
    for _ in range(120):
        run.step()
    after = kind.measure(run.average)
    assert after[0] < 0.8 * before[0] and after[1] == before[1], f"{before} {after}"
    assert f"val {after[0] / after[1]:.3f} of grey, chroma {after[2]:.2f}" == \
        validation.line(run.average)


def blotches_are_colours_that_change_where_tone_does_not(scratch):
    grey = np.zeros((80, 120, 3))
    grey[..., 0] = 50
    coloured = grey.copy()
    assert old_photographs.blotches(grey, coloured) == 0
    coloured[..., 1] = np.linspace(-10, 10, 120)  # 20 from one side to the other
    assert abs(old_photographs.blotches(grey, coloured) - 20) < 1
    coloured[:, :60, 2] += 15  # an edge of colour alone is a blotch,
    edge = old_photographs.blotches(grey, coloured)
    assert edge > 30
    grey[:, :60, 0] += 30      # but not where the tone has one too,
    assert abs(old_photographs.blotches(grey, coloured) - 20) < 1
    grey[:, :60, 0] -= 30      # nor on a face
    face = [50, 20, 20, 40]
    assert old_photographs.blotches(grey, coloured, [face]) < edge - 3
    grey[..., 0] = np.linspace(0, 100, 120)
    assert old_photographs.blotches(grey, coloured) is None


def skin_has_a_hue_and_a_chroma(scratch):
    lab = np.zeros((40, 60, 3))
    box = [20, 10, 20, 20]
    part = old_photographs.middle(box)
    assert part == [25, 15, 10, 10]
    for a, b, verdict in ((12, 14, True), (12, 2, False), (2, 14, False), (3, 3, False),
                          (30, 35, False), (-12, -14, False)):
        lab[15:25, 25:35, 1:] = a, b
        lab[15:18, 25:35, 1:] = -50, 50  # few of them
        assert old_photographs.skin_like(old_photographs.colours_in(lab, part)) == verdict
    assert len(old_photographs.colours_in(lab, [-3, -3, 5, 5])) == 4
    folder = scratch / "faces"
    folder.mkdir()
    (folder / "faces.json").write_text(json.dumps(
        {"one.jpg": [1, 2, 3, 4], "two.jpg": [[1, 2, 3, 4, 9], [5, 6, 7, 8]], "none.jpg": []}))
    assert old_photographs.boxes(folder) == {
        "one.jpg": [[1, 2, 3, 4]], "two.jpg": [[1, 2, 3, 4], [5, 6, 7, 8]]}


def hidden_cells_are_as_many_as_said(scratch):
    rng = np.random.default_rng(1)
    for share in (0, 0.25, 0.75):
        assert masking.cells(64, 8, share, rng).mean() == share
    shares = [masking.free_forms(64, rng).mean() for _ in range(200)]
    assert 0.02 < np.mean(shares) < 0.4 and max(shares) > 0.3
    stage = tiny().stages[2].changed({"masking": {
        "grid": 4, "share": 0.5, "free": 0, "inside": 0.75}})
    for _ in range(20):
        grey, position, _ = augmentation.sample(
            np.full((augmentation.SIDE, augmentation.SIDE, 3), 255, dtype=np.uint8), stage, 16, rng)
        cell = (position * 16).astype(int)
        inside = (grey == 0)[cell[:, 1], cell[:, 0]]
        assert inside[:96].all() or not (grey == 0).any()


def ciede2000_is_sharmas(scratch):
    for one, other, wanted in SHARMA:
        got = colour.ciede2000(np.array(one, float), np.array(other, float))
        assert abs(got - wanted) < 5e-5, f"{one} {other}: {got}, not {wanted}"
        assert abs(colour.ciede2000(np.array(other, float), np.array(one, float)) - got) < 1e-9


TESTS = [stages_change_the_recipe, a_larger_reach_changes_nothing_at_first,
         the_pixels_own_luma_counts_where_it_is_known,
         a_model_without_the_pixels_luma_may_be_begun_with, holes_are_filled,
         more_channels_change_nothing_at_first, hidden_cells_are_joined_to_their_ring,
         a_constant_error_costs_nothing_inside, a_fill_learns_what_the_plate_lacks,
         a_fill_sees_what_the_format_says,
         the_enlarger_is_trained_alone, what_is_frozen_stays, turned_pictures_keep_their_middle,
         truths_may_be_paler, the_person_is_cut_out,
         a_studio_of_old_has_no_colours_but_the_persons,
         views_of_a_recipe_with_a_studio_have_mattes, training_learns,
         a_killed_run_goes_on_to_the_same_weights, the_program_writes_a_model_with_its_card,
         the_engine_computes_the_same, bad_pictures_and_recipes_are_refused,
         own_pictures_need_no_folders, every_recipe_that_ships_is_whole,
         points_of_photographs_lie_where_their_colours_are, photographs_grow_old_with_their_pixels,
         prints_may_be_flat_or_late, casts_are_taken_away,
         dark_hair_becomes_white, beards_grow_on_chins, whitened_folders_have_people_alone,
         folders_of_photographs_have_shares, losses_of_photographs_are_what_they_say,
         averages_end_as_a_mean, training_on_photographs_learns_and_is_measured,
         blotches_are_colours_that_change_where_tone_does_not, skin_has_a_hue_and_a_chroma,
         hidden_cells_are_as_many_as_said, ciede2000_is_sharmas]


def pictures_are_made(scratch):
    make_pictures(scratch / "pictures/train", 24, 1)
    make_pictures(scratch / "pictures/val", 4, 2)


torch.set_num_threads(1)
torch.set_flush_denormal(True)
tap.run([pictures_are_made, *TESTS])
