"""A small Transformer whose every block adds to the stream that it reads.

A block has two sublayers, attention and a feed-forward net, and one of two orders:

    pre-norm    x = x + sublayer(norm(x))
    post-norm   x = norm(x + sublayer(x))

Without the skip, "x +" falls away and everything else stays. Shapes: N sequences, T
tokens each, width D, H heads, V words in the vocabulary.

Sources: Vaswani et al. 2017, §3 (post-norm); Xiong et al. 2020, Fig. 1 (pre-norm).
"""

import math

import torch
from torch import Tensor, nn

ORDERS = ("pre", "post")


class Attention(nn.Module):
    """Causal self-attention: each token reads itself and those before it.

    Args:
        causal: False lets each token read all of them.

    Raises:
        ValueError: when the heads do not divide the width.
    """

    def __init__(self, width: int, heads: int, *, causal: bool = True):
        super().__init__()
        if width % heads:
            raise ValueError(f"expected heads that divide {width}, got {heads}")
        self.heads, self.causal = heads, causal
        self.read = nn.Linear(width, 3 * width)
        self.write = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, D) → (N, T, D)."""
        n, t, d = check_stream(x, self.write.in_features).shape
        q, k, v = (
            part.view(n, t, self.heads, d // self.heads).transpose(1, 2)  # (N, H, T, ·)
            for part in self.read(x).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)  # (N, H, T, T)
        if self.causal:
            future = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(future, float("-inf"))
        mixed = scores.softmax(dim=-1) @ v  # (N, H, T, ·)
        return self.write(mixed.transpose(1, 2).reshape(n, t, d))


class FeedForward(nn.Module):
    """Two linear layers with a ReLU between, for each token by itself."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.first = nn.Linear(width, hidden)
        self.second = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) → (..., D)."""
        return self.second(torch.relu(self.first(x)))


class Block(nn.Module):
    """One Transformer block, (N, T, D) → (N, T, D).

    Args:
        order: "pre" norms what a sublayer reads, "post" norms the sum.
        skip: False takes "x +" away and leaves the rest.
        hidden: of the feed-forward net, 4 · width when not given.

    Raises:
        ValueError: for another order, or heads that do not divide the width.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        order: str = "pre",
        skip: bool = True,
        hidden: int | None = None,
        causal: bool = True,
    ):
        super().__init__()
        if order not in ORDERS:
            raise ValueError(f"order must be one of {ORDERS}, got {order!r}")
        self.order, self.skip = order, skip
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, causal=causal)
        self.feed_forward = FeedForward(width, hidden or 4 * width)

    def sublayers(self) -> tuple[tuple[nn.Module, nn.LayerNorm], ...]:
        """The two sublayers in their order, each with its norm."""
        return (self.attention, self.norm1), (self.feed_forward, self.norm2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, D) → (N, T, D)."""
        check_stream(x, self.norm1.normalized_shape[0])
        for sublayer, norm in self.sublayers():
            branch = sublayer(norm(x)) if self.order == "pre" else sublayer(x)
            if self.skip:
                branch = x + branch
            x = branch if self.order == "pre" else norm(branch)
        return x


class LanguageModel(nn.Module):
    """Predicts the next token at each place: (N, T) token numbers → (N, T, V) logits.

    Token embeddings are drawn from N(0, 1), those of positions from N(0, 0.1²); blocks
    by `init_xavier`. A last norm stands before the read-out of a pre-norm model only.

    Args:
        length: the longest sequence that it takes.

    Raises:
        ValueError: for depth < 1, and as `Block` does.
    """

    def __init__(
        self,
        vocabulary: int,
        depth: int,
        *,
        width: int = 64,
        heads: int = 4,
        length: int = 32,
        order: str = "pre",
        skip: bool = True,
    ):
        super().__init__()
        if depth < 1:
            raise ValueError(f"depth must be at least 1, got {depth}")
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, order=order, skip=skip) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width) if order == "pre" else nn.Identity()
        self.head = nn.Linear(width, vocabulary)
        nn.init.normal_(self.positions.weight, std=0.1)
        init_xavier(self.blocks)

    def embed(self, tokens: Tensor) -> Tensor:
        """The stream before the first block, (N, T) → (N, T, D).

        Raises:
            ValueError: for another number of dimensions, or too long a sequence.
        """
        length = self.positions.num_embeddings
        if tokens.dim() != 2 or tokens.shape[1] > length:
            raise ValueError(
                f"expected tokens (N, T ≤ {length}), got {tuple(tokens.shape)}"
            )
        return self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]

    def states(self, tokens: Tensor) -> list[Tensor]:
        """The stream before the first block and after each, depth + 1 × (N, T, D)."""
        found = [self.embed(tokens)]
        for block in self.blocks:
            found.append(block(found[-1]))
        return found

    def read_out(self, state: Tensor) -> Tensor:
        """Logits from a state of any depth, (N, T, D) → (N, T, V)."""
        return self.head(self.norm(state))

    def forward(self, tokens: Tensor) -> Tensor:
        """(N, T) → (N, T, V)."""
        return self.read_out(self.states(tokens)[-1])


def check_stream(x: Tensor, width: int) -> Tensor:
    """The stream itself.

    Raises:
        ValueError: when its shape is not (N, T, width).
    """
    if x.dim() != 3 or x.shape[-1] != width:
        raise ValueError(f"expected a stream (N, T, {width}), got {tuple(x.shape)}")
    return x


def init_xavier(module: nn.Module) -> None:
    """Xavier-uniform weights and zero biases in every linear layer."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def copy_weights(source: nn.TransformerEncoderLayer, block: Block) -> None:
    """Give a block the weights of PyTorch's own layer.

    Raises:
        ValueError: when the shapes or the orders differ.
    """
    order = "pre" if source.norm_first else "post"
    if order != block.order:
        raise ValueError(f"expected a {block.order}-norm layer, got {order}-norm")
    attention = source.self_attn
    pairs = (
        (attention.in_proj_weight, block.attention.read.weight),
        (attention.in_proj_bias, block.attention.read.bias),
        *_pairs(attention.out_proj, block.attention.write),
        *_pairs(source.linear1, block.feed_forward.first),
        *_pairs(source.linear2, block.feed_forward.second),
        *_pairs(source.norm1, block.norm1),
        *_pairs(source.norm2, block.norm2),
    )
    for given, own in pairs:
        if given.shape != own.shape:
            raise ValueError(
                f"expected a weight {tuple(own.shape)}, got {tuple(given.shape)}"
            )
        with torch.no_grad():
            own.copy_(given)


def _pairs(source: nn.Module, target: nn.Module) -> list[tuple[Tensor, Tensor]]:
    """Weights and biases of two layers, side by side."""
    return [(source.weight, target.weight), (source.bias, target.bias)]


def token_diversity(state: Tensor) -> Tensor:
    """What tokens of one sequence do not share, as a share of all: (N, T, D) → (N,).

    ‖x − mean over the tokens‖² / ‖x‖², 0 when all tokens are the same vector. The
    residual of Dong et al. 2021, §2, squared, in the Frobenius norm.
    """
    apart = state - state.mean(dim=1, keepdim=True)
    return apart.square().sum(dim=(1, 2)) / state.square().sum(dim=(1, 2))
