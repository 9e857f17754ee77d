# What a visitor sees needs no build. Its tests take axe-core from npm, once, into build/; its picture is made of the real service.
CHECK_PACKAGES += nodejs:node npm:npm

AXE := $(BUILD)/axe/node_modules/axe-core/axe.min.js
$(AXE):
	@mkdir -p $(BUILD)/axe
	$(call say,NPM,$@)
	$(Q)npm install --silent --no-audit --no-fund --prefix $(BUILD)/axe axe-core@4.10.3 >/dev/null || \
	    echo "npm does not give axe-core: its tests are skipped" >&2
SYSTEM_BUILDS += $(AXE)

.PHONY: pictures
pictures: deps-check
	$(Q)$(MAKE) --no-print-directory programs
	$(Q)$(PYTHON) test/browser/pictures.py
