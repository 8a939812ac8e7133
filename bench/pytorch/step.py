"""The same training steps in PyTorch with cuDNN, in float32: forward, mean squared error, backward, Adam.

Eager, and replayed as a CUDA graph; with TensorFloat-32 off and on. Prints a line each and, with --json FILE, writes
the figures. Milliseconds are medians of five rows of steps, timed by CUDA events.
"""

import argparse
import json

import torch

CASES = {"A": (50, 20, 1, 100), "B": (64, 100, 64, 256), "C": (128, 200, 256, 1024)}
CELLS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class Model(torch.nn.Module):
    def __init__(self, cell, size, hidden):
        super().__init__()
        self.recurrent = CELLS[cell](size, hidden)
        self.readout = torch.nn.Linear(hidden, size)

    def forward(self, x):
        states, _ = self.recurrent(x)
        return self.readout(states)


def make_step(case, cell, graphed):
    batch, steps, size, hidden = CASES[case]
    model = Model(cell, size, hidden).cuda()
    x = torch.randn(steps, batch, size, device="cuda")
    target = torch.randn(steps, batch, size, device="cuda")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, capturable=graphed)

    def step():
        optimizer.zero_grad(set_to_none=not graphed)
        loss = torch.nn.functional.mse_loss(model(x), target)
        loss.backward()
        optimizer.step()

    if not graphed:
        return step
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def milliseconds(step):
    for _ in range(10):
        step()
    rows = []
    for _ in range(5):
        count = 30
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(count):
            step()
        end.record()
        torch.cuda.synchronize()
        rows.append(start.elapsed_time(end) / count)
    return sorted(rows)[2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default="ABC")
    parser.add_argument("--json")
    options = parser.parse_args()
    print(torch.cuda.get_device_name(), "PyTorch", torch.__version__, "cuDNN", torch.backends.cudnn.version())
    results = []
    for case in options.cases:
        for cell in CELLS:
            for tf32 in (False, True):
                torch.backends.cuda.matmul.allow_tf32 = tf32
                torch.backends.cudnn.allow_tf32 = tf32
                for graphed in (False, True):
                    time = milliseconds(make_step(case, cell, graphed))
                    row = {"case": case, "cell": cell, "tf32": tf32, "graph": graphed, "milliseconds": time}
                    results.append(row)
                    print(f"{case} {cell:4} {'TF32' if tf32 else 'float32':7} {'graph' if graphed else 'eager'} {time:.3f} ms", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=2)


main()
