# The security code: no httpd, no APR; zlib and libcrypto. FreeType and espeak-ng only while building.
PACKAGES += zlib1g-dev libssl-dev libfreetype-dev fonts-dejavu-core

CAPTCHA_DIR  := mod_smsinteractivo/captcha
CAPTCHA_LIBS := -lcrypto -lz
CAPTCHA_C    := $(addprefix $(CAPTCHA_DIR)/,derive.c code.c style.c raster.c sheet.c symbol.c picture.c png.c)
CAPTCHA_MADE := $(BUILD)/captcha/outline_table.c
CAPTCHA_FONTS := $(addprefix /usr/share/fonts/truetype/dejavu/DejaVu,Sans.ttf Sans-Bold.ttf Serif.ttf Serif-Bold.ttf SansMono-Bold.ttf)

$(BUILD)/libcaptcha.a: $(CAPTCHA_C:%.c=$(BUILD)/%.o) $(CAPTCHA_MADE:%.c=%.o)
$(BUILD)/asan/libcaptcha.a: $(CAPTCHA_C:%.c=$(BUILD)/asan/%.o) $(CAPTCHA_MADE:%.c=%.o)

$(BUILD)/captcha/outlines: $(CAPTCHA_DIR)/outlines.c $(CAPTCHA_DIR)/alphabet.h $(CAPTCHA_DIR)/outline.h
	@mkdir -p $(@D)
	$(call say,BUILD,$@)
	$(Q)$(CC) $(CFLAGS) $$(pkg-config --cflags freetype2 | sed 's/-I/-isystem/g') -o $@ $< $$(pkg-config --libs freetype2) -lm

$(BUILD)/captcha/outline_table.c: $(BUILD)/captcha/outlines
	$(call say,OUTLINE,$@)
	$(Q)$< $(CAPTCHA_FONTS) > $@.new && mv $@.new $@

$(BUILD)/captcha/%.o: $(BUILD)/captcha/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(BUILD)/unit/captcha_%: $(BUILD)/test/unit/captcha_%.o $(BUILD)/libcaptcha.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(CAPTCHA_LIBS)

$(BUILD)/captcha_bench: $(BUILD)/test/bench/captcha_bench.o $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)
$(BUILD)/captcha_pictures: $(BUILD)/test/captcha/pictures.o $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)

.PHONY: bench-captcha
bench-captcha: $(BUILD)/captcha_bench
	$(Q)$<
