# Figures, side by side with what a site would use instead; test/bench/README.md says what is printed.
BENCH_PACKAGES += kannel wrk nginx-light:nginx php8.2-fpm libapache2-mod-php8.2 php-memcached nodejs:node

$(BUILD)/door_load: $(addprefix $(BUILD)/test/,bench/door_load.o smsc/latency.o)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/waiters: $(addprefix $(BUILD)/test/,bench/waiters.o smsc/latency.o)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# The least that a handler with one get from memcached costs.
$(BUILD)/test/bench/floor/%.o: override CFLAGS += $(CFLAGS_mod_smsinteractivo)
$(BUILD)/mod_floor.so: $(BUILD)/test/bench/floor/mod_floor.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -o $@ $^ -lmemcached
