"""Training steps of the bench's models in PyTorch on the CPU, timed when asked: one JSON request a line on stdin, one answer a line on stdout.

    {"model": "SB" | "MMoE" | "PLE", "batch": 512, "threads": 1 | 2, "compile": false, "ms": 500}

The answer is {"parameters": P, "wall": ms, "cpu": ms, "steps": n} of one step (forward, backward, Adam), the mean over `ms` milliseconds, or
{"error": "..."}. The models are those of bench/models.ts: 16 categorical columns of 1,000 values with embeddings of 8 in one table, 63 numerical
ones, two tasks. Experts and towers are one batched product, as anybody who cares for speed writes them.
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

COLUMNS, VOCABULARY, DIM, NUMERICAL, TASKS = 16, 1000, 8, 63, 2
INPUTS = COLUMNS * DIM + NUMERICAL


class Grouped(nn.Module):
    """y_g = x_g W_g (+ b_g): x [B, G, I] -> [B, G, O]."""

    def __init__(self, groups, inputs, outputs, bias=True):
        super().__init__()
        self.W = nn.Parameter(torch.randn(groups, inputs, outputs) * math.sqrt(2 / inputs))
        self.b = nn.Parameter(torch.zeros(groups, 1, outputs)) if bias else None

    def forward(self, x):
        x = x.transpose(0, 1)  # [G, B, I]
        y = torch.bmm(x, self.W) if self.b is None else torch.baddbmm(self.b, x, self.W)
        return y.transpose(0, 1)


class Embedded(nn.Module):
    """x = [e_1; ...; e_16; z]."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(COLUMNS * VOCABULARY, DIM) * 0.05)
        self.register_buffer("offsets", torch.arange(COLUMNS) * VOCABULARY)

    def forward(self, ids, z):
        return torch.cat([F.embedding(ids + self.offsets, self.table).flatten(1), z], 1)


class Towers(nn.Module):
    """64-64-32-1 for each task, on one shared vector or on one each."""

    def __init__(self, shared):
        super().__init__()
        self.first = nn.Linear(64, TASKS * 64) if shared else Grouped(TASKS, 64, 64)
        self.second = Grouped(TASKS, 64, 32)
        self.head = Grouped(TASKS, 32, 1)

    def forward(self, b):
        h = F.relu(self.first(b)).view(b.shape[0], TASKS, 64)
        return self.head(F.relu(self.second(h))).squeeze(2)


