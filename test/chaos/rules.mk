# Kills at load, then the books are compared; the short forms are in test/system/test_chaos.py.
CHAOS_ROUNDS ?= 300
export CHAOS_ROUNDS CHAOS_ANSWERS
.PHONY: chaos
chaos: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs
	$(Q)$(PYTHON) test/chaos/$(if $(CHAOS_ANSWERS),answers,chaos).py
