# Unit tests that need more than what they test: an SMSC that is played by hand.
WITH_PEER := link_bind_test link_submit_test link_receive_test
$(foreach test,$(WITH_PEER),$(eval UNIT_LIBS_$(test) := $(BUILD)/test/unit/peer.o))
$(WITH_PEER:%=$(BUILD)/unit/%): $(BUILD)/test/unit/peer.o
