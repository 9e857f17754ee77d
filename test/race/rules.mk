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
