# The module httpd loads. apxs and pkg-config are asked in the recipes, for make reads this before
# they are installed. apache2-bin is httpd without the service that the package apache2 would start.
include mod_smsinteractivo/captcha/rules.mk
PACKAGES += apache2-dev apache2-bin libmemcached-dev libssl-dev

MODULE_C    := $(filter-out mod_smsinteractivo/captcha/%,$(wildcard mod_smsinteractivo/*.c mod_smsinteractivo/*/*.c))
MODULE_LIBS := -lmemcached -lcrypto
CFLAGS_mod_smsinteractivo = -isystem $$(apxs -q INCLUDEDIR) $$(pkg-config --cflags apr-1 apr-util-1 | sed 's/-I/-isystem /g')

PROGRAMS += $(BUILD)/mod_smsinteractivo.so
$(BUILD)/mod_smsinteractivo.so: $(MODULE_C:%.c=$(BUILD)/%.o) $(BUILD)/libcaptcha.a $(BUILD)/libshared.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-z,relro,-z,now -o $@ $^ $(MODULE_LIBS)

# What of it knows nothing of httpd, for the unit tests.
MODULE_FREE := $(addprefix mod_smsinteractivo/,answer/json.c answer/problem.c backend/daemon.c backend/daemon_link.c guard/fold.c \
    guard/fold_table.c guard/limit.c guard/message.c guard/name.c guard/number.c guard/shown.c guard/url.c \
    guard/url_defuse.c guard/url_domain.c guard/url_dot.c guard/url_host.c guard/words.c page/catalogue.c page/template.c secret.c visit/digest.c visit/form.c visit/origin.c visit/session.c)
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

# What an older httpd would compile: it cannot hold a poll.
CHECKS += check-old-httpd
.PHONY: check-old-httpd
check-old-httpd:
	$(Q)$(CC) $(CFLAGS) $(CFLAGS_mod_smsinteractivo) -Werror -DHOLD_WITHOUT_WAITIO -fsyntax-only mod_smsinteractivo/wait/hold.c
