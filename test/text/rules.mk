# The codec of SMS texts: vectors, oracles, the page's script, the generated tables.
CHECK_PACKAGES += perl icu-devtools nodejs:node fortunes-es
BENCH_PACKAGES += nodejs:node npm:npm fortunes-es
CHECKS += check-text
CHECK_BUILDS += $(BUILD)/text/lines

$(BUILD)/libtext.a: $(patsubst %.c,$(BUILD)/%.o,$(wildcard smpp/text/*.c))
$(BUILD)/asan/libtext.a: $(patsubst %.c,$(BUILD)/asan/%.o,$(wildcard smpp/text/*.c))

$(BUILD)/text/lines: $(BUILD)/test/text/text_lines.o $(BUILD)/libtext.a
$(BUILD)/text/bench: $(BUILD)/test/bench/text_bench.o $(BUILD)/libtext.a
$(BUILD)/text/%:
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

.PHONY: text-tables check-text check-text-tables bench-text
# After a change to smpp/text/alphabets.txt, translit.txt or tables.pl.
text-tables:
	$(Q)perl smpp/text/tables.pl smpp/text
	$(Q)perl smpp/text/tables.pl --js htdocs/text.js

# What is committed is what the sources make.
check-text-tables:
	$(Q)rm -rf $(BUILD)/text/tables && mkdir -p $(BUILD)/text/tables && cp htdocs/text.js $(BUILD)/text/tables
	$(Q)perl smpp/text/tables.pl $(BUILD)/text/tables
	$(Q)perl smpp/text/tables.pl --js $(BUILD)/text/tables/text.js
	$(Q)for made in $(BUILD)/text/tables/*.c; do cmp $$made smpp/text/$${made##*/} || exit 1; done
	$(Q)cmp $(BUILD)/text/tables/text.js htdocs/text.js

check-text: check-text-tables $(BUILD)/text/lines $(BUILD)/smppctl
	$(Q)$(PYTHON) test/text/vectors.py $(BUILD)/smppctl
	$(Q)node test/text/agree.js $(BUILD)/text/lines
	$(Q)perl test/text/oracles.pl $(BUILD)/text/lines
	$(Q)node test/text/clusters.js $(BUILD)/text/lines

# split-sms is the peer; npm fetches it once into build/.
SPLIT_SMS := $(BUILD)/text/node_modules/split-sms/package.json
$(SPLIT_SMS):
	@mkdir -p $(BUILD)/text
	$(Q)npm install --silent --no-audit --no-fund --prefix $(BUILD)/text split-sms@0.1.7 >/dev/null

bench-text: $(BUILD)/text/bench $(SPLIT_SMS)
	$(Q)node test/bench/text_bench.js $(BUILD)/text/node_modules/split-sms $(BUILD)/text/bench
