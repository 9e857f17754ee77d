# The proof: unit tests (cmocka), system tests (pytest on private real servers), an SMSC of our own.
CHECK_PACKAGES += libcmocka-dev curl:curl mount:mount util-linux:prlimit util-linux:unshare python3-pytest python3-prometheus-client libapache2-mod-security2 libapache2-mod-qos libapache2-mod-evasive python3-pytest-xdist python3-selenium chromium chromium-driver
RUN_PACKAGES   += python3:python3 apache2-bin

# Every test/unit/NAME_test.c is a program of its own, linked with what it tests.
UNIT := $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(wildcard test/unit/*_test.c))
$(BUILD)/unit/%: $(BUILD)/test/unit/%.o $(BUILD)/libsmppd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(UNIT_LIBS_$*) $(BUILD)/libsmppd.a -lcmocka $(SMPP_LIBS)

include test/smsc/rules.mk
include test/unit/rules.mk
include test/fuzz/rules.mk
include test/text/rules.mk
include test/race/rules.mk
include test/chaos/rules.mk
include test/bench/rules.mk

# The tree against what its READMEs say of it.
CHECKS += check-rooms
.PHONY: check-rooms
check-rooms:
	$(Q)test/rooms

.PHONY: run check
# The whole service with an embedded SMSC and handsets; PORT, HANDSETS, STATE and CAPTCHA as the README says.
run: deps-run
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs
	$(Q)test/run

# Targets that test something themselves add their names to CHECKS and what they need built to CHECK_BUILDS: they run
# side by side and must not build the same file twice. What the system tests need is in SYSTEM_BUILDS: they start first.
check: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs $(SYSTEM_BUILDS)
	$(Q)test/check $(UNIT) -- $(CHECKS)
.PHONY: check-builds
check-builds: $(UNIT) $(CHECK_BUILDS)
