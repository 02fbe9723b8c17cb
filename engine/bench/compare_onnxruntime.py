#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times the engine beside onnxruntime on the same cores, in turns.

    compare_onnxruntime.py MODEL -- COMMAND …

COMMAND is restorator-bench with its arguments: MODEL 512 THREADS 1. onnxruntime runs the plain
decoder only (condition, position, time, value → prediction, the first layer whole), exported with
PyTorch, on batches of 4096 points, for as many points and steps as the command reports; what it is
fed is made beforehand and not timed, nor is the sampler. The engine's time is the whole program's:
start, model, input, encoder, conditions, noise, sampler. Prints both, and the ratio of medians.
"""
import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnxruntime
import torch
from safetensors import safe_open

BATCH = 4096


class Decoder(torch.nn.Module):
    """The plain decoder: r₀ = v, r ← r + D(relu(C(relu(B(relu(A[given, v, r]))))))."""

    def __init__(self, path):
        super().__init__()
        self.blocks = torch.nn.ModuleList()
        with safe_open(path, "pt") as file:
            names = set(file.keys())
            while f"decoder.block{len(self.blocks)}.dense0.kernel" in names:
                prefix = f"decoder.block{len(self.blocks)}.dense"
                layers = torch.nn.ModuleList()
                while f"{prefix}{len(layers)}.kernel" in names:
                    kernel = file.get_tensor(f"{prefix}{len(layers)}.kernel")
                    layer = torch.nn.Linear(*kernel.shape)
                    layer.weight.data = kernel.T.contiguous()
                    layer.bias.data = file.get_tensor(f"{prefix}{len(layers)}.bias")
                    layers.append(layer)
                self.blocks.append(layers)
        self.given = self.blocks[0][0].in_features - 6

    def forward(self, given, value):
        result = value
        for layers in self.blocks:
            hidden = torch.cat([given, value, result], 1)
            for layer in layers[:-1]:
                hidden = torch.relu(layer(hidden))
            result = result + layers[-1](hidden)
        return result


def make_session(decoder, threads):
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        torch.onnx.export(decoder, (torch.zeros(BATCH, decoder.given), torch.zeros(BATCH, 3)),
                          file.name, input_names=["given", "value"], output_names=["prediction"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(file.name, options,
                                            providers=["CPUExecutionProvider"])


def run_onnxruntime(session, given, value, points, steps):
    begin = time.perf_counter()
    for _ in range(0, points, BATCH):
        for _ in range(steps):
            session.run(None, {"given": given, "value": value})
    return time.perf_counter() - begin


def run_engine(command):
    begin = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begin, output


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model file")
    parser.add_argument("--turns", type=int, default=5, help="how often each is run (%(default)s)")
    parser.add_argument("command", nargs="+", help="restorator-bench and its arguments")
    arguments = parser.parse_args()

    _, output = run_engine(arguments.command)
    shape = re.search(r"(\d+) × (\d+) points, (\d+) passes, (\d+) threads", output)
    if shape is None:
        sys.exit("the command is not restorator-bench")
    width, height, steps, threads = map(int, shape.groups())
    decoder = Decoder(arguments.model)
    session = make_session(decoder.eval(), threads)
    random = numpy.random.default_rng(0)
    given = random.standard_normal((BATCH, decoder.given), dtype=numpy.float32)
    value = random.standard_normal((BATCH, 3), dtype=numpy.float32)
    expected = decoder(torch.from_numpy(given), torch.from_numpy(value)).detach().numpy()
    found = session.run(None, {"given": given, "value": value})[0]
    assert numpy.abs(found - expected).max() < 1e-3 * numpy.abs(expected).max()

    ours, theirs = [], []
    for _ in range(arguments.turns):
        ours.append(run_engine(arguments.command)[0])
        theirs.append(run_onnxruntime(session, given, value, width * height, steps))
    print(output.strip())
    print(f"engine, whole program: {' '.join(f'{t:.2f}' for t in ours)} s")
    print(f"onnxruntime {onnxruntime.__version__}, plain decoder at batch {BATCH}: "
          f"{' '.join(f'{t:.2f}' for t in theirs)} s")
    print(f"engine ÷ onnxruntime: {statistics.median(ours) / statistics.median(theirs):.2f}")


if __name__ == "__main__":
    main()
