"""The operations of the lab, each written from its equation.

Shapes are those of the lab: a batch of B rows, and whatever belongs to several tasks, groups or tokens
lies side by side in the columns of one matrix. Nothing here is taken from the lab's TypeScript.
"""

import math

import torch
import torch.nn.functional as F

EPSILON = 1e-5


class Kinks:
    """Remembers how close any ReLU input came to its kink, so that no fixture sits on one."""

    margin = math.inf

    @classmethod
    def reset(cls):
        cls.margin = math.inf


def relu(x):
    if x.numel() > 0:
        Kinks.margin = min(Kinks.margin, x.detach().abs().min().item())
    return torch.clamp(x, min=0)


def dense(x, W, b):
    """y = xW + b, with x [B, I], W [I, O], b [O]."""
    return x @ W + b


def grouped_dense(x, W, b):
    """x [B, G·I], W [G, I, O], b [G·O] -> [B, G·O]: group g maps its own I columns with its own W_g."""
    groups, width_in, width_out = W.shape
    parts = []
    for g in range(groups):
        own = x[:, g * width_in : (g + 1) * width_in]
        parts.append(own @ W[g] + b[g * width_out : (g + 1) * width_out])
    return torch.cat(parts, dim=1)


def embed(table, ids):
    """table [V, d], ids [B, C] -> [B, C·d]: the rows of the table side by side."""
    return torch.cat([table[ids[:, column]] for column in range(ids.shape[1])], dim=1)


def gate_mix(logits, experts, groups):
    """logits [B, G·E], experts [B, E·D] -> mix [B, G·D] and gates [B, G·E].

    g_k = softmax(logits of group k);  mix_k = sum_e g_{k,e} · expert_e.
    """
    count = logits.shape[1] // groups
    width = experts.shape[1] // count
    gates, mixes = [], []
    for k in range(groups):
        own = logits[:, k * count : (k + 1) * count]
        powers = torch.exp(own - own.max(dim=1, keepdim=True).values.detach())
        gate = powers / powers.sum(dim=1, keepdim=True)
        mix = 0
        for e in range(count):
            mix = mix + gate[:, e : e + 1] * experts[:, e * width : (e + 1) * width]
        gates.append(gate)
        mixes.append(mix)
    return torch.cat(mixes, dim=1), torch.cat(gates, dim=1)


def attention(h, Wqkv, heads, causal):
    """Self-attention over S tokens, before the output projection.

    h [B, S·D] (token s in columns s·D ...), Wqkv [D, 3D] (columns: Q of all heads, K of all heads, V of all
    heads; head i owns columns i·d_k ... of each third) -> context [B, S·D], map [B, heads·S·S].
    head_i = softmax(Q_i K_i' / sqrt(d_k)) V_i, and under the causal mask token s reads tokens 0 ... s only.
    """
    width = Wqkv.shape[0]
    rows = h.shape[0]
    tokens = h.shape[1] // width
    head_width = width // heads
    H = h.reshape(rows, tokens, width)
    Q, K, V = (H @ Wqkv[:, third * width : (third + 1) * width] for third in range(3))
    hidden = torch.zeros(tokens, tokens, dtype=torch.bool)
    if causal:
        hidden = torch.ones(tokens, tokens).triu(diagonal=1).bool()
    contexts, maps = [], []
    for i in range(heads):
        own = slice(i * head_width, (i + 1) * head_width)
        scores = Q[:, :, own] @ K[:, :, own].transpose(1, 2) / math.sqrt(head_width)
        A = torch.softmax(scores.masked_fill(hidden, -math.inf), dim=2)
        contexts.append(A @ V[:, :, own])
        maps.append(A.reshape(rows, tokens * tokens))
    return torch.cat(contexts, dim=2).reshape(rows, tokens * width), torch.cat(maps, dim=1)


def layer_norm(x, gamma, beta):
    """x [B, S·D] seen as B·S rows of D: each row to mean 0 and (biased) variance 1, then gamma and beta."""
    rows = x.reshape(-1, gamma.shape[0])
    mean = rows.mean(dim=1, keepdim=True)
    variance = ((rows - mean) ** 2).mean(dim=1, keepdim=True)
    return ((rows - mean) / torch.sqrt(variance + EPSILON) * gamma + beta).reshape(x.shape)


def batch_norm(x, gamma, beta):
    """Training mode: each column of x [B, D] by its mean and biased variance over the batch."""
    mean = x.mean(dim=0)
    variance = ((x - mean) ** 2).mean(dim=0)
    return (x - mean) / torch.sqrt(variance + EPSILON) * gamma + beta


def batch_norm_running(x, running_mean, running_variance, momentum):
    """The new running mean, and the new running variance from the unbiased and from the biased estimate."""
    rows = x.shape[0]
    mean = x.mean(dim=0)
    squares = ((x - mean) ** 2).sum(dim=0)
    moved = lambda old, new: (1 - momentum) * old + momentum * new
    unbiased = moved(running_variance, squares / (rows - 1)) if rows > 1 else None
    return moved(running_mean, mean), unbiased, moved(running_variance, squares / rows)


def batch_norm_inference(x, gamma, beta, running_mean, running_variance):
    """Evaluation mode: the running statistics in place of the batch's."""
    return (x - running_mean) / torch.sqrt(running_variance + EPSILON) * gamma + beta


def gru_cell(x, h, W, U, b):
    """One step of a GRU that resets before the product with U. Columns of W, U, b: z, r, candidate."""
    size = h.shape[1]
    z_, r_, c_ = (slice(i * size, (i + 1) * size) for i in range(3))
    z = torch.sigmoid(x @ W[:, z_] + h @ U[:, z_] + b[z_])
    r = torch.sigmoid(x @ W[:, r_] + h @ U[:, r_] + b[r_])
    c = torch.tanh(x @ W[:, c_] + (r * h) @ U[:, c_] + b[c_])
    return z * h + (1 - z) * c


def log_p(logits):
    """log σ(l)."""
    return F.logsigmoid(logits)


def log_1mp(logits):
    """log(1 - σ(l)) = log σ(-l)."""
    return F.logsigmoid(-logits)


def weighted_bce(logits, labels, weights, positive_weight):
    """L_k = (1/B) Σ_i w_i · (c_k · y · (-log σ(l)) + (1-y) · (-log(1 - σ(l)))) -> [K]."""
    per_cell = -(positive_weight * labels * log_p(logits) + (1 - labels) * log_1mp(logits))
    return (weights[:, None] * per_cell).sum(dim=0) / logits.shape[0]


def clip_by_global_norm(gradients, limit):
    """All gradients times min(1, limit / ‖g‖), the norm over all of them together; no epsilon."""
    norm = torch.sqrt(sum((g**2).sum() for g in gradients))
    scale = min(1.0, limit / norm.item()) if norm.item() > 0 else 1.0
    return [g * scale for g in gradients], norm
