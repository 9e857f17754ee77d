# smppd, smppctl and what they share with the module.
PACKAGES     += libsmpp34-dev libmemcached-dev libsqlite3-dev libevent-dev libssl-dev
RUN_PACKAGES += memcached:memcached

# text: UTF-8 <-> octets on the air. store: memcached. wire: the lines on the Unix socket.
# These three are linked into the module too and know nothing of libevent or SQLite.
SHARED_C := $(wildcard smpp/text/*.c smpp/store/*.c smpp/wire/*.c)
# The rooms of the daemon; smpp/README.md says who may include whom.
ROOMS    := logbook pdu link spool conf door storer switch daemon
SMPP_C   := $(SHARED_C) $(foreach room,$(ROOMS),$(wildcard smpp/$(room)/*.c))

SMPP_LIBS := -lsmpp34 -lmemcached -lsqlite3 -levent_core -levent_extra -levent_openssl -levent_pthreads -lssl -lcrypto -lpthread -lm

$(BUILD)/libshared.a: $(SHARED_C:%.c=$(BUILD)/%.o)
$(BUILD)/libsmppd.a:  $(SMPP_C:%.c=$(BUILD)/%.o)
$(BUILD)/asan/libsmppd.a: $(SMPP_C:%.c=$(BUILD)/asan/%.o)

PROGRAMS += $(BUILD)/smppd $(BUILD)/smppctl
$(BUILD)/smppd: $(BUILD)/smpp/smppd.o $(BUILD)/libsmppd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(SMPP_LIBS)

# The operator's program: a client of the socket, and the texts.
CTL_C := smpp/smppctl.c $(wildcard smpp/ctl/*.c)
$(BUILD)/smppctl: $(CTL_C:%.c=$(BUILD)/%.o) $(BUILD)/libshared.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# Every log id once in the code and once in LOGS.md.
CHECKS += check-logs
.PHONY: check-logs
check-logs:
	$(Q)test/log_ids

# What the spool makes durable in a second, in a directory of its own (SPOOL_BENCH: on which disk).
SPOOL_BENCH := $(BUILD)/bench-spool
$(BUILD)/spool_bench: $(BUILD)/test/bench/spool_bench.o $(BUILD)/libsmppd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(SMPP_LIBS)
.PHONY: bench-spool
bench-spool: $(BUILD)/spool_bench
	$(Q)for callers in 1 16 64 1000; do \
	    rm -rf $(SPOOL_BENCH) && mkdir -p $(SPOOL_BENCH) && \
	    $(BUILD)/spool_bench $(SPOOL_BENCH) $$((callers > 100 ? 200000 : callers * 2000)) $$callers || exit 1; \
	done; rm -rf $(SPOOL_BENCH)
