# How many codes programs read; about 25 CPU-minutes, or SEEN=200000 for five times that.
BENCH_PACKAGES += tesseract-ocr tesseract-ocr-eng python3-torch libopenblas0-serial python3-pil python3-numpy \
    libauthen-captcha-perl libgd-securityimage-perl php-gregwar-captcha php-cli php-gd

$(BUILD)/captcha_pictures: $(BUILD)/test/captcha/pictures.o $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)

.PHONY: captcha-strength
captcha-strength: deps-bench $(BUILD)/captcha_pictures
	$(Q)rm -rf $(BUILD)/captcha/sets
	$(Q)$(PYTHON) test/captcha/strength.py $(BUILD)/captcha_pictures $(BUILD)/captcha/sets $(if $(SEEN),--seen $(SEEN)) $(if $(ONLY),--only '$(ONLY)') $(if $(NETS),--nets $(NETS)) $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

# What a picture says, for tests that hold the secret.
PROGRAMS += $(BUILD)/captcha-code
$(BUILD)/captcha-code: $(BUILD)/test/captcha/code.o $(BUILD)/libcaptcha.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CAPTCHA_LIBS)
