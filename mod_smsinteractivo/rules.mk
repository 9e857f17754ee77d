# The module httpd loads. apxs and pkg-config are asked in the recipes, for make reads this before
# they are installed. apache2-bin is httpd without the service that the package apache2 would start.
include mod_smsinteractivo/captcha/rules.mk
PACKAGES += apache2-dev apache2-bin libmemcached-dev zlib1g-dev libssl-dev

MODULE_C    := $(wildcard mod_smsinteractivo/*.c mod_smsinteractivo/wait/*.c)
MODULE_LIBS := -lmemcached -lz -lcrypto
CFLAGS_mod_smsinteractivo = -isystem $$(apxs -q INCLUDEDIR) $$(pkg-config --cflags apr-1 apr-util-1 | sed 's/-I/-isystem /g')

PROGRAMS += $(BUILD)/mod_smsinteractivo.so
$(BUILD)/mod_smsinteractivo.so: $(MODULE_C:%.c=$(BUILD)/%.o) $(BUILD)/libcaptcha.a $(BUILD)/libshared.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-z,relro,-z,now -o $@ $^ $(MODULE_LIBS)

# What of it knows nothing of httpd, for the unit tests.
MODULE_FREE := $(addprefix mod_smsinteractivo/,catalogue.c daemon.c daemon_link.c digest.c fold.c fold_table.c form.c json.c \
    limit.c message.c name.c number.c origin.c problem.c secret.c session.c template.c url.c url_domain.c words.c)
$(BUILD)/libmodule.a: $(MODULE_FREE:%.c=$(BUILD)/%.o)
$(BUILD)/test/unit/module_%.o: override CFLAGS += $(CFLAGS_mod_smsinteractivo)
$(BUILD)/unit/module_%: $(BUILD)/test/unit/module_%.o $(BUILD)/libmodule.a $(BUILD)/libcaptcha.a $(BUILD)/libshared.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lapr-1 -laprutil-1 -lpthread $(MODULE_LIBS)

# The manual and the shipped configuration against the code.
CHECKS += check-manual
.PHONY: check-manual
check-manual:
	$(Q)test/manual
