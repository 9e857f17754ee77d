# Figures, side by side with what a site would use instead; test/bench/README.md says what is printed.
BENCH_PACKAGES += kannel wrk nginx-light:nginx php8.2-fpm libapache2-mod-php8.2 php-memcached nodejs:node

$(BUILD)/door_load: $(addprefix $(BUILD)/test/,bench/door_load.o smsc/latency.o)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^
