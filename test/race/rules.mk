# Locks under ThreadSanitizer.
CHECKS += check-races
CHECK_BUILDS += $(BUILD)/parking_race
.PHONY: check-races
check-races: $(BUILD)/parking_race
	$(Q)$<
$(BUILD)/parking_race: test/race/parking_race.c mod_smsinteractivo/wait/parking.c mod_smsinteractivo/wait/parking.h
	@mkdir -p $(@D)
	$(call say,TSAN,$@)
	$(Q)$(CC) $(CFLAGS) -fsanitize=thread -o $@ $(filter %.c,$^) -lpthread

# A million waits, or as many as fit; the short form is test/system/test_soak.py.
SOAK_WAITS   ?= 1000000
SOAK_SECONDS ?= 1200
export SOAK_WAITS SOAK_SECONDS
.PHONY: soak-wait
soak-wait: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs
	$(Q)$(PYTHON) test/race/soak.py
