# The embedded SMSC and a direct client of it; both stand apart from smpp/ and share nothing with it.
PACKAGES += libevent-dev libssl-dev
CHECK_PACKAGES += libnet-smpp-perl openssl

SMSC      := $(patsubst %.c,$(BUILD)/%.o,$(filter-out test/smsc/client.c,$(wildcard test/smsc/*.c)))
SMSC_LIBS := -levent_openssl -levent_core -levent_extra -lssl -lcrypto
PROGRAMS  += $(BUILD)/smsc

$(BUILD)/smsc: $(SMSC)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(SMSC_LIBS)

# The page is compiled in by the assembler, which tells no dependencies.
$(BUILD)/test/smsc/page.o $(BUILD)/asan/test/smsc/page.o: $(wildcard test/smsc/page/*)

SMSC_LOAD := $(addprefix $(BUILD)/test/smsc/,client.o pdu.o latency.o)
PROGRAMS  += $(BUILD)/smsc-load

$(BUILD)/smsc-load: $(SMSC_LOAD)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# For its own tests: the same program under ASan and UBSan.
$(BUILD)/asan/smsc: $(SMSC:$(BUILD)/%=$(BUILD)/asan/%)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(SMSC_LIBS)

# Its unit tests link its own objects, never the daemon's.
SMSC_TESTED := $(addprefix $(BUILD)/test/smsc/,pdu.o status.o parts.o text.o encode.o)
$(BUILD)/unit/smsc_%_test: $(BUILD)/test/unit/smsc_%_test.o $(SMSC_TESTED)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka

.PHONY: bench-smsc
bench-smsc: $(BUILD)/smsc $(BUILD)/smsc-load
	$(Q)$(PYTHON) test/bench/smsc_bench.py
