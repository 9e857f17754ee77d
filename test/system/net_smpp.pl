#!/usr/bin/perl
# Net::SMPP as an ESME: binds as told, submits, acknowledges what comes, and prints one line of
# name=value for each step, values percent-encoded. Somebody else's reading of the standard.
use strict;
use warnings;
use Net::SMPP;

my ($port, $mode, $deliveries, $destination, $text) = @ARGV;

sub say_step {
    my ($step, %fields) = @_;
    my @words = map {
        my $value = $fields{$_} // '';
        $value =~ s/([^A-Za-z0-9_.-])/sprintf('%%%02X', ord $1)/ge;
        "$_=$value"
    } sort keys %fields;
    print join(' ', $step, @words), "\n";
}

$SIG{ALRM} = sub { die "nothing came for 20 s\n" };
alarm 20;
$| = 1;
my $constructor = "new_$mode";
my ($smpp, $bound) = Net::SMPP->$constructor('127.0.0.1', port => $port, system_id => 'perl', password => 'secret')
    or die "cannot connect: $!\n";
say_step('bound', status => $bound->status, system_id => $bound->{system_id});

if (defined $destination) {
    my $answer = $smpp->submit_sm(
        source_addr => '2333', dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $destination,
        registered_delivery => 1, short_message => $text) or die "no answer to submit_sm\n";
    say_step('submitted', status => $answer->status, message_id => $answer->{message_id});
}
while ($deliveries-- > 0) {
    my $pdu = $smpp->read_pdu() or die "closed\n";
    $pdu->{cmd} == Net::SMPP::CMD_deliver_sm or die "unexpected command $pdu->{cmd}\n";
    $smpp->deliver_sm_resp(seq => $pdu->{seq}, message_id => '');
    say_step('delivered', source => $pdu->{source_addr}, destination => $pdu->{destination_addr},
        esm_class => $pdu->{esm_class}, data_coding => $pdu->{data_coding}, text => $pdu->{short_message},
        receipted_message_id => $pdu->{receipted_message_id}, message_state => $pdu->{message_state});
}
say_step('alive', status => $smpp->enquire_link()->status);
say_step('unbound', status => $smpp->unbind()->status);
