"""The playground's words, as pairs (English, Chinese); the page fills in {…}."""

from plusx import explorer

RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
FIRST_RATES = {"spirals": 0.05, "digits": 0.01}

OFF_ON = {"off": ("without", "不用"), "on": ("with", "用")}
DATA = explorer.choice(
    "data",
    ("data", "数据"),
    "spirals",
    {"spirals": ("two spirals", "双螺旋"), "digits": ("digits", "手写数字")},
)
LAYERS = explorer.slider("layers", ("layers", "层数"), 40, low=2, high=100, step=2)
NORM = explorer.choice("norm", ("batch normalization", "批量归一化"), "on", OFF_ON)
SCALE = explorer.choice(
    "scale",
    ("scale of each branch", "每个分支的缩放"),
    "one",
    {"one": "1", "blocks": ("1/√blocks", "1/√块数")},
)
NEAR = explorer.choice(
    "near",
    ("start", "起点"),
    "off",
    {
        "off": ("random", "随机权重"),
        "on": ("near the identity", "恒等映射附近"),
    },
)
ACTIVATION = explorer.choice(
    "activation",
    ("activation", "激活函数"),
    "relu",
    {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"},
)
RATE = explorer.slider("rate", ("learning rate", "学习率"), 0.05, values=RATES)
SEED = explorer.slider("seed", ("random seed", "随机种子"), 0, low=0, high=9)

#: The controls of each size, in the order in which they stand.
CONTROLS = {
    "full": [DATA, LAYERS, NORM, SCALE, NEAR, ACTIVATION, RATE, SEED],
    "small": [LAYERS, NORM],
}
#: What the page at small size sets without showing a control.
FIXED = {
    control["id"]: control["value"]
    for control in CONTROLS["full"]
    if control not in CONTROLS["small"]
}

MEASURES = {
    **explorer.choice(
        "measure",
        ("each block, coloured by", "给每个块上色，看的是"),
        "gradient",
        {
            "gradient": ("gradient", "梯度"),
            "update": ("relative update", "相对更新量"),
            "left": ("what is left of the input", "输入还剩多少"),
        },
    ),
    "hints": {
        "gradient": (
            "Norm of the gradient of the loss with respect to the weights of a block.",
            "损失对一个块的权重求梯度，这里画的是梯度的范数。",
        ),
        "update": (
            "Learning rate × norm of the gradient ÷ norm of the weights: the share of "
            "its weights that a block changes in one step.",
            "学习率 × 梯度的范数 ÷ 权重的范数：走一步，一个块的权重要改动几分之几。",
        ),
        "left": (
            "Take the states after a block. How often is the nearest neighbour of an "
            "example of its own class? Dotted: by chance.",
            "取出一个块输出的状态，给每个样本找最近的邻居：邻居和样本同类的有多少？"
            "点线是瞎猜的水平。",
        ),
    },
}
AXES = {
    **explorer.choice(
        "axis",
        ("curve", "曲线"),
        "error",
        {"error": ("training error", "训练误差"), "loss": ("loss", "损失")},
    ),
    "names": {
        "error": ("training error, %", "训练误差（%）"),
        "loss": ("loss", "损失"),
    },
}

WORDS = {
    "run": ("Train", "开始训练"),
    "pause": ("Pause", "暂停"),
    "again": ("Train again", "重新训练"),
    "step": ("One step", "走一步"),
    "reset": ("Reset", "重置"),
    "clock": ("step {steps} of {all}", "第 {steps} 步，共 {all} 步"),
    "steps": ("steps", "步数"),
    "epochs": ("epochs", "轮数"),
    "numbers": ("loss {loss}, error {error}", "损失 {loss}，误差 {error}"),
    "broken": (
        "NaN at step {step}: the numbers outgrew 32 bits",
        "第 {step} 步变成 NaN：数值大到 32 位浮点数装不下",
    ),
    "nan": ("NaN", "NaN"),
    "result": ("{error} error", "误差 {error}"),
    "ready": (
        "Both nets start from the same random numbers. Press Train.",
        "两个网络从同一组随机数出发。请按“开始训练”。",
    ),
    "running": ("Training …", "正在训练……"),
    "paused": (
        "Paused at step {steps}: {one} {a}, {two} {b}.",
        "停在第 {steps} 步：{one} {a}，{two} {b}。",
    ),
    "ended": (
        "Finished at step {steps}: {one} {a}, {two} {b}.",
        "训练完了，共 {steps} 步：{one} {a}，{two} {b}。",
    ),
    "plane": (
        "Where {name} sees which spiral; {wrong} of {count} points are wrong.",
        "{name}怎样把平面分给两条螺旋；{count} 个点里错了 {wrong} 个。",
    ),
    "images": (
        "Images of digits and the answers of {name}; {wrong} of {count} are wrong.",
        "手写数字的图像和{name}的回答；{count} 张里错了 {wrong} 张。",
    ),
    "strip": (
        "{measure} of {count} blocks: {first} in the first, {last} in the last.",
        "{count} 个块的{measure}：第一个块 {first}，最后一个块 {last}。",
    ),
    "band": (
        "Bands: the recorded experiment, mean ± one standard deviation of five runs in "
        "PyTorch.",
        "色带：存档的实验结果，用 PyTorch 跑五次的均值 ± 一个标准差。",
    ),
    "lost": (
        "Recorded, {name}: {broken} of 5 runs ended in NaN.",
        "存档的实验里，{name}跑五次，有 {broken} 次以 NaN 告终。",
    ),
    "title": ("Three challenges", "三个挑战"),
    "won": ("done", "已完成"),
    "open": ("not done", "未完成"),
    "without": ("without norm", "不用归一化"),
    "normed": ("with norm", "用归一化"),
    "tried": (
        "Training error of your runs, {layers} layers",
        "你跑出来的训练误差，{layers} 层",
    ),
}
NETS = {"plain": ("plain", "普通网络"), "residual": ("with +x", "有 +x 的网络")}
CHALLENGES = {
    "plain": {
        "task": (
            "Make 60 plain layers train: below 10 % error, and no +x in the net. "
            "(Where a net starts matters, and how large its steps are.)",
            "让 60 层的普通网络也训练得起来：不用 +x，误差降到 10 % 以下。"
            "（从哪里出发很要紧，步子多大也要紧。）",
        ),
        "reward": (
            "So the function was there all along. From near “do nothing”, in small "
            "steps, gradient descent finds it.",
            "这样的函数其实一直都在：从“什么都不做”附近出发，小步走，梯度下降就能找到。",
        ),
    },
    "kill": {
        "task": (
            "Kill the residual net with one switch: first let it train, then flip one "
            "thing, not its +x.",
            "只拨一个开关，毁掉残差网络：先让残差网络练成，再改一样东西，但不许动 +x。",
        ),
        "reward": (
            "The addition alone is not enough: something must keep the sum in bounds.",
            "光有加法还不够：总得有一样东西管着，不让加起来的数越来越大。",
        ),
    },
    "both": {
        "task": (
            "Which of norm and +x do you need? Try all four combinations with at least "
            "40 layers.",
            "归一化和 +x，到底需要哪一个？至少用 40 层，把四种组合都试一遍。",
        ),
        "reward": (
            "Read your table by rows and by columns. Then scale the branches by "
            "1/√blocks and try again without norm.",
            "横着读一遍这张表，再竖着读一遍。"
            "然后把分支的缩放改成 1/√块数，不用归一化再试一次。",
        ),
    },
}
