# Kills at load, then the books are compared; the short form is test/system/test_chaos.py.
CHAOS_ROUNDS ?= 300
export CHAOS_ROUNDS
.PHONY: chaos
chaos: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs
	$(Q)$(PYTHON) test/chaos/chaos.py
