"""The balancers on vectors: what a step's update is, from the tasks' losses and whole gradients. Nothing here sees a Gram solver of the lab."""

import itertools

import torch


def dots(g):
    """[K, K] dot products of the rows of g [K, P]."""
    return g @ g.T


def smallest(G, c):
    """min |sum_k w_k g_k|^2 with w >= c and sum w = 1, by trying every set of tasks that may exceed its c."""
    K = len(c)
    best, found = float('inf'), None
    for free in itertools.product([False, True], repeat=K):
        index = [k for k in range(K) if free[k]]
        if not index:
            continue
        n = len(index)
        A = torch.zeros(n + 1, n + 1, dtype=torch.float64)
        A[:n, :n] = G[index][:, index]
        A[:n, n] = A[n, :n] = 1
        y = torch.cat([-(G @ c)[index], (1 - c.sum()).reshape(1)])
        v = torch.linalg.lstsq(A, y[:, None]).solution[:n, 0]
        if (v < -1e-12).any():
            continue
        w = c.clone()
        w[index] += v
        length = (w @ G @ w).item()
        if length < best - 1e-15:
            best, found = length, w
    return found


def mgda(g, losses, config):
    norms = g.norm(dim=1)
    n = {'none': torch.ones_like(norms), 'l2': norms, 'loss': losses, 'loss+': losses * norms}[config['normalise']]
    scaled = g / n[:, None]
    return smallest(dots(scaled), torch.zeros(len(g), dtype=torch.float64)) @ scaled


def pcgrad(g, orders):
    """orders [K][K-1]: the other tasks, in the order in which task k meets them."""
    total = torch.zeros_like(g[0])
    for own, others in zip(g, orders):
        for j in others:
            if own @ g[j] < 0:
                own = own - (own @ g[j]) / (g[j] @ g[j]) * g[j]
        total = total + own
    return total


def gradvac(g, goal, beta, orders):
    """goal [K][K] is moved in place; orders as above."""
    total = torch.zeros_like(g[0])
    for i, (own, others) in enumerate(zip(g, orders)):
        for j in others:
            rho = (own @ g[j] / own.norm() / g[j].norm()).item()
            phi = goal[i][j]
            if rho < phi:
                own = own + g[j] * own.norm() * (phi * (1 - rho**2) ** 0.5 - rho * (1 - phi**2) ** 0.5) / (
                    g[j].norm() * (1 - phi**2) ** 0.5
                )
            goal[i][j] = (1 - beta) * phi + beta * rho
        total = total + own
    return total


def ternary(f, low, high, rounds=100):
    for _ in range(rounds):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if f(a) < f(b):
            high = b
        else:
            low = a
    return (low + high) / 2


def cagrad(g, c):
    K = len(g)
    G, mean = dots(g), torch.full((K,), 1 / K, dtype=torch.float64)
    g0 = g.mean(dim=0)

    def dual(w):
        return (w @ G @ mean + c * g0.norm() * (w @ G @ w).clamp(min=0).sqrt()).item()

    def point(*xs):
        return torch.tensor([*xs, 1 - sum(xs)], dtype=torch.float64)

    if K == 2:
        w = point(ternary(lambda x: dual(point(x)), 0.0, 1.0))
    else:
        inner = lambda x: ternary(lambda y: dual(point(x, y)), 0.0, 1 - x)
        x = ternary(lambda x: dual(point(x, inner(x))), 0.0, 1.0)
        w = point(x, inner(x))
    gw = w @ g
    return (g0 + c * g0.norm() / gw.norm() * gw) / (1 + c**2)


def nash(g):
    G = dots(g)
    A = G / G.norm()
    A, K = A.tolist(), len(g)
    a = [1.0] * K
    # One task at a time: A_kk a^2 + b a - 1 = 0 with b from the others; the convex objective falls with each.
    for _ in range(5000):
        for k in range(K):
            b = sum(A[k][j] * a[j] for j in range(K) if j != k)
            a[k] = (-b + (b * b + 4 * A[k][k]) ** 0.5) / (2 * A[k][k])
    for k in range(K):
        assert abs(a[k] * sum(A[k][j] * a[j] for j in range(K)) - 1) < 1e-9
    a = torch.tensor(a, dtype=torch.float64)
    return a @ g


class Balancer:
    """update(losses [K], loss gradients over shared [K, P], weights lambda [K]) -> (shared update, weights of the rest [K])."""

    def __init__(self, config, tasks):
        self.id, self.config = config['block'], config['params']
        self.K, self.step = tasks, 0
        self.history = []
        one = torch.ones(tasks, dtype=torch.float64)
        self.w, self.goal = one.clone(), [[0.0] * tasks for _ in range(tasks)]
        if self.id == 'uwl':
            self.s = torch.full((tasks,), float(self.config['start']), dtype=torch.float64, requires_grad=True)
            self.adam = torch.optim.Adam([self.s], lr=self.config['rate'])

    def weights(self):
        """w_k of a weighting, before the step."""
        if self.id == 'uwl':
            a = 0.5 if self.config['form'] == 'regression' else 1.0
            return a * (-self.s.detach()).exp()
        if self.id == 'dwa' and len(self.history) >= 2:
            r = self.history[-1] / self.history[-2]
            return self.K * torch.softmax(r / self.config['temperature'], dim=0)
        return self.w.clone()

    def observe(self, losses, last_shared):
        """losses with their graph; last_shared is W."""
        detached = losses.detach()
        if self.id == 'uwl':
            a = 0.5 if self.config['form'] == 'regression' else 1.0
            self.adam.zero_grad()
            (a * (-self.s).exp() * detached + self.s / 2).sum().backward()
            self.adam.step()
        if self.id == 'dwa':
            self.history.append(detached)
        if self.id == 'gradnorm':
            if self.step == 0:
                self.first = detached
            else:
                w = self.w.clone().requires_grad_(True)
                G = torch.stack(
                    [
                        torch.autograd.grad(w[k] * losses[k], last_shared, retain_graph=True, create_graph=True)[0].norm()
                        for k in range(self.K)
                    ]
                )
                mean = G.mean().detach()
                ratio = detached / self.first
                target = mean * (ratio / ratio.mean()) ** self.config['alpha']
                (gradient,) = torch.autograd.grad((G - target).abs().sum() / mean, w)
                moved = (self.w - self.config['rate'] * gradient).clamp(min=1e-3)
                self.w = self.K * moved / moved.sum()
        self.step += 1

    def direction(self, g, losses, lam, orders):
        """g [K, P] on the shared numbers, without lambda; orders [K][K-1] for those that meet the others in turn, else None."""
        scaled = lam[:, None] * g
        if self.id == 'mgda':
            return mgda(scaled, lam * losses, self.config)
        if self.id == 'pe-ltr':
            return smallest(dots(g), self.config['floor'] * lam / lam.sum()) @ g
        if self.id == 'pcgrad':
            return pcgrad(scaled, orders)
        if self.id == 'gradvac':
            return gradvac(scaled, self.goal, self.config['beta'], orders)
        if self.id == 'cagrad':
            return cagrad(scaled, self.config['c'])
        return nash(scaled)
