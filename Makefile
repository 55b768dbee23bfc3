# One +x: every command of the book. `make` alone lists them.
PYTHON ?= python3
CHAPTERS ?= $(wildcard chapters/*.ipynb)
JOBS ?= 3
PORT ?= 8000
NET ?= resnet56
SEEDS ?= 0-4
RECIPE ?= paper
DATA ?= cifar10
PY := .venv/bin/python
# A Python that was named is used even where .venv was made with another one.
SWITCH := $(if $(filter command% environment%,$(origin PYTHON)),switch)
# The weights that chapter 5 and others may load: two nets, each of its first seed.
WEIGHTS := $(if $(filter resnet20-paper resnet56-paper,$(NET)-$(RECIPE)),--weights)
RUFF := $(PY) -m ruff --quiet
RUFF_CONFIG := --config code/pyproject.toml
BOOK := $(PY) -c "from jupyter_book.cli.main import main; main()" build . -q -n
# Tests run side by side: threads of their own would only wait for each other.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
PYTEST := -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder
# The state the stored outputs were made in: still labs, one thread, no GPU, no CIFAR-10.
EXECUTE := PLUSX_STATIC=1 $(ONE_THREAD) CUDA_VISIBLE_DEVICES=-1 PLUSX_DATA=
# What Sphinx keeps of pages read before; kept after a fault, it would hide the fault,
# and kept after a change to the extension, it would hide the change. The site goes with
# it: a page of a former name would stay.
READ := _build/.doctrees/environment.pickle
export PYTHONDONTWRITEBYTECODE := 1

.NOTPARALLEL:
.PHONY: help book serve check test lint unit site notebooks browser refresh bench gpu \
  record reproduce questions slides handout pdf students grade share public links \
  repository lock colab jupyter clean python environment-book environment-all

help: ## list the commands
	@echo "One +x. Commands:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
	  awk -F '|' '{printf "%-18s %s\n", $$1, $$2}'

book: site ## build the site into _build/html
	@echo "The book is in _build/html: open _build/html/index.html, or run make serve."

serve: book ## build the site and show it on localhost (PORT=8000)
	@$(PY) -u -m http.server --bind 127.0.0.1 --directory _build/html $(PORT) || \
	  { echo "make: is port $(PORT) taken? Name another: make serve PORT=8001" >&2; exit 1; }

check: lint ## lint and the quick unit tests, in about a minute
	cd code && $(ONE_THREAD) ../$(PY) $(PYTEST) -m "not browser and not slow" tests

test: lint unit site notebooks browser ## everything that CI runs
	@echo "Everything passed."

lint: environment-all
	$(RUFF) check $(RUFF_CONFIG) .
	$(RUFF) format $(RUFF_CONFIG) --check .
	$(PY) code/tools/workflows.py

unit: environment-all
	cd code && $(ONE_THREAD) ../$(PY) $(PYTEST) -m "not browser" tests

site: environment-book
	@[ -z "$$(find _toc.yml code/plusx_site -type f ! -name '*.pyc' -newer $(READ) 2>&1)" ] || \
	  rm -rf $(READ) _build/html
	@$(BOOK) -W --keep-going || { rm -f $(READ); exit 1; }

notebooks: environment-all
	$(EXECUTE) $(PY) $(PYTEST) --rootdir=. -p no:cacheprovider --nbval \
	  --nbval-sanitize-with=code/tests/nbval.cfg $(CHAPTERS)

browser: environment-all site
	cd code && $(ONE_THREAD) ../$(PY) $(PYTEST) -m browser tests

refresh: environment-all ## execute notebooks in place (CHAPTERS=chapters/NAME.ipynb)
	$(EXECUTE) $(PY) code/tools/refresh.py $(CHAPTERS)
	$(EXECUTE) $(PY) code/tools/picture.py
	$(PY) code/tools/cards.py
	$(PY) code/tools/minutes.py

bench: environment-all ## measure the trainer against the textbook loop
	$(PY) -m plusx.bench

gpu: environment-all ## do all that needs a GPU, within a time (MINUTES=60)
	$(PY) code/tools/gpu.py $(if $(MINUTES),--minutes $(MINUTES))

record: environment-all ## train and record runs (NET=resnet56 SEEDS=0-4)
	$(PY) -m plusx.train --net $(NET) --seeds $(SEEDS) --recipe $(RECIPE) \
	  --data $(DATA) --record $(WEIGHTS)

reproduce: environment-all ## run recorded CPU experiments again, compare (NAME=spectra)
	$(PY) -m plusx.reproduce --keep runs/reproduced $(NAME)

questions: environment-all ## write the self-checks for Moodle and others (GIFT)
	$(PY) -m plusx.checks _build/questions

slides: environment-all ## write the slides, English and Chinese
	@$(PY) code/tools/slides.py

handout: environment-all ## write a handout of two pages, English and Chinese
	@$(PY) code/tools/handout.py

pdf: environment-all site ## write the whole book as PDF, English and Chinese
	@$(PY) code/tools/paper.py

public: slides handout pdf ## write all three, and put them beside the site's pages
	@mkdir -p _build/html/paper
	@cp _build/paper/*.pdf _build/handout/*.pdf _build/html/paper
	@cp -R _build/slides _build/html

links: environment-book ## check every external link (needs the network)
	@$(BOOK) --builder linkcheck --path-output _build/links; failed=$$?; \
	$(PY) -m sphinx -b linkcheck -q -C -D extensions=myst_parser -D root_doc=README \
	  -D include_patterns=*.md -D exclude_patterns=.*,_build,chapters,code \
	  -D suppress_warnings=myst.xref_missing,myst.header . _build/links/readme && \
	  exit $$failed

students: environment-book ## write the chapters in one language, to read and work in
	$(PY) code/tools/copies.py

grade: environment-all ## try the exercises that students handed in (WORK=FOLDER)
	$(PY) code/tools/grade.py $(WORK)

share:
	@$(PYTHON) code/tools/share.py

repository: ## write the public address, that of origin or URL=…, and list new chapters
	@$(PYTHON) code/tools/repository.py $(URL)

lock: environment-all ## write down what came along with requirements.txt
	$(PY) code/tools/lock.py

colab: environment-all ## execute every chapter as Colab would
	$(PY) code/tools/colab.py $(CHAPTERS)

jupyter: environment-all ## read a chapter in the newest JupyterLab and Notebook
	$(PY) -m venv .venv-jupyter
	.venv-jupyter/bin/pip install --quiet --upgrade jupyterlab notebook nbgrader
	cd code && CI=true ../$(PY) -m pytest -q tests/browser/test_jupyter.py tests/tools/test_nbgrader.py

clean: ## remove what make made: _build and what begins with .venv
	rm -rf _build .venv .venv-colab .venv-jupyter

environment-book: python
	@$(PYTHON) code/tools/environment.py book $(SWITCH)

environment-all: python
	@$(PYTHON) code/tools/environment.py all $(SWITCH)

python:
	@command -v $(PYTHON) >/dev/null || { echo "make: there is no $(PYTHON) here;" \
	  "install Python 3.11 to 3.13 or name one: make book PYTHON=python3.12" >&2; exit 1; }
