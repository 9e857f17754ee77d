# Unit tests that need more than what they test: an SMSC that is played by hand.
WITH_PEER := link_bind_test link_return_test link_drain_test link_submit_test link_receive_test links_test
$(foreach test,$(WITH_PEER),$(eval UNIT_LIBS_$(test) := $(BUILD)/test/unit/peer.o))
$(WITH_PEER:%=$(BUILD)/unit/%): $(BUILD)/test/unit/peer.o

# An SMSC with a limit, and a link that is paced against it.
LIMITED := link_pace_test link_pace_busy_test
$(foreach test,$(LIMITED),$(eval UNIT_LIBS_$(test) := $(BUILD)/test/unit/paced_link.o))
$(LIMITED:%=$(BUILD)/unit/%): $(BUILD)/test/unit/paced_link.o

# The socket's tests share a door and those who knock.
AT_DOOR := door_test door_limit_test door_socket_test
$(foreach test,$(AT_DOOR),$(eval UNIT_LIBS_$(test) := $(BUILD)/test/unit/house.o))
$(AT_DOOR:%=$(BUILD)/unit/%): $(BUILD)/test/unit/house.o

# memcached is played too, and threads.
UNIT_LIBS_batch_test := $(BUILD)/test/unit/memory.o
UNIT_LIBS_stray_job_test := $(UNIT_LIBS_batch_test)
$(BUILD)/unit/batch_test $(BUILD)/unit/stray_job_test: $(UNIT_LIBS_batch_test)
UNIT_LIBS_storer_test := $(addprefix $(BUILD)/test/unit/,memory.o no_threads.o)
$(BUILD)/unit/storer_test: $(UNIT_LIBS_storer_test)

# Several smppd and what they share, too.
UNIT_LIBS_repeat_chance_test := $(addprefix $(BUILD)/test/unit/,smppds.o played_spool.o)
UNIT_LIBS_repeat_crowd_test := $(UNIT_LIBS_repeat_chance_test)
$(BUILD)/unit/repeat_chance_test $(BUILD)/unit/repeat_crowd_test: $(UNIT_LIBS_repeat_chance_test)
UNIT_LIBS_live_chance_test := $(addprefix $(BUILD)/test/unit/,switches.o switches_people.o switches_truth.o played_spool.o memory.o no_threads.o)
UNIT_LIBS_double_loss_test := $(UNIT_LIBS_live_chance_test)
$(BUILD)/unit/live_chance_test $(BUILD)/unit/double_loss_test: $(UNIT_LIBS_live_chance_test)

# And a disk, which loses its power.
UNIT_LIBS_spool_power_test := $(BUILD)/test/unit/disk.o
$(BUILD)/unit/spool_power_test: $(BUILD)/test/unit/disk.o

# What the module holds that knows nothing of httpd.
UNIT_LIBS_parking_test := $(BUILD)/mod_smsinteractivo/wait/parking.o
$(BUILD)/unit/parking_test: $(BUILD)/mod_smsinteractivo/wait/parking.o
UNIT_LIBS_news_test := $(addprefix $(BUILD)/mod_smsinteractivo/,wait/news.o wait/parking.o backend/daemon_link.o)
$(BUILD)/unit/news_test: $(UNIT_LIBS_news_test)
UNIT_LIBS_lost_test := $(BUILD)/mod_smsinteractivo/talk/lost.o
$(BUILD)/unit/lost_test: $(UNIT_LIBS_lost_test)
UNIT_LIBS_sweep_test := $(addprefix $(BUILD)/mod_smsinteractivo/wait/,sweep.o parking.o)
$(BUILD)/unit/sweep_test: $(UNIT_LIBS_sweep_test)
$(BUILD)/test/unit/sweep_test.o: override CFLAGS += $(CFLAGS_mod_smsinteractivo)

# A link driven from a pipe, for the system tests of links and for measuring.
PROGRAMS += $(BUILD)/link-drive
$(BUILD)/link-drive: $(BUILD)/test/system/link_drive.o $(BUILD)/libsmppd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(SMPP_LIBS)

# Clocks that a test may move, and a disk that it may let refuse.
PROGRAMS += $(BUILD)/moved-clocks.so $(BUILD)/failing-disk.so
$(BUILD)/moved-clocks.so: test/system/moved_clocks.c
$(BUILD)/failing-disk.so: test/system/failing_disk.c
$(BUILD)/moved-clocks.so $(BUILD)/failing-disk.so:
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -fPIC -shared -o $@ $<

# SMSCs that are not ours: Perl's comes from Debian, node's from npm, once, into build/.
CHECK_PACKAGES += libnet-smpp-perl openssl:openssl nodejs:node npm:npm
$(BUILD)/peers/node_modules:
	@mkdir -p $(@D)
	$(Q)npm install --silent --no-audit --no-fund --prefix $(BUILD)/peers smpp@0.5.1 >/dev/null

.PHONY: bench-link
bench-link: $(BUILD)/smsc $(BUILD)/link-drive
	$(Q)$(PYTHON) test/bench/link_bench.py
