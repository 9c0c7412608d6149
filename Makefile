# Each target is one script; read the script to see what it does. `make help` is this list.
.DEFAULT_GOAL := help
.PHONY: run test check bench gauntlet help

run: ## build Cabinet and open it on the sample board (without a display: the same journey in the terminal)
	@tests/support/run.sh

test: ## everything that must hold, cold in at most 45 minutes on two cores; STAGES="fmt build" runs some of it
	@tests/support/test.sh $(STAGES)

check: ## the inner loop: formatting, lints and tests of the core, without the window
	@tests/support/check.sh

bench: ## how fast, against what people use today
	@tests/support/install.sh bench && tests/bench/run.sh

gauntlet: ## those tests of `make test` that count, with full counts; STAGES="faults" runs a part
	@CABINET_COUNTS=full tests/support/test.sh $(STAGES)

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | while IFS='	' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done
