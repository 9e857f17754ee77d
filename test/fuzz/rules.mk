# Fuzzing. NAME_fuzz.c is a libFuzzer target over what it includes; its corpus is corpus/NAME/. `make fuzz` searches
# (FUZZ_SECONDS for each target, MUTANTS for the mutators), `make replay` runs what is known under ASan and UBSan, without clang.
FUZZ_PACKAGES += clang:clang libclang-rt-14-dev

FUZZERS      := $(patsubst test/fuzz/%_fuzz.c,%,$(wildcard test/fuzz/*_fuzz.c))
REPLAYS      := $(FUZZERS:%=$(BUILD)/replay/%_fuzz)
MUTATORS     := $(BUILD)/fuzz/pdu_mutate $(BUILD)/fuzz/link_mutate
FUZZ_SECONDS ?= 60
MUTANTS      ?= 10000000
CHECKS       += replay
CHECK_BUILDS += $(REPLAYS) $(MUTATORS)

# What of the module a form's target is over.
FORM_C := $(filter %/form.c %/fold.c %/fold_table.c %/message.c %/name.c %/number.c %/shown.c %/url.c %/url_defuse.c %/url_domain.c \
    %/url_dot.c %/url_host.c %/words.c,$(MODULE_FREE))
$(BUILD)/replay/form_fuzz: $(FORM_C:%.c=$(BUILD)/asan/%.o)
$(BUILD)/fuzz/form_fuzz: $(FORM_C:%.c=$(BUILD)/fuzz/%.o)
$(BUILD)/asan/test/fuzz/form_fuzz.o $(BUILD)/fuzz/test/fuzz/form_fuzz.o: override CFLAGS += $(CFLAGS_mod_smsinteractivo)
$(BUILD)/replay/form_fuzz $(BUILD)/fuzz/form_fuzz: SMPP_LIBS += -lapr-1 -laprutil-1

$(BUILD)/replay/%_fuzz: $(BUILD)/asan/test/fuzz/%_fuzz.o $(BUILD)/asan/test/fuzz/replay.o $(BUILD)/asan/libsmppd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(SMPP_LIBS)

$(BUILD)/fuzz/pdu_mutate: $(addprefix $(BUILD)/asan/test/fuzz/,pdu_mutate.o pdu_seeds.o pdu_fuzz.o)
$(BUILD)/fuzz/link_mutate: $(addprefix $(BUILD)/asan/test/,fuzz/link_mutate.o fuzz/pdu_seeds.o unit/peer.o)
$(MUTATORS): $(BUILD)/asan/libsmppd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(SMPP_LIBS)

# The searching ones are clang's from end to end.
$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CLANG,$<)
	$(Q)clang $(filter-out -Wconversion,$(CFLAGS)) $(SANITIZE) -fsanitize=fuzzer-no-link $(CFLAGS_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@
$(BUILD)/fuzz/libsmppd.a: $(SMPP_C:%.c=$(BUILD)/fuzz/%.o)
$(BUILD)/fuzz/%_fuzz: $(BUILD)/fuzz/test/fuzz/%_fuzz.o $(BUILD)/fuzz/libsmppd.a
	$(call say,LD,$@)
	$(Q)clang $(LDFLAGS) $(SANITIZE) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(SMPP_LIBS)

.PHONY: fuzz fuzz-search fuzz-mutate replay
fuzz: deps-fuzz
	$(Q)$(MAKE) --no-print-directory replay fuzz-mutate fuzz-search

# New findings are left in build/fuzz/; the corpus in the tree only grows by hand.
fuzz-search: $(FUZZERS:%=$(BUILD)/fuzz/%_fuzz)
	$(Q)for f in $(FUZZERS); do mkdir -p $(BUILD)/fuzz/found/$$f && \
	    { $(BUILD)/fuzz/$${f}_fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=1024 -verbosity=0 \
	        -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/$$f- $(BUILD)/fuzz/found/$$f test/fuzz/corpus/$$f \
	        >$(BUILD)/fuzz/$$f.log 2>&1 || { tail -60 $(BUILD)/fuzz/$$f.log; exit 1; }; } && \
	    printf '%s: nothing found by %s inputs in %s s\n' $$f \
	        $$(sed -n 's/^stat::number_of_executed_units: *//p' $(BUILD)/fuzz/$$f.log) $(FUZZ_SECONDS) || exit 1; done

fuzz-mutate: $(MUTATORS)
	$(Q)$(BUILD)/fuzz/pdu_mutate $(MUTANTS) && $(BUILD)/fuzz/link_mutate $$(($(MUTANTS) / 10))

# In `make check`: the corpus, and some mutants with a seed of the day.
replay: $(REPLAYS) $(MUTATORS)
	$(Q)for f in $(FUZZERS); do $(BUILD)/replay/$${f}_fuzz test/fuzz/corpus/$$f || exit 1; done
	$(Q)$(BUILD)/fuzz/pdu_mutate 300000 $$(date +%Y%m%d) && $(BUILD)/fuzz/link_mutate 30000 $$(date +%Y%m%d)
