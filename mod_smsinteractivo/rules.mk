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
