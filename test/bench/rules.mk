# Figures, side by side with what a site would use instead; test/bench/README.md says what is printed.
BENCH_PACKAGES += kannel wrk nginx-light:nginx php8.2-fpm libapache2-mod-php8.2 php-memcached nodejs:node

$(BUILD)/door_load: $(addprefix $(BUILD)/test/,bench/door_load.o smsc/latency.o)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

SYSTEM_BUILDS += $(BUILD)/waiters
$(BUILD)/waiters: $(addprefix $(BUILD)/test/,bench/waiters.o smsc/latency.o stack/loopback.o) $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)

# The least that a handler with one get from memcached costs.
$(BUILD)/test/bench/floor/%.o: override CFLAGS += $(CFLAGS_mod_smsinteractivo)
$(BUILD)/mod_floor.so: $(BUILD)/test/bench/floor/mod_floor.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -o $@ $^ -lmemcached

# The least that keeping an answer costs.
$(BUILD)/answer_floor: $(BUILD)/test/bench/floor/answer_floor.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

BENCH_PROGRAMS := $(addprefix $(BUILD)/,door_load waiters mod_floor.so answer_floor spool_bench)
.PHONY: bench bench-daemon bench-module
# All of it, one part after the other: they share the machine's cores.
bench: deps-bench
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs $(BENCH_PROGRAMS)
	$(Q)for part in smsc text spool link captcha daemon module; do \
	    echo "== $$part" && $(MAKE) --no-print-directory bench-$$part || exit 1; \
	done
bench-daemon: $(BUILD)/door_load $(BUILD)/answer_floor $(BUILD)/smppd $(BUILD)/smsc
	$(Q)$(PYTHON) test/bench/daemon_bench.py
bench-module: $(BUILD)/waiters $(BUILD)/mod_floor.so $(PROGRAMS)
	$(Q)$(PYTHON) test/bench/module_bench.py
