# What a real server gets: `make install [DESTDIR=]`, `make uninstall`, and `make deb`, a package of the same.
VERSION   := $(shell sed -n 's/.*SMPPD_VERSION "\(.*\)"/\1/p' smpp/version.h)
ARCH       = $$(dpkg --print-architecture)
MODULES    = $(DESTDIR)$$(apxs -q LIBEXECDIR)
AVAILABLE  = $(DESTDIR)/etc/apache2/mods-available
ENABLED    = $(DESTDIR)/etc/apache2/mods-enabled
SHARE      = $(DESTDIR)/usr/share/smsinteractivo
DOC        = $(DESTDIR)/usr/share/doc/smsinteractivo
ETC        = $(DESTDIR)/etc/smsinteractivo
MAN        = $(DESTDIR)/usr/share/man
PAGES     := $(wildcard htdocs/page.html htdocs/texts.* htdocs/*.css htdocs/*.js htdocs/*.svg)
LISTS     := conf/names.txt conf/words.txt

.PHONY: install uninstall deb
install: deps
	$(Q)$(MAKE) --no-print-directory programs
	$(Q)install -d $(MODULES) $(AVAILABLE) $(SHARE)/htdocs $(DOC) $(ETC) $(DESTDIR)/usr/sbin $(DESTDIR)/lib/systemd/system $(MAN)/man5 $(MAN)/man8
	$(Q)install -s -m 644 $(BUILD)/mod_smsinteractivo.so $(MODULES)
	$(Q)install -s -m 755 $(BUILD)/smppd $(BUILD)/smppctl $(DESTDIR)/usr/sbin
	$(Q)install -m 644 $(PAGES) $(SHARE)/htdocs
	$(Q)install -m 644 conf/vhost-snippet.conf mod_smsinteractivo/DIRECTIVES.md $(DOC)
	$(Q)install -m 644 mod_smsinteractivo/LOGS.md $(DOC)/LOGS-mod_smsinteractivo.md
	$(Q)install -m 644 smpp/LOGS.md $(DOC)/LOGS-smppd.md
	$(Q)install -m 644 conf/smppd.service $(DESTDIR)/lib/systemd/system
	$(Q)install -m 644 conf/man/*.5 $(MAN)/man5
	$(Q)install -m 644 conf/man/*.8 $(MAN)/man8
	$(Q)install -m 644 conf/smsinteractivo.load $(AVAILABLE)
	@# What an administrator has edited stays.
	$(Q)for file in $(LISTS); do conf/keep $$file $(ETC)/$${file##*/} 644; done
	$(Q)conf/keep conf/smppd.conf $(ETC)/smppd.conf 640
	$(Q)conf/keep conf/smsinteractivo.conf $(AVAILABLE)/smsinteractivo.conf 644
	@# What the package does when it is set up; not for a root that is only being filled.
	$(if $(DESTDIR),,$(Q)test/packages adduser:adduser openssl:openssl && conf/deb/postinst configure)

uninstall:
	$(Q)rm -f $(MODULES)/mod_smsinteractivo.so $(AVAILABLE)/smsinteractivo.load $(ENABLED)/smsinteractivo.load $(ENABLED)/smsinteractivo.conf
	$(Q)! cmp -s conf/smsinteractivo.conf $(AVAILABLE)/smsinteractivo.conf || rm $(AVAILABLE)/smsinteractivo.conf
	$(Q)rm -f $(DESTDIR)/usr/sbin/smppd $(DESTDIR)/usr/sbin/smppctl $(DESTDIR)/lib/systemd/system/smppd.service
	$(Q)rm -f $(patsubst conf/man/%,$(MAN)/man5/%,$(wildcard conf/man/*.5)) $(patsubst conf/man/%,$(MAN)/man8/%,$(wildcard conf/man/*.8))
	$(Q)rm -rf $(SHARE) $(DOC)
	@echo "Kept: $(ETC), what was edited, /var/lib/smppd, /var/log/smsinteractivo"

DEB = $(BUILD)/deb
deb: DESTDIR = $(DEB)/tree
deb:
	$(Q)test/packages dpkg-dev:dpkg-shlibdeps
	$(Q)rm -rf $(DEB) && mkdir -p $(DEB)/tree/DEBIAN $(DEB)/debian
	$(Q)$(MAKE) --no-print-directory install DESTDIR=$(DEB)/tree
	$(Q)install -m 755 conf/deb/postinst conf/deb/prerm conf/deb/postrm $(DEB)/tree/DEBIAN
	$(Q)(cd $(DEB)/tree && find etc -type f | sed 's,^,/,') > $(DEB)/tree/DEBIAN/conffiles
	$(Q)cp conf/deb/control $(DEB)/debian/control
	$(Q)conf/deb/build $(DEB) $(VERSION) $(ARCH)

# What is installed is whole: httpd finds its configuration good there, smppd too, and an edited file stays.
CHECKS         += check-install
CHECK_PACKAGES += openssl:openssl
.PHONY: check-install
check-install:
	$(Q)test/install

# The package is made, and holds what it is for.
CHECKS         += check-deb
CHECK_PACKAGES += dpkg-dev:dpkg-shlibdeps
.PHONY: check-deb
check-deb: deb
	$(Q)dpkg-deb -c $(BUILD)/smsinteractivo_$(VERSION)_$(ARCH).deb | grep mod_smsinteractivo.so >/dev/null
	$(Q)dpkg-deb -f $(BUILD)/smsinteractivo_$(VERSION)_$(ARCH).deb Depends | grep -q libsmpp34
