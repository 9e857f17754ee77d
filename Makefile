# SMS Interactivo: everything is built under build/, quietly; V=1 shows the commands.
# Each room adds its own sources, programs and packages in its rules.mk.

.DEFAULT_GOAL := all
BUILD  := build
CC     ?= gcc
PYTHON := /usr/bin/python3
Q      := $(if $(V),,@)
say     = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

WARN   := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
# _GNU_SOURCE: accept4, SO_PEERCRED, memmem. Hidden symbols: the .so exports only the module record.
override CFLAGS += -std=c11 $(WARN) -fPIC -fvisibility=hidden -fstack-protector-strong -D_GNU_SOURCE -I.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

# What must be installed: `package` or `package:command` where any package that brings the command will do.
PACKAGES        := gcc:gcc libc6-dev make:make pkg-config
RUN_PACKAGES    :=
CHECK_PACKAGES  :=
BENCH_PACKAGES  :=
FUZZ_PACKAGES   :=
FORMAT_PACKAGES := clang-format-14

include smpp/rules.mk
include mod_smsinteractivo/rules.mk
include htdocs/rules.mk
include conf/rules.mk
include test/rules.mk

.PHONY: all clean format check-format deps deps-run deps-check deps-bench deps-fuzz deps-format

all: deps
	$(Q)$(MAKE) --no-print-directory programs

deps deps-run deps-check deps-bench deps-fuzz deps-format:
	$(Q)test/packages $(PACKAGES) $(if $(filter-out deps deps-format,$@),$(RUN_PACKAGES)) \
	    $(if $(filter deps-check,$@),$(CHECK_PACKAGES)) $(if $(filter deps-bench,$@),$(BENCH_PACKAGES)) \
	    $(if $(filter deps-fuzz,$@),$(FUZZ_PACKAGES)) $(if $(filter deps-format,$@),$(FORMAT_PACKAGES))

.PHONY: programs
programs: $(PROGRAMS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(CFLAGS_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@

# The same objects once more for the fuzzers and the memory-checked tests; not optimised, for compiling costs more than running them.
$(BUILD)/asan/%.o: %.c
	@mkdir -p $(@D)
	$(call say,ASAN,$<)
	$(Q)$(CC) $(CFLAGS) -O0 $(SANITIZE) $(CFLAGS_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@
.PRECIOUS: $(BUILD)/%.o $(BUILD)/asan/%.o

$(BUILD)/%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Another version of clang-format would lay the code out otherwise.
format: deps-format
	$(Q)git ls-files '*.[ch]' | xargs clang-format-14 -i
CHECKS         += check-format
CHECK_PACKAGES += git:git $(FORMAT_PACKAGES)
check-format:
	$(Q)git ls-files '*.[ch]' | xargs clang-format-14 --dry-run -Werror || { echo "'make format' lays it out"; exit 1; }

clean:
	$(Q)rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
