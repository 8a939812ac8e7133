"""PyTorch as a peer of the benchmark: the same model from the same weights on the same batches, in float32.

A line of JSON in is a call `{id, session, method, values}`, a line out its answer `{id, answer}` or `{id, error}`: see
bench/host.ts. Peers are `pytorch`, eager; `pytorch-graph`, a step replayed as a CUDA graph; and each with `-tf32`,
TensorFloat-32 allowed. Without CUDA the eager one runs on the processor.
"""

import json
import sys
import time

import torch

CELLS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Losses that a graph keeps on the device, one after the other.
KEPT = 512


class Model(torch.nn.Module):
    def __init__(self, cell, size, hidden):
        super().__init__()
        self.recurrent = CELLS[cell](size, hidden)
        self.readout = torch.nn.Linear(hidden, size)

    def forward(self, x, state=None):
        states, last = self.recurrent(x, state)
        return self.readout(states), last

    def load(self, cell, size, view):
        """Weights of the runtime: W [I + H, G·H], gates in PyTorch's order too; bn is the recurrent bias of a GRU's n."""
        W, b = view(".W"), view(".b")
        hidden = len(b) // GATES[cell]
        recurrent_bias = torch.zeros_like(b)
        if cell == "gru":
            recurrent_bias[2 * hidden :] = view(".bn")
        with torch.no_grad():
            self.recurrent.weight_ih_l0.copy_(W[:size].T)
            self.recurrent.weight_hh_l0.copy_(W[size:].T)
            self.recurrent.bias_ih_l0.copy_(b)
            self.recurrent.bias_hh_l0.copy_(recurrent_bias)
            self.readout.weight.copy_(view("readout.U").T)
            self.readout.bias.copy_(view("readout.d"))


class Session:
    def prepare(self, name, job, data):
        """`data`: a file of float32, parameters and then the series, and what lies where in it."""
        begun = time.perf_counter()
        self.tf32 = name.endswith("-tf32")
        self.allow()
        test, cell = job["test"], job["cell"]
        before = allocated()
        parameters, series = read(data)
        self.model = Model(cell, test["input"], test["hidden"]).to(DEVICE)
        self.model.load(cell, test["input"], lambda end: find(parameters, data["views"], end))
        windows = [torch.tensor(starts) + torch.arange(test["steps"] + 1)[:, None] for starts in data["starts"]]
        batches = torch.stack([series[window] for window in windows]).to(DEVICE)
        self.inputs, self.targets = batches[:, :-1].contiguous(), batches[:, 1:].contiguous()
        trained = self.trained(cell, test["hidden"])
        graphed = "graph" in name
        self.adam = torch.optim.Adam(trained, lr=0.001, eps=1e-8, fused=True, capturable=graphed)
        self.done = 0
        self.graph = self.capture() if graphed else None
        losses = self.run(1)
        self.own = allocated() - before
        return {"milliseconds": since(begun), "losses": losses}

    def train(self, steps):
        self.allow()
        begun = time.perf_counter()
        losses = self.run(steps)
        return {"milliseconds": since(begun), "losses": losses}

    def survey(self):
        if DEVICE == "cuda":
            torch.cuda.reset_peak_memory_stats()
        others = allocated() - self.own
        trained = self.train(1)
        most = torch.cuda.max_memory_allocated() if DEVICE == "cuda" else others
        return {**trained, "dispatches": 0, "bytes": most - others}

    def overhead(self):
        return None

    @torch.no_grad()
    def generate(self, mode, count, seed, times):
        self.allow()
        begun = time.perf_counter()
        for _ in range(times):
            read = torch.tensor(seed, device=DEVICE)[:, None, None]
            values, state = [], None
            for _ in range(count):
                outputs, last = self.model(read, state)
                values.append(outputs[-1:])
                if mode == "carried":
                    read, state = outputs[-1:], last
                else:
                    read = torch.cat([read[1:], outputs[-1:]])
            torch.cat(values).tolist()
        return {"milliseconds": since(begun)}

    def run(self, steps):
        """Losses of so many steps, read once all of them are done."""
        losses = []
        for step in range(steps):
            if self.graph:
                self.graph.replay()
                if (step + 1) % KEPT == 0 or step + 1 == steps:
                    losses.append(self.kept[: step % KEPT + 1].clone())
                    self.place.zero_()
            else:
                batch = self.done % len(self.inputs)
                self.adam.zero_grad(set_to_none=True)
                loss = self.step(self.inputs[batch], self.targets[batch])
                losses.append(loss.detach()[None])
            self.done += 1
        return torch.cat(losses).tolist()

    def step(self, x, target):
        outputs, _ = self.model(x)
        loss = torch.nn.functional.mse_loss(outputs, target)
        loss.backward()
        self.adam.step()
        return loss

    def capture(self):
        """A graph that takes the next batch each time. Warming up trains, so all of that is put back."""
        start = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.turn, self.place = (torch.zeros(1, dtype=torch.long, device=DEVICE) for _ in range(2))
        self.kept = torch.zeros(KEPT, device=DEVICE)

        def work():
            self.adam.zero_grad(set_to_none=False)
            x, target = (all.index_select(0, self.turn)[0] for all in (self.inputs, self.targets))
            loss = self.step(x, target)
            self.kept.index_copy_(0, self.place, loss.detach()[None])
            self.turn.add_(1).remainder_(len(self.inputs))
            self.place.add_(1)

        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                work()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            work()
        self.model.load_state_dict(start)
        for state in self.adam.state.values():
            for value in state.values():
                value.zero_()
        self.turn.zero_()
        self.place.zero_()
        return graph

    def trained(self, cell, hidden):
        """All but the second biases, which would make it another model; of those a GRU's n has its own."""
        second = self.model.recurrent.bias_hh_l0
        if cell == "gru":
            mask = (torch.arange(3 * hidden, device=DEVICE) >= 2 * hidden).float()
            second.register_hook(lambda gradient: gradient * mask)
        return [p for p in self.model.parameters() if cell == "gru" or p is not second]

    def allow(self):
        torch.backends.cuda.matmul.allow_tf32 = self.tf32
        torch.backends.cudnn.allow_tf32 = self.tf32


def adapter():
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else "the processor"
    label = f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, {name}"
    return {"label": label, "software": DEVICE == "cpu", "gigaflops": None}


def read(data):
    """The parameters, and the series [length, features]."""
    with open(data["file"], "rb") as file:
        values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    count = data["parameters"]
    return values[:count], values[count:].reshape(-1, data["features"])


def find(parameters, views, end):
    view = next(view for view in views if view["name"].endswith(end))
    return parameters[view["offset"] : view["offset"] + view["length"]].reshape(view["shape"])


def allocated():
    return torch.cuda.memory_allocated() if DEVICE == "cuda" else 0


def since(begun):
    return 1000 * (time.perf_counter() - begun)


def main():
    sessions = {}
    for line in sys.stdin:
        call = json.loads(line)
        session, method, values = call["session"], call["method"], call["values"]
        try:
            if method == "adapter":
                answer = adapter()
            elif method == "end":
                answer = sessions.pop(session, None) and None
            else:
                answer = getattr(sessions.setdefault(session, Session()), method)(*values)
            reply = {"id": call["id"], "answer": answer}
        except Exception as error:
            reply = {"id": call["id"], "error": str(error)}
        print(json.dumps(reply), flush=True)


main()
