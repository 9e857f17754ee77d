# The proof: unit tests (cmocka), system tests (pytest on private real servers), an SMSC of our own.
CHECK_PACKAGES += libcmocka-dev python3:python3 python3-pytest curl:curl

# Every test/unit/NAME_test.c is a program of its own, linked with what it tests.
UNIT := $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(wildcard test/unit/*_test.c))
$(BUILD)/unit/%: $(BUILD)/test/unit/%.o $(BUILD)/libsmppd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(UNIT_LIBS_$*) $(BUILD)/libsmppd.a -lcmocka $(SMPP_LIBS)
.PRECIOUS: $(BUILD)/test/unit/%.o
