# The security code: no httpd, no APR; libcrypto. FreeType and espeak-ng only while building; zlib only reads what the tests get.
PACKAGES += libssl-dev libfreetype-dev fonts-dejavu-core fonts-linuxlibertine fonts-cantarell espeak-ng
CHECK_PACKAGES += nodejs:node zlib1g-dev

CAPTCHA_DIR  := mod_smsinteractivo/captcha
CAPTCHA_LIBS := -lcrypto
CAPTCHA_C    := $(addprefix $(CAPTCHA_DIR)/,derive.c code.c style.c raster.c stamp.c sheet.c symbol.c picture.c huffman.c deflate.c png.c \
                  wav.c voice.c audio.c work.c)
CAPTCHA_MADE := $(BUILD)/captcha/outline_table.c $(BUILD)/captcha/voice_table.c
CAPTCHA_FONTS := $(addprefix /usr/share/fonts/,$(addprefix truetype/dejavu/DejaVu,Sans.ttf Sans-Bold.ttf Serif.ttf \
                  Serif-Bold.ttf SansMono-Bold.ttf) $(addprefix opentype/,$(addprefix linux-libertine/Lin,Libertine_RBI.otf \
                  Libertine_RB.otf Libertine_RZI.otf Libertine_M.otf Biolinum_RB.otf Biolinum_R.otf Biolinum_RI.otf) \
                  $(addprefix cantarell/Cantarell-,ExtraBold.otf Bold.otf Regular.otf)))

$(BUILD)/$(CAPTCHA_DIR)/%.o: override CFLAGS += -O3
$(BUILD)/libcaptcha.a: $(CAPTCHA_C:%.c=$(BUILD)/%.o) $(CAPTCHA_MADE:%.c=%.o)
$(BUILD)/asan/libcaptcha.a: $(CAPTCHA_C:%.c=$(BUILD)/asan/%.o) $(CAPTCHA_MADE:%.c=%.o)

$(BUILD)/captcha/outlines: $(CAPTCHA_DIR)/outlines.c $(CAPTCHA_DIR)/alphabet.h $(CAPTCHA_DIR)/outline.h
	@mkdir -p $(@D)
	$(call say,BUILD,$@)
	$(Q)$(CC) $(CFLAGS) $$(pkg-config --cflags freetype2 | sed 's/-I/-isystem/g') -o $@ $< $$(pkg-config --libs freetype2) -lm

$(BUILD)/captcha/outline_table.c: $(BUILD)/captcha/outlines $(CAPTCHA_DIR)/rules.mk
	$(call say,OUTLINE,$@)
	$(Q)$< $(CAPTCHA_FONTS) > $@.new && mv $@.new $@

# Each voice: espeak-ng's name, a variant, the speed in words a minute, the pitch.
CAPTCHA_VOICES := es-419:120:45 es-419+f2:125:50 es-419+m3:115:35 es-419+f4:130:45
CAPTCHA_DIGITS := 0:cero 1:uno 2:dos 3:tres 4:cuatro 5:cinco 6:seis 7:siete 8:ocho 9:nueve

$(BUILD)/captcha/voices: $(CAPTCHA_DIR)/voices.c $(CAPTCHA_DIR)/wav.c $(CAPTCHA_DIR)/wav.h
	@mkdir -p $(@D)
	$(call say,BUILD,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $(CAPTCHA_DIR)/voices.c $(CAPTCHA_DIR)/wav.c -lm

$(BUILD)/captcha/voice_table.c: $(BUILD)/captcha/voices
	$(call say,VOICE,$@)
	$(Q)mkdir -p $(@D)/spoken && files= && for voice in $(CAPTCHA_VOICES); do \
	    set -- $$(echo $$voice | tr : ' '); \
	    for digit in $(CAPTCHA_DIGITS); do \
	        file=$(@D)/spoken/$$1-$${digit%:*}.wav; files="$$files $$file"; \
	        espeak-ng -v $$1 -s $$2 -p $$3 -w $$file "$${digit#*:}" || exit 1; \
	    done; \
	done; $< $$files > $@.new && mv $@.new $@

$(BUILD)/captcha/%.o: $(BUILD)/captcha/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(BUILD)/unit/captcha_%: $(BUILD)/test/unit/captcha_%.o $(BUILD)/libcaptcha.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(CAPTCHA_LIBS) -lz

$(BUILD)/captcha_bench: $(BUILD)/test/bench/captcha_bench.o $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)
.PHONY: bench-captcha
bench-captcha: $(BUILD)/captcha_bench
	$(Q)$<

include test/captcha/rules.mk
