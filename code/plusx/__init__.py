"""One +x: the code behind the chapters on skip connections.

The house. A room imports rooms of lower floors alone:

    5th  `labs`         sliders that run torch in the reader's own kernel
    4th  `pictures`     figures and explorers that draw recorded runs
         `playground`   two nets that train in the reader's browser
    3rd  `explorer`     figures that a reader moves without a kernel
         `bets`         what the reader says before the page shows it
         `checks`       what a chapter refutes, as questions
         `bench`        how fast the trainer is, and how fast it could be
         `reproduce`    recorded experiments, run again and compared
    2nd  `experiments`  one module for each experiment that a record holds
    1st  `train`        the trainer for CIFAR-10, from a recipe to a record
         `figures`      house style, lines, SVG and HTML in two languages
    0th  `networks`     plain and residual nets and their relatives
         `data`         the digits and CIFAR-10, and how an epoch is drawn
         `records`      recorded runs, and the ledger of claims beside them
         `gradients`    products, Jacobians, norms and shattering
         `fitting`      the training loop that is there to be read
         `bilingual`    a text in English and Chinese

A batch: `data.load` → `data.windows`, all images that augmentation can cut → for each
epoch `data.plan_epoch` draws what every step takes → `Session.take` cuts, trains and
adds up on the device → `trainer` closes the epoch → `result.Run`. On the digits
`fitting.descend` does all of it.

A number: an experiment's `CONFIG` → `run(**CONFIG)`, or `train(Config(…))` →
`records.write`, which adds commit, hash of the code, versions, seeds and time →
`records/NAME.json` → `records.load` and `records.series` → a figure and a sentence.

A claim: a result in the prose → its row in `records/claims/PAGE.toml`, with the record
and the path, the expression or the work that it comes from → a test fills the value in
and looks for it in both languages, in reading order.

A bilingual cell: the cell tagged `lang-en`, then its `lang-zh` → `plusx_site`, another
package, makes a pair of blocks of them. What code shows is a `bilingual.Pair`, or
"English · 中文" → `figures.show` and `explorer.show` write both, the page shows one.

What a chapter may import; whatever else is not private is for the rooms above:

    plusx              bets checks data explorer figures gradients labs networks
                       playground records
    plusx.bench        limits
    plusx.data         digits
    plusx.experiments  baselines degradation deletion finished_nets gradient_norms
                       identity information insertion shattering shortcuts spectra
                       transformer turning unet zero_init
    plusx.figures      diagrams
    plusx.fitting      fit
    plusx.gradients    chain_factors cumulative_product
    plusx.networks     what its `__all__` names; relatives transformer unet
    plusx.pictures     deletion film finished kept plain56 shortcut_scale spectra
                       trained transformer
    plusx.train        notebook recipes session trainer
"""
