# Locks under ThreadSanitizer: the parking alone, and with the watcher, its news and its sweep; the spool's threads on a bad disk.
SPOOL_RACES := $(BUILD)/spool_race $(BUILD)/checkpoint_race
RACES := $(BUILD)/parking_race $(BUILD)/watcher_race $(SPOOL_RACES)
CHECKS += check-races
CHECK_BUILDS += $(RACES)
.PHONY: check-races
check-races: $(RACES)
	$(Q)for race in $^; do $$race || exit 1; done
$(BUILD)/parking_race: test/race/parking_race.c mod_smsinteractivo/wait/parking.c
$(BUILD)/watcher_race: test/race/watcher_race.c $(addprefix mod_smsinteractivo/,wait/parking.c wait/watcher.c wait/news.c wait/sweep.c \
    backend/daemon_link.c) smpp/wire/line.c smpp/store/transcript.c
$(BUILD)/spool_race: test/unit/spool_sync_test.c
$(BUILD)/checkpoint_race: test/unit/spool_checkpoint_test.c
$(SPOOL_RACES): RACE_LIBS := -lsqlite3 -lcmocka -lm
$(SPOOL_RACES): $(wildcard smpp/spool/*.[ch] test/unit/spool_fixture.h test/unit/spool_disk.h)
$(RACES): $(wildcard mod_smsinteractivo/wait/*.h)
	@mkdir -p $(@D)
	$(call say,TSAN,$@)
	$(Q)$(CC) $(CFLAGS) $(CFLAGS_mod_smsinteractivo) -fsanitize=thread -o $@ $(filter %.c,$^) $(RACE_LIBS) -lpthread

# A million waits, or as many as fit; the short form is test/system/test_soak.py.
SOAK_WAITS   ?= 1000000
SOAK_SECONDS ?= 1200
export SOAK_WAITS SOAK_SECONDS
SYSTEM_BUILDS += $(BUILD)/windows
$(BUILD)/windows: $(addprefix $(BUILD)/test/,race/windows.o stack/loopback.o)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

.PHONY: soak-wait soak-wait-asan
soak-wait: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs $(BUILD)/windows
	$(Q)$(PYTHON) test/race/soak.py
# The same with everything of ours under ASan and UBSan; LeakSanitizer looks when the child ends.
soak-wait-asan: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) BUILD=$(BUILD)/sanitized CFLAGS="-O1 -g $(SANITIZE)" LDFLAGS="$(SANITIZE)" \
	    programs $(BUILD)/sanitized/windows
	$(Q)SMS_BUILD=$(CURDIR)/$(BUILD)/sanitized SOAK_PRELOAD=$$($(CC) -print-file-name=libasan.so) $(PYTHON) test/race/soak.py

# The manual's lines for mpm_event with as many visitors as they say; 450 of them wait in test/system/test_wait_lines.py too.
.PHONY: wait-lines
wait-lines: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs $(BUILD)/waiters
	$(Q)WAIT_LINES="450 2000 10000" $(PYTHON) -m pytest -q -s test/system/test_wait_lines.py
