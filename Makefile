# The commands of the project; `make help` lists them. Recipes are plain POSIX sh.
# What is passed on:  make serve ARGS="--port 8001"    make test ARGS="tests/learning -x"    PYTHON=python3.12

PYTHON = python3
ARGS =
IN = .venv/bin
COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(IN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--all-build-deps --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options $(ARGS)

.PHONY: help serve test check bench lock docs words pictures installed installed-for-tests

help:
	@echo "make serve   install what is needed and run the site with demo people: http://127.0.0.1:8000"
	@echo "make test    run every test"
	@echo "make check   style, types, imports, migrations and locks"
	@echo "make bench   measure speed and memory against their floors"
	@echo "make docs    write the reference pages that are made from the code"
	@echo "make words   bring the catalogues of other languages up to date with the words in the code"
	@echo "make pictures  take the pictures of the docs anew"
	@echo "make lock    choose versions anew: ARGS=--upgrade takes the newest"

serve: installed
	@exec $(IN)/lms serve $(ARGS)

test: installed-for-tests
	$(IN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: installed-for-tests
	$(IN)/ruff check .
	$(IN)/ruff format --check .
	$(IN)/mypy
	$(IN)/lint-imports
	$(IN)/lms migrate --check
	$(IN)/python -m pip check
	$(IN)/python -m pytest -q tests/test_house.py

bench: installed-for-tests
	$(IN)/python -m benchmarks $(ARGS)

docs: installed-for-tests
	$(IN)/python -m lms.cli.reference docs/reference

words: installed-for-tests
	$(IN)/python -m lms.web.gather

pictures: installed-for-tests
	$(IN)/python -m tests.browser.pictures $(ARGS)

lock: installed-for-tests
	$(COMPILE) --extra postgres --output-file requirements/serve.txt setup.cfg
	$(COMPILE) --extra postgres --extra test --constraint requirements/serve.txt --output-file requirements/test.txt setup.cfg

installed:
	@PYTHON="$(PYTHON)" sh requirements/install.sh serve

installed-for-tests:
	@PYTHON="$(PYTHON)" sh requirements/install.sh test