class SharedBottom(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(INPUTS, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
        self.towers = Towers(shared=True)

    def forward(self, x):
        return self.towers(self.net(x))


class MMoE(nn.Module):
    EXPERTS = 8

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(INPUTS, self.EXPERTS * 128)
        self.second = Grouped(self.EXPERTS, 128, 64)
        self.gates = nn.Linear(INPUTS, TASKS * self.EXPERTS, bias=False)
        self.towers = Towers(shared=False)

    def forward(self, x):
        h = F.relu(self.first(x)).view(-1, self.EXPERTS, 128)
        experts = F.relu(self.second(h))  # [B, E, 64]
        gates = self.gates(x).view(-1, TASKS, self.EXPERTS).softmax(2)
        return self.towers(torch.bmm(gates, experts))


class Level(nn.Module):
    """One extraction network: 4 experts a task, 4 shared ones, 64 wide."""

    OWN = SHARED = 4

    def __init__(self, first):
        super().__init__()
        width = INPUTS if first else 64
        self.one = first
        self.own = nn.Linear(width, TASKS * self.OWN * 64) if first else Grouped(TASKS, width, self.OWN * 64)
        self.shared = nn.Linear(width, self.SHARED * 64)
        per_gate = self.OWN + self.SHARED
        self.gate = nn.Linear(width, TASKS * per_gate, bias=False) if first else Grouped(TASKS, width, per_gate, bias=False)
        self.shared_gate = nn.Linear(width, TASKS * self.OWN + self.SHARED, bias=False) if first else None

    def forward(self, tasks, shared):
        B = shared.shape[0]
        own = F.relu(self.own(tasks)).reshape(B, TASKS, self.OWN, 64)
        common = F.relu(self.shared(shared)).view(B, 1, self.SHARED, 64)
        seen = torch.cat([own, common.expand(B, TASKS, self.SHARED, 64)], 2)  # [B, K, 8, 64]
        gates = self.gate(tasks).reshape(B, TASKS, 1, -1).softmax(3)
        mixed = (gates @ seen).squeeze(2)  # [B, K, 64]
        if self.shared_gate is None:
            return mixed, None
        everything = torch.cat([own.flatten(1, 2), common.squeeze(1)], 1)  # [B, 12, 64]
        weights = self.shared_gate(shared).softmax(1).unsqueeze(1)
        return mixed, torch.bmm(weights, everything).squeeze(1)


class AttentionLayer(nn.Module):
    HEADS = 4

    def __init__(self, D=64):
        super().__init__()
        self.qkv = nn.Linear(D, 3 * D, bias=False)
        self.out = nn.Linear(D, D, bias=False)
        self.first, self.second = nn.LayerNorm(D), nn.LayerNorm(D)
        self.mlp = nn.Sequential(nn.Linear(D, D), nn.ReLU(), nn.Linear(D, D))

    def forward(self, h):
        B, S, D = h.shape
        q, k, v = self.qkv(h).view(B, S, 3, self.HEADS, D // self.HEADS).permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, S, D)
        h = self.first(h + self.out(context))
        return self.second(h + self.mlp(h))


class PLE(nn.Module):
    def __init__(self):
        super().__init__()
        self.levels = nn.ModuleList([Level(True), Level(False)])
        self.tokens = nn.Parameter(torch.randn(TASKS, 64) * 0.05)
        self.attention = nn.Sequential(AttentionLayer(), AttentionLayer())
        self.head = Grouped(TASKS, 64, 1)

    def forward(self, x):
        tasks, shared = self.levels[0](x, x)
        tasks, _ = self.levels[1](tasks, shared)
        return self.head(self.attention(tasks + self.tokens)).squeeze(2)


class Model(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.embedded, self.body = Embedded(), body

    def forward(self, ids, z):
        return self.body(self.embedded(ids, z))


MODELS = {"SB": SharedBottom, "MMoE": MMoE, "PLE": PLE}
made = {}


def step_of(model, batch, threads, compiled):
    """A function that trains one step, and the number of parameters; made once."""
    key = (model, batch, threads, compiled)
    if key in made:
        return made[key]
    torch.manual_seed(1)
    net = Model(MODELS[model]())
    parameters = sum(p.numel() for p in net.parameters())
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-6, eps=1e-8, fused=True)
    ids = torch.randint(VOCABULARY, (batch, COLUMNS))
    z = torch.randn(batch, NUMERICAL)
    labels = (torch.rand(batch, TASKS) < 0.3).float()
    weight = torch.tensor([1.0, 10.0])
    forward = torch.compile(net) if compiled else net

    def step():
        optimizer.zero_grad(set_to_none=True)
        each = F.binary_cross_entropy_with_logits(forward(ids, z), labels, reduction="none").mean(0)
        (each * weight).sum().backward()
        optimizer.step()

    for _ in range(3):
        step()
    made[key] = step, parameters
    return made[key]


def timed(request):
    torch.set_num_threads(request["threads"])
    step, parameters = step_of(request["model"], request["batch"], request["threads"], request["compile"])
    step()
    wall, cpu, steps = time.perf_counter(), time.process_time(), 0
    while True:
        step()
        steps += 1
        if (time.perf_counter() - wall) * 1000 >= request["ms"]:
            break
    each = 1000 / steps
    return {
        "parameters": parameters,
        "wall": (time.perf_counter() - wall) * each,
        "cpu": (time.process_time() - cpu) * each,
        "steps": steps,
    }


print(json.dumps({"torch": torch.__version__}), flush=True)
for line in sys.stdin:
    try:
        answer = timed(json.loads(line))
    except Exception as error:  # the bench says why, and goes on without this case
        answer = {"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"}
    print(json.dumps(answer), flush=True)
